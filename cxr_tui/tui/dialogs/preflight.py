"""Dialogs of preflight: how a file is written, and the first lines of a reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.preflight.import_options import FileForm, ImportOptionsError, charset_of, delimiter_of
from cxr_tui.preflight.result import ReasonCount
from cxr_tui.tui.dialogs.base import Dialog, Note
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.fields.tick import Tick
from cxr_tui.tui.widgets.preflight_panels import reason_lines
from cxr_tui.tui.widgets.text_block import TextBlock


class FormScreen(Dialog[FileForm]):
    """How a file is written, where that differs from the import job; F5, or Enter in a line, takes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "take", "Take", id="dialog.take", tooltip="Take these entries"),
        Binding("tab,down", "app.focus_next", "Next", show=False, id="dialog.next", tooltip="Next entry"),
        Binding("shift+tab,up", "app.focus_previous", "Previous", show=False, id="dialog.previous", tooltip="Previous"),
    ]

    def __init__(self, form: FileForm) -> None:
        super().__init__("How the file is written", "Space selects, F5 takes it, Esc closes")
        self._form = form

    def body(self) -> Iterable[Widget]:
        """Return a line or a box for each property."""
        names = {sign: name for name, sign in DELIMITERS.items()}
        delimiter = names.get(self._form.delimiter, self._form.delimiter)
        yield Note("For this screen only; the jobs are set on their own screens. Field delimiter:")
        yield Line(value=delimiter, placeholder=f"{', '.join(DELIMITERS)}, or one character", id="form-delimiter")
        yield Note("Character set:")
        yield Line(value=self._form.charset, placeholder="UTF-8, ISO-8859-1, Windows-1252, UTF-16", id="form-charset")
        yield Tick('Fields are enclosed in "', bool(self._form.enclosure), id="form-enclosure", compact=True)
        yield Tick("The first line contains the column names", self._form.header, id="form-header", compact=True)

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Read files in this form, or say what is wrong with it."""
        try:
            form = FileForm(
                delimiter_of(self.query_one("#form-delimiter", Line).value.strip()),
                '"' if self.query_one("#form-enclosure", Tick).value else "",
                charset_of(self.query_one("#form-charset", Line).value),
                self.query_one("#form-header", Tick).value,
            )
        except ImportOptionsError as error:
            self.query(Note).first().say(f"{error}.", "$warning")
            return
        self.dismiss(form)


class LinesScreen(Dialog[bool]):
    """A reason: what it means, and its first lines; ends with whether values are shown."""

    WIDE: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "close", "Close", id="lines.close", tooltip="Back to the reasons"),
        Binding("f8", "reveal", "Show", id="lines.reveal", tooltip="Show the values, or their shapes again"),
    ]

    def __init__(self, reason: ReasonCount, *, reveal: bool) -> None:
        values = any(one.value is not None for one in reason.samples)
        super().__init__(
            f"{reason.code.value}  {reason.rows:,}", "F8 shows values, Esc closes" if values else "Esc closes"
        )
        self._reason = reason
        self._reveal = reveal

    def body(self) -> Iterable[Widget]:
        """Return the reason."""
        yield VerticalScroll(TextBlock(partial(reason_lines, self._reason, reveal=self._reveal)), classes="fitted")

    def action_reveal(self) -> None:
        """Show the values, or their shapes again."""
        self._reveal = not self._reveal
        self.query_one(TextBlock).show([partial(reason_lines, self._reason, reveal=self._reveal)])

    def action_close(self) -> None:
        """Close, and say whether values are shown."""
        self.dismiss(self._reveal)
