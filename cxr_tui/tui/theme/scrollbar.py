"""Scroll bars of whole cells: no half blocks beside text, and to be seen without colours too."""

from __future__ import annotations

from typing import ClassVar

from textual.scrollbar import ScrollBar, ScrollBarRender


class WholeCells(ScrollBarRender):
    """Draws the thumb as reversed blanks only."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def use_whole_cells() -> None:
    """Let every scroll bar be drawn this way; Textual keeps the renderer on its class."""
    ScrollBar.renderer = WholeCells
