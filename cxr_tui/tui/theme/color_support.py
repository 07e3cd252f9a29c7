"""A screen with few colors or none: bold, underline and reverse replace them, and scroll bars are of whole cells."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.scrollbar import ScrollBar, ScrollBarRender


@lru_cache(1024)
def uncolored(style: Style) -> Style:
    """Return a style with its attributes and no color, so that the terminal uses its own."""
    return Style(
        bold=style.bold, italic=style.italic, underline=style.underline, reverse=style.reverse, meta=style.meta or None
    )


class Uncolored(LineFilter):
    """Removes every color; Textual's own `NO_COLOR` filter leaves grays, which are colors to a terminal too."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without color."""
        return [Segment(text, uncolored(style) if style else None, control) for text, style, control in segments]


class WholeCells(ScrollBarRender):
    """Draws the thumb as reversed blanks only."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def use_whole_cells() -> None:
    """Draw every scroll bar this way; Textual keeps the renderer on the class."""
    ScrollBar.renderer = WholeCells
