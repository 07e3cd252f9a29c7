"""The bottom line: keys that can be pressed now, made from the table of actions, and clickable.

Textual's `Footer` cuts the last keys off where a line is too short for all of them, Quit among them at 80 columns, and
its compact form has no gaps in a wide window. This line drops whole keys and spreads those that fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from textual import events
from textual.content import Content

from cxr_tui.tui.actions.action import Action
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets.text_block import Drawn


class KeyBar(Drawn):
    """Offers actions with their keys; a click posts `ActionPressed`, as a button does."""

    def __init__(self, offered: Sequence[tuple[Action, str]] = ()) -> None:
        super().__init__(id="keys")
        self._offered = tuple(offered)
        self._ends: list[int] = []

    def show(self, offered: Sequence[tuple[Action, str]]) -> None:
        """Show these actions with these labels."""
        if tuple(offered) != self._offered:
            self._offered = tuple(offered)
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line; where not all actions have room, the last ones are dropped."""
        keys = keymap_of(self.app)
        parts = [
            Content.assemble((keys.shown(action), "$accent"), " ", (label, "$muted")) for action, label in self._offered
        ]
        while len(parts) > 1 and sum(part.cell_length + 1 for part in parts) - 1 > width:
            parts.pop()
        room = (width - sum(part.cell_length for part in parts)) // max(len(parts) - 1, 1)
        gap = max(min(room, 3), 1)
        self._ends = list(accumulate(part.cell_length + gap for part in parts))
        return [Content(" " * gap).join(parts)]

    def on_click(self, event: events.Click) -> None:
        """Post the action that was clicked."""
        for (action, _), end in zip(self._offered, self._ends, strict=False):
            if event.x < end:
                self.post_message(ActionPressed(action.id))
                return
