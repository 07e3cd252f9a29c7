"""What a terminal can show: whether a screen at all, in how many colours, and from which size on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import IntEnum

WITHOUT_SCREENS = frozenset({"", "dumb", "unknown"})
"""Values of TERM that stand for a terminal on which nothing can be drawn."""

SMALLEST = (50, 14)
"""Columns and rows below which a screen would only mislead."""

COMFORTABLE = (80, 24)
"""Columns and rows at which every screen is complete."""


class Depth(IntEnum):
    """How many colours there are to draw with."""

    NONE = 0
    """`NO_COLOR` is set, or the terminal has none."""
    FEW = 1
    """Eight or sixteen."""
    MANY = 2


def depth(environ: Mapping[str, str]) -> Depth:
    """Return how many colours to use here; https://no-color.org counts an empty `NO_COLOR` as not set."""
    if environ.get("NO_COLOR"):
        return Depth.NONE
    if os.name == "nt" or environ.get("COLORTERM") in ("truecolor", "24bit"):
        return Depth.MANY
    kind = environ.get("TERM", "")
    colours = _terminfo_colours(kind)
    if colours is not None and colours < 8:
        return Depth.NONE
    return Depth.MANY if (colours or 0) >= 256 or "256color" in kind or kind == "xterm-kitty" else Depth.FEW


def _terminfo_colours(kind: str) -> int | None:
    """Return what the terminal database says; None where it does not know this kind, or is not there."""
    try:
        import curses

        curses.setupterm(kind, 1)
        return curses.tigetnum("colors")
    except (ImportError, curses.error, TypeError):
        return None
