"""Whatever a theme puts on the screen can be read: WCAG 2.1 AA for all its pairs, and nothing by colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from screen_picture import Cell, cells
from screens_shown import each_look, group_driven
from textual.color import Color
from textual.screen import ModalScreen
from textual.scrollbar import ScrollBar
from wizard_driver import SMALL, Driven

from cxr_tui.tui.themes import THEMES

TEXT = 4.5
"""Contrast that text of any size needs (WCAG 2.1, 1.4.3, level AA)."""
GRAPHIC = 3.0
"""Contrast that a bar or a sparkline needs, of which something is to be read (1.4.11)."""
BARS = frozenset(map(chr, range(0x2580, 0x25A0)))
LINES = frozenset(map(chr, range(0x2500, 0x2580)))
"""What draws a frame tells nothing that the words do not."""
GROUPS = ("fresh", "missing-role", "waiting", "over-it")


def contrast(ink: str, paper: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return relative luminance as WCAG 2.1 defines it, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(colour).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def needed(cell: Cell) -> float:
    """Return the contrast that a cell needs, 0 for none."""
    if cell.character.isspace() or cell.character in LINES:
        return 0.0
    return GRAPHIC if cell.character in BARS else TEXT


def in_front(drive: Driven) -> Iterator[Cell]:
    """Yield the cells in use: what an overlay veils is as good as switched off, and a thumb is no text."""
    top = drive.app.screen
    for cell in cells(drive.app):
        widget, _ = top.get_widget_at(cell.x, cell.y)
        if not isinstance(widget, ScrollBar) and not (widget is top and isinstance(top, ModalScreen)):
            yield cell


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES.values()])
async def test_every_pair_of_colours_can_be_read(theme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    seen: dict[tuple[str, str, float], str] = {}
    for group in GROUPS:
        async with group_driven(group, tmp_path / group, SMALL, theme) as drive:
            async for look in each_look(drive, group):
                for cell in in_front(drive):
                    least = needed(cell)
                    if least:
                        seen.setdefault((cell.ink, cell.paper, least), f"{look}: {cell.character!r}")
    assert len(seen) > 5, "hardly anything was looked at"
    weak = {pair: where for pair, where in seen.items() if contrast(pair[0], pair[1]) < pair[2]}
    assert weak == {}, {pair: round(contrast(pair[0], pair[1]), 2) for pair in weak}


async def test_without_colours_none_is_sent_and_words_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for group, word in (("fresh", "○ ready"), ("missing-role", "✗ failed"), ("waiting", "… waiting")):
        async with group_driven(group, tmp_path / group, SMALL) as drive:
            async for look in each_look(drive, group):
                sent = {(cell.ink, cell.paper) for cell in cells(drive.app)}
                assert sent == {("default", "default")}, f"{look} sends colours"
                if not drive.overlaid and look != "locked-step":
                    assert word in drive.text, look
