"""Every action of every screen: keys, bottom lines, buttons, palette, help and the user's keys come from actions.json.

Which keys are left out, and why: Ctrl+A and Ctrl+B lead the commands of screen and tmux; Ctrl+S and Ctrl+Q stop and
start the flow of some terminals; Ctrl+W, Ctrl+T, Ctrl+N, F11 and F12 belong to the browser that a terminal can run in;
Alt reaches a text field as a letter. Ctrl+Q still quits, because people expect it, but nothing
depends on it: Ctrl+C pressed twice quits too, and so does the palette.

Textual is loaded only when a key is bound, for the manual reads the table too. The file is JSON because it is read
before the first frame, and reading TOML takes ten times as long.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.presentation.action_labels import LABELS

if TYPE_CHECKING:
    from textual.binding import Binding

    from cxr_tui.guided.action_context import ActionContext

_KEY_NAMES = {
    "escape": "Esc",
    "slash": "/",
    "question_mark": "?",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
    "enter": "Enter",
    "space": "Space",
    "left": "←",
    "right": "→",
}


def shown(key: str) -> str:
    """Return the first of some keys (Textual's names, separated by commas) as a person knows it, such as ^P."""
    first = key.split(",")[0].strip()
    if first in _KEY_NAMES:
        return _KEY_NAMES[first]
    if first.startswith("ctrl+"):
        return f"^{first.removeprefix('ctrl+').upper()}"
    return first.upper() if len(first) == 1 or (first.startswith("f") and first[1:].isdigit()) else first


@dataclass(frozen=True)
class Action:
    """One thing a person can do."""

    scope: str
    """The screen, or `app`; the first part of the binding's id."""
    id: str
    label: str
    tooltip: str
    handler: str
    """The screen's action method, without `action_`; named as the action where the file does not say."""
    key: str = ""
    """Textual's name of the key; several are separated by commas. Empty: button and palette only."""
    when: str = ""
    """The property of a step's context that offers the action, perhaps behind `not`; empty: at any time."""
    in_bar: bool = True
    """Whether the bottom line offers it; the step's own actions are buttons instead."""
    in_palette: bool = True
    short: str = ""
    """A shorter label, for buttons where the line is too short for all of them."""
    priority: bool = False
    """Whether the key comes before what a text field would do with it."""

    @property
    def binding_id(self) -> str:
        """The id by which the user's keymap names this action."""
        return f"{self.scope}.{self.id}"

    @property
    def shown_key(self) -> str:
        """The key as it is without a keymap."""
        return shown(self.key)

    def possible(self, now: ActionContext) -> bool:
        """Return whether the action makes sense at a step now."""
        return now.allows(self.when)

    def binding(self) -> Binding:
        """Return the key binding."""
        from textual.binding import Binding

        return Binding(
            self.key,
            self.handler,
            self.label,
            key_display=self.shown_key,
            tooltip=self.tooltip,
            id=self.binding_id,
            priority=self.priority,
        )


def _action(scope: str, name: str, row: dict[str, Any]) -> Action:
    # plain mode shows the main actions' labels too
    usual = {"label": LABELS.get(name, ""), "handler": name, "in_bar": scope != "wizard"}
    return Action(scope, name, **{**usual, **row})


_FILE = Path(__file__).with_name("actions.json")
ACTIONS_OF = {
    scope: tuple(_action(scope, name, row) for name, row in rows.items())
    for scope, rows in json.loads(_FILE.read_text("utf-8")).items()
}
"""The actions by their scope."""

PALETTE, QUIT, INTERRUPT, HELP = ACTIONS_OF["app"]

STEP_ACTIONS = (HELP, *ACTIONS_OF["wizard"], PALETTE, QUIT)
"""What can be done at a step."""

ALL_ACTIONS = tuple(action for actions in ACTIONS_OF.values() for action in actions)
"""Everything whose key can be changed."""

BY_ID = {action.id: action for action in STEP_ACTIONS}
"""The wizard's own."""

BUTTONS = ("fix", "operate", "check", "confirm", "request", "preflight", "next", "withdraw", "handover")
"""Actions that a step offers as buttons, besides its main one."""

CONFIRM_ANYWAY = "Confirm anyway"
"""Label of a confirmation against what the check found."""


def label_of(action: Action, now: ActionContext) -> str:
    """Return what an action is called now."""
    return CONFIRM_ANYWAY if action.id == "confirm" and now.overrules else action.label
