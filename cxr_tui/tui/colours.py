"""How much colour a terminal has, and a screen without any: attributes alone (bold, underline, reverse) carry it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from cxr_tui.tui.themes import DARK, HIGH_CONTRAST


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
    if sys.platform == "win32" or environ.get("COLORTERM") in ("truecolor", "24bit"):
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


def theme_for(wanted: Theme, colours: Depth) -> Theme:
    """Return the theme to use: with few colours the quiet dark one would lose its shades."""
    return HIGH_CONTRAST if colours is Depth.FEW and wanted is DARK else wanted


@lru_cache(1024)
def uncoloured(style: Style) -> Style:
    """Return a style with its attributes and no colour at all, so that the terminal's own stand."""
    return Style(
        bold=style.bold, italic=style.italic, underline=style.underline, reverse=style.reverse, meta=style.meta or None
    )


class Uncoloured(LineFilter):
    """Takes every colour away; Textual's own way with `NO_COLOR` leaves greys, which are colours to a terminal too."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colour."""
        return [Segment(text, uncoloured(style) if style else None, control) for text, style, control in segments]
