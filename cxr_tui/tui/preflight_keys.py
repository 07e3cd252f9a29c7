"""The keys of the preflight screen, once: bindings, bottom line and palette are made from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from cxr_tui.tui.drawn import Drawn


@dataclass(frozen=True)
class Key:
    """One key of the screen."""

    key: str
    handler: str
    shown: str
    label: str
    tooltip: str


KEYS = (
    Key("f2", "files", "F2", "Files", "Choose a file of the file server, or type where a file of this machine is"),
    Key("f3,right", "view(1)", "F3", "View", "Next: reasons, columns, match column, findings, rehearsal key"),
    Key("f4", "form", "F4", "Form", "How the file is written, where it is not as the import job says"),
    Key("f5", "read", "F5", "Read", "Read the file as its import will"),
    Key("f6", "operate", "F6", "Do it", "Sandbox: do what comes next of the rehearsal"),
    Key("f7", "copy", "F7", "Copy", "Copy line numbers, or a value of the instruction"),
    Key("f8", "reveal", "F8", "Show", "Show the values themselves, or their shapes again; they are never saved"),
    Key("f9", "key", "F9", "Key", "Make the rehearsal pair, prove the switch back, remove the pair"),
    Key("escape", "back", "Esc", "Back", "Stop reading; back to the steps"),
)


@runtime_checkable
class Offering(Protocol):
    """A screen that says which of its keys make sense now."""

    def offers(self, handler: str) -> bool:
        """Say whether an action makes sense now."""

    def label_of(self, key: Key) -> str:
        """Return what a key is called now."""


class PreflightKeys(Drawn):
    """The keys that make sense now, in one line; where it is short, those that the palette has as well go first."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._keys: tuple[tuple[str, str], ...] = ()

    def show(self, keys: tuple[tuple[str, str], ...]) -> None:
        """Offer other keys."""
        if keys != self._keys:
            self._keys = keys
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        keys = [*self._keys, ("^P", "Actions")]
        while sum(len(shown) + len(label) + 2 for shown, label in keys) - 1 > width and len(keys) > 2:
            del keys[next((at for at, (shown, _) in enumerate(keys) if shown == "F4"), -3)]
        parts = [Content.assemble((shown, "$accent"), " ", (label, "$muted")) for shown, label in keys]
        gap = max(min((width - sum(part.cell_length for part in parts)) // max(len(parts) - 1, 1), 3), 1)
        return [Content(" " * gap).join(parts)]


class PreflightCommands(Provider):
    """Offers in the palette what the keys do."""

    def _entries(self) -> list[tuple[str, str, Callable[[], object]]]:
        screen = self.screen
        if not isinstance(screen, Offering):
            return []
        return [
            (f"{screen.label_of(key)}  {key.shown}", key.tooltip, partial(self.screen.run_action, key.handler))
            for key in KEYS
            if screen.offers(key.handler)
        ]

    async def discover(self) -> Hits:
        """Offer everything while nothing is typed."""
        for text, help_text, command in self._entries():
            yield DiscoveryHit(text, command, help=help_text)

    async def search(self, query: str) -> Hits:
        """Offer what fits."""
        matcher = self.matcher(query)
        for text, help_text, command in self._entries():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), command, text=text, help=help_text)
