"""A value that was asked or learned before: shown with where it came from, not asked again."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from cxr_tui.domain.answers import Value
from cxr_tui.presentation.values import shown
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.widgets.text_block import Drawn, wrap


class Plain(Drawn):
    """A value as plain lines."""

    text = ""

    def draw(self, width: int) -> list[Content]:
        """Return the value's lines."""
        return [Content(line) for line in wrap(self.text, width)]


class CarriedField(FieldWidget):
    """A read-only field; it takes no focus, so that Enter and Tab go past it."""

    def control(self) -> Plain:
        """Return the plain lines."""
        return Plain(classes="carried")

    def rows(self, width: int) -> tuple[int, int]:
        """Return the rows of the value."""
        lines = wrap(shown(self.view.value), max(width - 2, 1))
        return len(lines), cell_len(lines[-1]) + 2

    def read(self) -> Value | None:
        """Return the carried value."""
        return self.view.value

    def write(self, value: Value | None) -> None:
        """Show the carried value."""
        plain = self.query_one(Plain)
        plain.text = shown(value)
        plain.redraw()
