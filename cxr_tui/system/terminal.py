"""What a terminal can show: screens, colors, and from which size on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import IntEnum

WITHOUT_SCREENS = frozenset({"", "dumb", "unknown"})
"""Values of TERM for a terminal that cannot show screens."""

SMALLEST = (50, 14)
"""Columns and rows below which screens are not readable."""

COMFORTABLE = (80, 24)
"""Columns and rows at which every screen is complete."""


class Depth(IntEnum):
    """How many colors a terminal has."""

    NONE = 0
    """`NO_COLOR` is set, or the terminal has no colors."""
    FEW = 1
    """Eight or sixteen."""
    MANY = 2


def depth(environ: Mapping[str, str]) -> Depth:
    """Return how many colors to use; by https://no-color.org, an empty `NO_COLOR` counts as not set."""
    if environ.get("NO_COLOR"):
        return Depth.NONE
    if os.name == "nt" or environ.get("COLORTERM") in ("truecolor", "24bit"):
        return Depth.MANY
    kind = environ.get("TERM", "")
    colors = _terminfo_colors(kind)
    if colors is not None and colors < 8:
        return Depth.NONE
    return Depth.MANY if (colors or 0) >= 256 or "256color" in kind or kind == "xterm-kitty" else Depth.FEW


def _terminfo_colors(kind: str) -> int | None:
    """Return the number of colors in the terminal database; None if it has no entry or is missing."""
    try:
        import curses

        curses.setupterm(kind, 1)
        return curses.tigetnum("colors")
    except (ImportError, curses.error, TypeError):
        return None
