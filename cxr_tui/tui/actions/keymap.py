"""The user's own keys: read from the settings, held against the table of actions, and shown wherever a key is named."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from textual.keys import KEY_NAME_REPLACEMENTS
from textual.keys import Keys as TextualKeys

from cxr_tui.domain.text import visible
from cxr_tui.tui.actions.table import ALL_ACTIONS, Action, shown

if TYPE_CHECKING:
    from textual.app import App

_NAMED = frozenset(str(key.value) for key in TextualKeys)
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super"})


@dataclass(frozen=True)
class Keymap:
    """Keys that differ from the table's, and what could not be used of what the settings say."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys by binding id, as Textual's `set_keymap` takes them."""
    complaints: tuple[str, ...] = ()

    def key(self, action: Action) -> str:
        """Return the active keys of an action."""
        return self.keys.get(action.binding_id, action.key)

    def shown(self, action: Action) -> str:
        """Return the key as a person knows it; empty where the action has none."""
        return shown(self.key(action))


def keymap_from(wanted: Mapping[str, str], actions: tuple[Action, ...] = ALL_ACTIONS) -> Keymap:
    """Return the keymap that the settings ask for; an entry that cannot be used is left out, and said why."""
    known = {action.binding_id: action for action in actions if action.key}
    keys: dict[str, str] = {}
    complaints: list[str] = []
    for name, text in wanted.items():
        wrong = _unknown(name, known) if name not in known else _unusable(text, known[name])
        if wrong:
            complaints.append(f"keymap: {wrong}")
        else:
            keys[name] = ",".join(_normal(key) for key in text.split(","))
    return Keymap(keys, tuple(complaints))


def keymap_of(app: App[object]) -> Keymap:
    """Return an app's active keymap; without one the table's own keys."""
    found = getattr(app, "keymap", None)
    return found if isinstance(found, Keymap) else Keymap()


def shown_key(app: App[object], binding_id: str) -> str:
    """Return the active key of an action of the table, as a keyboard names it."""
    return keymap_of(app).shown(next(action for action in ALL_ACTIONS if action.binding_id == binding_id))


def _normal(key: str) -> str:
    """Return Textual's name of a key; a sign's is its Unicode name, such as `question_mark`."""
    key = key.strip()
    if len(key) != 1 or key.isalnum():
        return key
    name = unicodedata.name(key, key).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _unknown(name: str, known: Mapping[str, Action]) -> str:
    near = get_close_matches(name, known, 1, 0.4)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{visible(name, 60)} is no action that has a key{hint}"


def _unusable(text: str, action: Action) -> str:
    for key in text.split(","):
        normal = _normal(key)
        if action.priority and (normal in _SIGNS or len(normal) == 1):
            return f"{action.binding_id} cannot be {visible(key)}: that could be typed into no field any more"
        *modifiers, base = normal.split("+") if normal != "+" else [normal]
        right = normal in _NAMED or base in _NAMED or base in _SIGNS or (len(base) == 1 and base.isalnum())
        if not normal or not right or not set(modifiers) <= _MODIFIERS:
            return f"{visible(key.strip(), 40) or 'nothing'} is no key; write f5, ctrl+e, escape, or one sign"
    return ""


_SIGNS = frozenset(map(_normal, string.punctuation))
