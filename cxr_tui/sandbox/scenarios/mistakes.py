"""PendingMistakes of a hand: what gets typed, ticked or pressed instead of what the instruction says."""

from __future__ import annotations

from cxr_tui.sandbox.scenarios.builder import Alteration, Entries, Press


def entering(label: str, value: object) -> Alteration:
    """Return the slip of entering another value under a label."""
    return lambda entries, press: (entries | {label: value}, press)


def leaving_out(label: str) -> Alteration:
    """Return the slip of not touching a field at all."""

    def alter(entries: Entries, press: Press) -> tuple[Entries, Press]:
        entries.pop(label, None)
        return entries, press

    return alter


def not_pressing(button: str) -> Alteration:
    """Return the slip of leaving a screen without pressing a button."""
    return lambda entries, press: (entries, tuple(one for one in press if one != button))


def without_line(label: str, line: str) -> Alteration:
    """Return the slip of missing one tick of a check list."""
    return lambda entries, press: (entries | {label: [one for one in entries[label] if one != line]}, press)


def with_line(label: str, line: str) -> Alteration:
    """Return the slip of one tick too many in a check list."""
    return lambda entries, press: (entries | {label: [*entries[label], line]}, press)
