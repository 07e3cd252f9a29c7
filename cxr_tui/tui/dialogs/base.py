"""A small overlay that asks for one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from cxr_tui.tui.dialogs.password import Words
from cxr_tui.tui.fields.text import Line


class LineScreen(ModalScreen[str | None], inherit_bindings=False):
    """Asks for one line until its rule takes it; ends with the line, or None where it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="line.close", tooltip="Back, and nothing is taken"),
    ]

    def __init__(
        self, title: str, enter: str, about: str, wrong: Callable[[str], str | None], proposed: str = ""
    ) -> None:
        """`enter` says what Enter does, `about` what the line is for, `wrong` what is wrong with one."""
        super().__init__()
        self._heading, self._enter, self._about = title, enter, about
        self._wrong = wrong
        self._proposed = proposed

    def compose(self) -> ComposeResult:
        """Lay the line over the screen."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = Content(f"{self._enter}, Esc closes")
            yield Line()
            yield Words(self._about)

    def on_mount(self) -> None:
        """Propose a line."""
        self.query_one(Line).value = self._proposed

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        wrong = self._wrong(text)
        if wrong is None:
            self.dismiss(text)
        else:
            self.query_one(Words).say(wrong, "$warning")

    def action_close(self) -> None:
        """Close without a line."""
        self.dismiss(None)
