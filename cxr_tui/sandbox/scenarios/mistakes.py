"""Input mistakes: what is typed, ticked or pressed instead of what the instruction says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cxr_tui.sandbox.scenarios.builder import Alteration, Moment, scenario


def mistake(code: str, site: str, path: Sequence[str], label: str, alter: Alteration) -> None:
    """Register the scenario of one mistake, at the first visit that enters `label`, or presses it."""
    moment = Moment(site, tuple(path), (label,))
    scenario(code)(lambda builder: builder.input_mistake(moment, alter))


def changing(label: str, change: Callable[[Any], object]) -> Alteration:
    """Return the mistake of entering another value, which follows from the right one."""
    return lambda entries, press: (entries | {label: change(entries[label])}, press)


def entering(label: str, value: object) -> Alteration:
    """Return the mistake of entering another value under a label."""
    return lambda entries, press: (entries | {label: value}, press)


def leaving_out(label: str) -> Alteration:
    """Return the mistake of not touching a field at all."""
    return lambda entries, press: ({name: value for name, value in entries.items() if name != label}, press)


def not_pressing(button: str) -> Alteration:
    """Return the mistake of leaving a screen without pressing a button."""
    return lambda entries, press: (entries, tuple(other for other in press if other != button))


def without_line(label: str, line: str) -> Alteration:
    """Return the mistake of missing one tick of a check list."""
    return changing(label, lambda lines: [other for other in lines if other != line])


def with_line(label: str, line: str) -> Alteration:
    """Return the mistake of one tick too many in a check list."""
    return changing(label, lambda lines: [*lines, line])
