"""The very first picture: header and what is being done, light enough to stand there before the guide is loaded."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from cxr_tui.tui.actions.action import Scope, bindings
from cxr_tui.tui.actions.table import OPENING_ACTIONS
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets.header import Header, TooSmall, WorkLine
from cxr_tui.tui.widgets.keybar import KeyBar


class OpeningScreen(Screen[None], inherit_bindings=False):
    """Stands until an integration is open."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OPENING_ACTIONS, Scope.OPENING)]

    def __init__(self, name: str, doing: str) -> None:
        super().__init__()
        self._integration = name
        self._doing = doing

    def compose(self) -> ComposeResult:
        """Lay out header, an empty middle, what is being done, keys."""
        yield Header(self._integration)
        yield Container(id="main")
        yield WorkLine(self._doing)
        yield KeyBar([(action, action.label) for action in OPENING_ACTIONS if action.in_bar])
        yield TooSmall()

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked."""
        event.stop()
        await self.run_action("app.leave")
