"""What stands on a screen as text that a person can review: the characters, and below them how they are coloured.

An SVG of the same screen is twenty times as long, and its differences say nothing to a reader.
"""

from __future__ import annotations

import re
import string
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.screen import ModalScreen, Screen, SystemModalScreen
from textual.scrollbar import ScrollBar

from cxr_tui.tui.theme.themes import DARK, HIGH_CONTRAST, LIGHT
from support.drivers.wizard_driver import Driven, drawn

LETTERS = string.ascii_letters + string.digits
HIGH, PLAIN = "high contrast", "no colours"
LIGHTS = {"dark": DARK.name, "light": LIGHT.name, HIGH: HIGH_CONTRAST.name, PLAIN: DARK.name}
"""Every way in which the same screen is shown, and the theme of each; the last one sends no colour."""
_PORT = re.compile(r"(127\.0\.0\.1:)\d{5}")
"""A port of the sandbox, another one in each run."""
ASIDE = "aside"
"""What a style is called of that is not to be read: it lies behind an overlay's veil, or is a scroll bar."""


class Cell(NamedTuple):
    """One character cell: place, character, colours as `#rrggbb` or a terminal's own, and what else is set."""

    x: int
    y: int
    character: str
    ink: str
    paper: str
    more: str


Look = tuple[str, str, str]
"""Ink, paper and what else is set."""


@dataclass(frozen=True)
class Portrait:
    """One screen in all its lights: rows of characters, and for each of them the look in each light."""

    screen: str
    rows: tuple[str, ...]
    styles: tuple[tuple[tuple[tuple[Look, ...], bool], ...], ...]
    """By row and column: the looks in the lights it was taken in, as `LIGHTS` has them; whether the place is aside."""

    def text(self) -> str:
        """Return the characters, line by line."""
        return "\n".join(row.rstrip() for row in self.rows)

    def picture(self) -> str:
        """Return text, a map of styles by letter, and what each letter stands for in each light."""
        letters: dict[tuple[tuple[Look, ...], bool], str] = {}
        lines = ["".join(letters.setdefault(one, LETTERS[len(letters)]) for one in row) for row in self.styles]
        # What a line ends with goes on to its end.
        told = [line.rstrip(line[-1:]) + line[-1:] for line in lines]
        legend = [
            f"{letter} {ASIDE if aside else ' | '.join(map(_words, looks))}"
            for (looks, aside), letter in letters.items()
        ]
        return "\n".join([self.text(), "---", *told, "---", *legend])


def _words(look: Look) -> str:
    ink, paper, more = look
    colours = "" if (ink, paper) == ("default", "default") else f"{ink} on {paper}"
    return f"{colours} {more}".strip() or "plain"


async def portrait(drive: Driven, lights: tuple[str, ...], again: Callable[[], Awaitable[None]]) -> Portrait:
    """Picture a screen in these themes, one after the other. Starting with the current theme saves a change.

    The palette stays in the light in which it was opened, so it is opened `again` in each.
    """
    await drawn(drive.app)
    taken: dict[str, list[list[Cell]]] = {}
    for light in lights:
        if await put_in(drive, light) and isinstance(drive.app.screen, SystemModalScreen):
            await again()
        taken[light] = _rows(drive.app)
    screen = drive.app.screen
    texts = {light: tuple("".join(cell.character for cell in row) for row in rows) for light, rows in taken.items()}
    told = {text: light for light, text in texts.items()}
    assert len(told) == 1, f"{type(screen).__name__} reads differently in {' and '.join(told.values())}"
    aside = _aside(screen)
    styles = tuple(
        tuple(
            (tuple((cell.ink, cell.paper, cell.more) for cell in cells), (cells[0].x, cells[0].y) in aside)
            for cells in zip(*rows, strict=True)
        )
        for rows in zip(*(taken[light] for light in LIGHTS if light in taken), strict=True)
    )
    return Portrait(type(screen).__name__, tuple(_PORT.sub(r"\g<1>00000", line) for line in texts[lights[0]]), styles)


async def put_in(drive: Driven, light: str) -> bool:
    """Show everything in this light, and say whether that is another; what is being done goes on meanwhile."""
    app = drive.app
    if (app.no_color, app.theme) == (light == PLAIN, LIGHTS[light]):
        return False
    app.no_color = light == PLAIN
    app.theme = LIGHTS[light]
    await drawn(app)
    await drive.pilot.pause()
    return True


def _aside(top: Screen[object]) -> frozenset[tuple[int, int]]:
    """Return the places that are not to be read."""
    modal = isinstance(top, ModalScreen)
    places = ((x, y) for y in range(top.size.height) for x in range(top.size.width))
    if not modal:
        bars = [one.region for one in top.walk_children() if isinstance(one, ScrollBar) and one.display]
        return frozenset(place for place in places if any(bar.contains(*place) for bar in bars))
    widgets = {place: top.get_widget_at(*place)[0] for place in places}
    return frozenset(place for place, one in widgets.items() if one is top or isinstance(one, ScrollBar))


def cells(app: App[None]) -> Iterator[Cell]:
    """Yield the cells of the screen in front, as they go to the terminal."""
    top: Screen[object] = app.screen
    for y, strip in enumerate(top._compositor.render_strips()):
        x = 0
        for segment in strip:
            look = _style(segment)
            for character in segment.text:
                yield Cell(x, y, character, *look)
                x += 1


def _style(segment: Segment) -> Look:
    style = segment.style or Style()
    more = "".join(
        letter
        for letter, is_set in (
            ("b", style.bold),
            ("d", style.dim),
            ("i", style.italic),
            ("u", style.underline),
            ("r", style.reverse),
        )
        if is_set
    )
    return _colour(style, paper=False), _colour(style, paper=True), more


def _colour(style: Style, *, paper: bool) -> str:
    colour = style.bgcolor if paper else style.color
    if colour is None or colour.type is ColorType.DEFAULT:
        return "default"
    return colour.name if colour.type is not ColorType.TRUECOLOR else str(colour.triplet.hex if colour.triplet else "?")


def _rows(app: App[None]) -> list[list[Cell]]:
    rows: dict[int, list[Cell]] = {}
    for cell in cells(app):
        rows.setdefault(cell.y, []).append(cell)
    return [row for _, row in sorted(rows.items())]
