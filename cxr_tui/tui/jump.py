"""Jump mode: a letter on everything in sight that takes the focus; pressing it goes there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.widget import Widget

from cxr_tui.tui.widgets.text_block import Drawn

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""In the order in which fingers find them."""


def letters_for(count: int) -> list[str]:
    """Return as many names as there are places: one letter each, or two each where one does not do."""
    if count <= len(LETTERS):
        return list(LETTERS[:count])
    return ["".join(pair) for pair in product(LETTERS, repeat=2)][:count]


def places(widgets: Sequence[Widget], window: Region) -> list[tuple[Widget, Region]]:
    """Return what can be seen of these widgets, from the top down; two never stand at the same place."""
    found: list[tuple[Widget, Region]] = []
    taken: set[tuple[int, int]] = set()
    for widget in widgets:
        seen = widget.region.intersection(window)
        for above in widget.ancestors:
            if isinstance(above, Widget) and above.is_scrollable:
                seen = seen.intersection(above.region)
        if seen.area and (seen.x, seen.y) not in taken:
            taken.add((seen.x, seen.y))
            found.append((widget, seen))
    return sorted(found, key=lambda one: (one[1].y, one[1].x))


class Tag(Drawn):
    """The letters on one place."""

    def __init__(self, name: str, at: Region) -> None:
        super().__init__(classes="tag")
        self._letters = name
        self._typed = ""
        self.styles.offset = (at.x, at.y)
        self.styles.width = len(name) + 2

    def show(self, typed: str) -> None:
        """Leave only the tags that begin with what is typed."""
        self._typed = typed
        self.display = self._letters.startswith(typed)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the letters, padded."""
        return [Content(f" {self._letters.upper()} ")]


class JumpScreen(ModalScreen[Widget | None], inherit_bindings=False):
    """Letters over the screen below; any other key closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g", "close", "Close", id="jump.close", tooltip="Back to where the focus was"),
    ]

    def __init__(self, found: Sequence[tuple[Widget, Region]]) -> None:
        super().__init__()
        names = letters_for(len(found))
        self._by_name = {name: widget for name, (widget, _) in zip(names, found, strict=True)}
        self._tags = [Tag(name, at) for name, (_, at) in zip(names, found, strict=True)]
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Lay the letters out."""
        yield from self._tags

    def on_key(self, event: events.Key) -> None:
        """Go where the typed letters lead."""
        typed = self._typed + (event.character or "").casefold()
        if event.key in ("escape", "ctrl+g"):
            return
        event.stop()
        if typed in self._by_name:
            self.dismiss(self._by_name[typed])
        elif event.is_printable and any(name.startswith(typed) for name in self._by_name):
            self._typed = typed
            for tag in self._tags:
                tag.show(typed)
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Close without going anywhere."""
        self.dismiss(None)
