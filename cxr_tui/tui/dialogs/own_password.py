"""A dialog for the new password that a person chooses for a rotation."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.domain.password_policy import defects
from cxr_tui.domain.secret import Secret
from cxr_tui.tui.dialogs.base import Dialog, Note
from cxr_tui.tui.fields.secret import SecretInput

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
        self._judge(Secret(event.value))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
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
