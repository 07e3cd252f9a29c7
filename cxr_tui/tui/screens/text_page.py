"""A page to read and copy, over the step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from cxr_tui.tui.actions.action import Action, Scope, bindings
from cxr_tui.tui.actions.table import PAGE_ACTIONS
from cxr_tui.tui.screens.action_screen import ActionScreen
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock


class PageScreen(ActionScreen[None]):
    """A page over the step."""

    CSS_PATH = "../theme/styles/reports.tcss"
    AUTO_FOCUS = "#page"
    ACTIONS: ClassVar[tuple[Action, ...]] = PAGE_ACTIONS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PAGE_ACTIONS, Scope.PAGE)]

    def __init__(self, title: str, right: str, paragraphs: Sequence[Paragraph], copied: str) -> None:
        """`right` is at the right end of the header, `copied` is what Copy all copies."""
        super().__init__(title)
        self._right = right
        self._paragraphs = paragraphs
        self._copied = copied

    def body(self) -> Iterable[Widget]:
        """Return the page."""
        yield VerticalScroll(TextBlock(*self._paragraphs), id="page")

    def on_mount(self) -> None:
        """Show the words at right."""
        self.header.show("", self._right)

    def action_copy(self) -> None:
        """Copy the page."""
        self.app.copy_to_clipboard(self._copied)
        self.header.show("", "copied")

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss(None)
