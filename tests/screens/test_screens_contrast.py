"""Whatever a theme puts on the screen can be read: WCAG 2.1 AA for all its pairs, and nothing by colour alone.

Judged by the approved pictures, which `test_screens_pictures.py` holds against the screens themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color

from cxr_tui.tui.theme.themes import THEMES
from support.drivers.wizard_driver import SMALL
from support.screens.screen_approved import approved_pictures, lights_of
from support.screens.screen_picture import HIGH, LIGHTS, PLAIN, cells
from support.screens.screens_shown import each_look, group_driven

TEXTS = ("foreground", "muted", "faint", "accent", "success", "warning", "error")
"""Colors of text; the last three are for states, which have a word too."""
GROUNDS = ("background", "surface", "panel", "field", "block-cursor-background")
"""Colors of the ground below a text."""

TEXT = 4.5
"""Contrast that text of any size needs (WCAG 2.1, 1.4.3, level AA)."""
ENHANCED = 7.0
"""Contrast that the theme of high contrast promises for text (1.4.6, level AAA)."""
GRAPHIC = 3.0
"""Contrast that a bar or a sparkline needs, of which something is to be read (1.4.11)."""
BARS = frozenset(map(chr, range(0x2580, 0x25A0)))
LINES = frozenset(map(chr, range(0x2500, 0x2580)))
"""What draws a frame tells nothing that the words do not."""
_PAIR = re.compile(r"(\S+) on (\S+)")


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


def needed(character: str, light: str) -> float:
    """Return the contrast that a character needs, 0 for none."""
    if character.isspace() or character in LINES:
        return 0.0
    if character in BARS:
        return GRAPHIC
    return ENHANCED if light == HIGH else TEXT


def pairs(light: str) -> Iterator[tuple[str, str, float, str]]:
    """Yield ink, paper, contrast needed and where it is, of all that is to be read in this light."""
    for picture in approved_pictures():
        lights = lights_of(picture.size)
        if light in lights:
            at = lights.index(light)
            for character, styles in picture.cells():
                found = _PAIR.match(styles[at])
                assert found is not None, f"{picture.look}: {styles[at]}"
                yield found[1], found[2], needed(character, light), f"{picture.look} {picture.size}: {character!r}"


@pytest.mark.parametrize("light", [light for light in LIGHTS if light != PLAIN])
def test_every_pair_of_colours_can_be_read(light: str) -> None:
    seen: dict[tuple[str, str, float], str] = {}
    for ink, paper, least, where in pairs(light):
        if least:
            seen.setdefault((ink, paper, least), where)
    assert len(seen) > 10, "hardly anything was looked at"
    weak = {pair: where for pair, where in seen.items() if contrast(pair[0], pair[1]) < pair[2]}
    assert weak == {}, {pair: round(contrast(pair[0], pair[1]), 2) for pair in weak}


@pytest.mark.parametrize("name", THEMES)
def test_every_pair_that_a_theme_can_produce_can_be_read(name: str) -> None:
    theme = THEMES[name]
    colours = {**{one: getattr(theme, one, None) for one in (*TEXTS, *GROUNDS)}, **theme.variables}
    least = ENHANCED if name == "high-contrast" else TEXT
    weak = {
        (ink, ground): round(ratio, 2)
        for ground in GROUNDS
        for ink in TEXTS
        if (ratio := contrast(str(colours[ink]), str(colours[ground]))) < least
    }
    assert weak == {}


def test_without_colours_none_is_sent() -> None:
    for picture in approved_pictures():
        at = lights_of(picture.size).index(PLAIN)
        coloured = {styles[at] for _, styles in picture.cells() if _PAIR.search(styles[at])}
        assert coloured == set(), f"{picture.look} sends colours"


@pytest.mark.sampled(1)
async def test_who_wants_no_colours_gets_none_and_words_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for group, word in (("real", "○ to do"), ("failed", "✗ needs fixing"), ("waiting", "… waiting")):
        async with group_driven(group, tmp_path / group, SMALL) as drive:
            async for look in each_look(drive, group):
                assert {(cell.ink, cell.paper) for cell in cells(drive.app)} == {("default", "default")}, look.name
                assert word in drive.text, look.name
                break
