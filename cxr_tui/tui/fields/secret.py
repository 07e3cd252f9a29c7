"""The field of a secret: masked, never copied, emptied when it leaves the screen."""

from __future__ import annotations

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.form import FieldView
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.fields.text import Line


class SecretInput(Line):
    """A masked line whose text goes only to the keyring.

    Textual's masked input copies and cuts in the clear, and the clipboard sequence would send that to the terminal; so
    both do nothing here, and the text is deleted with the widget.
    """

    def __init__(self) -> None:
        super().__init__(password=True)

    def action_copy(self) -> None:
        """Copy nothing."""

    def action_cut(self) -> None:
        """Cut nothing."""

    def get_selection(self, selection: object) -> None:
        """Return nothing for a selection made with the mouse."""

    def on_unmount(self) -> None:
        """Forget the text."""
        with self.prevent(Input.Changed):
            self.value = ""


class SecretField(FieldWidget):
    """A value that is stored only in the keyring."""

    def control(self) -> Widget:
        """Return the masked line."""
        self.line = SecretInput()
        return self.line

    def read(self) -> Value | None:
        """Return None: a secret is never read as a value."""
        return None

    def write(self, value: Value | None) -> None:
        """Show nothing."""

    def forget(self) -> None:
        """Empty the line: the keyring has the secret now."""
        self.edited = False
        with self.prevent(Input.Changed):
            self.line.value = ""
        self.show_source()

    def provenance(self) -> str:
        """Return where the secret is stored, or will be."""
        store = self.wizard.integration.world.credentials.store
        if self.edited:
            return f"stored in {store} when you press F5"
        if self.view.stored:
            return f"stored in {store}; leave empty to keep it"
        return f"{'optional · ' if self.view.field.optional else ''}stored only in {store}"

    def sync(self, view: FieldView, entered: object) -> None:
        """Take over whether something is stored."""
        self.view = view
        self.show_source()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.edited = bool(self.line.value)
        self.complain("")
        self.show_source()
        self.wizard.take_secret(self, Secret(self.line.value))
