"""The approved pictures, read back: what is to hold of every screen is judged by them, without running one again."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from textual.screen import Screen

import cxr_tui.tui
from support.drivers.wizard_driver import SMALL, WIDE
from support.paths import TESTS
from support.screens.screen_picture import ASIDE, HIGH, LIGHTS

FOLDER = TESTS / "screens" / "__snapshots__" / "test_screens_pictures"
SIZES = {"80x24": SMALL, "120x36": WIDE}


def lights_of(size: str) -> tuple[str, ...]:
    """Return the lights in which screens of a size are shown; the last theme has the colours alone to itself."""
    return tuple(LIGHTS) if SIZES[size] == WIDE else tuple(one for one in LIGHTS if one != HIGH)


_HEAD = re.compile(r"^=== (\S+) \((\w+)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Approved:
    """One picture: the characters, and for each letter of the map below them the styles in every light."""

    group: str
    size: str
    look: str
    screen: str
    text: str
    map: str
    styles: dict[str, tuple[str, ...]]

    def cells(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each readable character, with its styles in every theme."""
        width = SIZES[self.size][0]
        for line, letters in zip(self.text.split("\n"), self.map.split("\n"), strict=True):
            for character, letter in zip(line, letters.ljust(width, letters[-1:]), strict=False):
                if self.styles[letter] != (ASIDE,):
                    yield character, self.styles[letter]


@cache
def approved_pictures() -> tuple[Approved, ...]:
    """Return every picture."""
    return tuple(_read())


def _read() -> Iterator[Approved]:
    for file in sorted(FOLDER.glob("*.txt")):
        group, _, size = file.stem.rpartition("-")
        _, *parts = _HEAD.split(file.read_text())
        for look, screen, page in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            text, letters, legend = page.strip("\n").split("\n---\n")
            styles = {line[0]: tuple(line[2:].split(" | ")) for line in legend.split("\n")}
            yield Approved(group, size, look, screen, text, letters, styles)


def screens_of_the_package() -> set[type[Screen[object]]]:
    """Return the screens that are shown as they are: what others are only built upon is shown by these."""
    found: set[type[Screen[object]]] = set()
    for module in pkgutil.walk_packages(cxr_tui.tui.__path__, "cxr_tui.tui."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, Screen) and one.__module__.startswith("cxr_tui."):
                found.add(one)
    return {one for one in found if not any(one in other.__mro__[1:] for other in found)}
