"""A value from an earlier step: shown with its source, not asked for again."""

from __future__ import annotations

from rich.cells import cell_len

from cxr_tui.domain.answers import Value
from cxr_tui.presentation.values import shown
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock, wrap


class CarriedField(FieldWidget):
    """A read-only field; it takes no focus, so that Enter and Tab skip it."""

    def control(self) -> TextBlock:
        """Return the text of the value."""
        return TextBlock(classes="carried")

    def rows(self, width: int) -> tuple[int, int]:
        """Return the rows of the value."""
        lines = wrap(shown(self.view.value), max(width - 2, 1))
        return len(lines), cell_len(lines[-1]) + 2

    def read(self) -> Value | None:
        """Return the value."""
        return self.view.value

    def write(self, value: Value | None) -> None:
        """Show the value."""
        self.query_one(".carried", TextBlock).show([Paragraph(shown(value))])
