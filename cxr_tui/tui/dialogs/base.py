"""What all dialogs share, and a dialog that asks for one line."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Label

from cxr_tui.tui.fields.text import Line

Result = TypeVar("Result")


class Note(Label):
    """Some words of a dialog."""

    def __init__(self, text: str) -> None:
        super().__init__(text, markup=False, classes="note")

    def say(self, text: str, style: str = "$muted") -> None:
        """Say something else."""
        self.update(Content.styled(text, style))


class Dialog(ModalScreen[Result], inherit_bindings=False):
    """A frame over a screen; Esc closes it without a result."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="dialog.close", tooltip="Close without a change"),
    ]
    WIDE: ClassVar[bool] = False

    def __init__(self, title: str, keys: str) -> None:
        """`keys` says what the keys do, in the lower edge of the frame."""
        super().__init__()
        self._title = title
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Lay the frame over the screen."""
        with Vertical(classes="overlay wide-overlay" if self.WIDE else "overlay") as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = Content(self._keys)
            yield from self.body()

    @abstractmethod
    def body(self) -> Iterable[Widget]:
        """Return the content of the frame."""


class LineScreen(Dialog[str]):
    """Asks for one line until its rule takes it; ends with the line, or None where it was closed."""

    def __init__(self, title: str, keys: str, about: str, wrong: Callable[[str], str | None], line: Line) -> None:
        """`about` says what the line is for; `wrong` returns what is wrong with it."""
        super().__init__(title, keys)
        self._about = about
        self._wrong = wrong
        self._line = line

    def body(self) -> Iterable[Widget]:
        """Return the line and what it is for."""
        yield from (self._line, Note(self._about))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        wrong = self._wrong(text)
        if wrong is None:
            self.dismiss(text)
        else:
            self.query(Note).last().say(wrong, "$warning")
