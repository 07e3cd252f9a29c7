"""Dialogs of entries that belong to no step: the own new password, and how a file is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.domain.password_policy import defects
from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.domain.secret import Secret
from cxr_tui.preflight.import_options import FileForm, ImportOptionsError, charset_of, delimiter_of
from cxr_tui.tui.dialogs.base import Dialog, Note, Tick
from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.fields.text import Line

_STORED = "It is stored in the keyring beside the current password, and nowhere else."


class OwnPassword(Dialog[Secret]):
    """A password that the person types; says what it lacks while they type, and shows none of it."""

    def __init__(self) -> None:
        super().__init__("Your own new password", "Enter takes it, Esc closes")

    def body(self) -> Iterable[Widget]:
        """Return the masked line, and what is said of its text."""
        yield SecretInput()
        yield Note(_STORED)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._judge(Secret(event.value))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        own = Secret(event.value)
        if own and not defects(own):
            self.dismiss(own)
        else:
            self._judge(own)

    def _judge(self, own: Secret) -> None:
        note = self.query_one(Note)
        wanting = defects(own)
        if not own:
            note.say(_STORED)
        elif wanting:
            note.say(f"It needs: {', '.join(wanting)}.", "$warning")
        else:
            note.say("In order. Enter takes it.", "$success")


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
