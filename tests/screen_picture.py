"""What stands on a screen as text that a person can review: the characters, and below them how they are coloured.

An SVG of the same screen is twenty times as long, and its differences say nothing to a reader.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import NamedTuple

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.screen import Screen

LETTERS = string.ascii_letters + string.digits


class Cell(NamedTuple):
    """One character cell: place, character, colours as `#rrggbb` or a terminal's own, and what else is set."""

    x: int
    y: int
    character: str
    ink: str
    paper: str
    more: str


def cells(app: App[None]) -> Iterator[Cell]:
    """Yield the cells of the screen in front, as they go to the terminal."""
    top: Screen[object] = app.screen
    for y, strip in enumerate(top._compositor.render_strips()):
        x = 0
        for segment in strip:
            for character in segment.text:
                yield Cell(x, y, character, *_style(segment))
                x += 1


def _style(segment: Segment) -> tuple[str, str, str]:
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


def picture(app: App[None]) -> str:
    """Return text, a map of styles by letter, and what each letter stands for."""
    return f"{text_of(app)}\n\n{styles_of(app)}\n"


def text_of(app: App[None]) -> str:
    """Return the characters, line by line."""
    return "\n".join("".join(cell.character for cell in row).rstrip() for row in _rows(app))


def styles_of(app: App[None]) -> str:
    """Return the map of styles by letter, the commonest of a line's end left away, and what each letter stands for."""
    letters: dict[tuple[str, str, str], str] = {}
    lines = ["".join(letters.setdefault(cell[3:], LETTERS[len(letters)]) for cell in row) for row in _rows(app)]
    legend = [
        f"{letter} {ink} on {paper}{' ' + more if more else ''}" for (ink, paper, more), letter in letters.items()
    ]
    return "\n".join([*(line.rstrip(line[-1:]) + line[-1:] for line in lines), *legend])


def _rows(app: App[None]) -> list[list[Cell]]:
    rows: dict[int, list[Cell]] = {}
    for cell in cells(app):
        rows.setdefault(cell.y, []).append(cell)
    return [row for _, row in sorted(rows.items())]
