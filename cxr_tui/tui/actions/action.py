"""What an action is: a thing a person can do, under one id, with its key, label and tooltip.

Textual is loaded only when a key is bound, for the manual reads the table of actions too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.binding import Binding

    from cxr_tui.guided.action_context import ActionContext


class Scope(StrEnum):
    """Where an action is at home; the first part of its binding's id."""

    WIZARD = "wizard"
    JOBS = "jobs"
    ROTATION = "rotation"
    OVERVIEW = "overview"
    PREFLIGHT = "preflight"
    REVIEW = "review"
    OPENING = "opening"
    START = "start"
    TOUR = "tour"
    TEXTS = "texts"
    PAGE = "page"
    EXPLAIN = "explain"
    APP = "app"


def always(_: ActionContext) -> bool:
    """Offer an action at any time."""
    return True


_NAMES = {
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
    if first in _NAMES:
        return _NAMES[first]
    if first.startswith("ctrl+"):
        return f"^{first.removeprefix('ctrl+').upper()}"
    return first.upper() if len(first) == 1 or (first.startswith("f") and first[1:].isdigit()) else first


@dataclass(frozen=True)
class Action:
    """One thing a person can do."""

    id: str
    key: str
    """Textual's name of the key; several are separated by commas. Empty: button and palette only."""
    label: str
    tooltip: str
    handler: str
    """Name of the screen's action method, without `action_`."""
    when: Callable[[ActionContext], bool] = always
    in_bar: bool = False
    """Whether the bottom line offers it; the step's own actions are buttons instead."""
    in_palette: bool = True
    short: str = ""
    """A shorter label, for buttons where the line is too short for all of them."""
    scope: Scope = Scope.WIZARD
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

    def binding(self) -> Binding:
        """Return the key binding."""
        from textual.binding import Binding

        return Binding(
            self.key,
            self.handler,
            self.label,
            show=self.in_bar,
            key_display=self.shown_key,
            tooltip=self.tooltip,
            id=self.binding_id,
            priority=self.priority,
        )
