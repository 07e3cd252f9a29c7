"""Scroll bars of whole cells, which a screen with few colors or none shows as well."""

from __future__ import annotations

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class WholeCells(ScrollBarRender):
    """Draws the thumb as reversed blanks only."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def use_whole_cells() -> None:
    """Draw every scroll bar this way; Textual keeps the renderer on the class."""
    ScrollBar.renderer = WholeCells
