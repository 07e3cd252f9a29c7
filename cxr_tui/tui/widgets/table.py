"""A table whose cells are plain text in the theme's colors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import DataTable

from cxr_tui.domain.text import visible

Cell = tuple[str, str]
"""A text and a style of the theme such as `$muted`; an empty one is the color of the row."""


class Table(DataTable[Text]):
    """Rows of cells under a heading; columns in which no row has anything are left out."""

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, cursor_type="row", cell_padding=1, show_header=True)
        self.can_focus = False
        self._shown: Sequence[Mapping[str, Cell]] = ()

    def on_mount(self) -> None:
        """Color the cells again when the theme changes, because a cell keeps the color it was made with."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._fill(self.cursor_row))

    def show(self, rows: Sequence[Mapping[str, Cell]]) -> None:
        """Show other rows; where as many as before are shown, the same one stays marked."""
        at = self.cursor_row if len(rows) == len(self._shown) else 0
        if rows == self._shown:
            return
        self._shown = rows
        self._fill(at)

    def _fill(self, at: int) -> None:
        rows = self._shown
        self.can_focus = bool(rows)
        self.clear(columns=True)
        names = [name for name in (rows[0] if rows else ()) if any(row[name][0] for row in rows)]
        colors = self.app.theme_variables
        cells = [
            [
                Text(visible(text, 200), colors.get(style.lstrip("$"), ""))
                for text, style in (row[name] for name in names)
            ]
            for row in rows
        ]
        for number, name in enumerate(names):
            # Given here, because the table measures a column only later and would show it cut until then.
            self.add_column(name, width=max(cell_len(name), *(line[number].cell_len for line in cells)))
        for line in cells:
            self.add_row(*line)
        self.move_cursor(row=at)
