"""The palette: actions that make sense now and every step by name; and the search through all that the guide says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from cxr_tui.domain.text import visible
from cxr_tui.guided.search import Found, search
from cxr_tui.integration.integration import Integration
from cxr_tui.presentation.badges import STATES
from cxr_tui.tui.actions.action import Action
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.messages import StepChosen
from cxr_tui.tui.widgets.text_block import fit_words

_MOST = 40
"""Places that are shown at most; more words narrow it down."""


@runtime_checkable
class Offering(Protocol):
    """A screen that says what can be done on it."""

    def offered(self) -> Sequence[tuple[Action, str]]:
        """Return the actions that make sense now, each with its label."""


@runtime_checkable
class OnIntegration(Protocol):
    """A screen over a setup."""

    integration: Integration

    def post_message(self, message: StepChosen) -> bool:
        """Take a message."""


class ActionCommands(Provider):
    """Offers what the screen's keys do."""

    def _entries(self) -> list[tuple[str, str, Callable[[], object]]]:
        screen, run = self.screen, self.screen.run_action
        if not isinstance(screen, Offering):
            return []
        keys = keymap_of(self.app)
        entries: list[tuple[str, str, Callable[[], object]]] = [
            (f"{label}  {keys.shown(action)}".rstrip(), action.tooltip, partial(run, action.handler))
            for action, label in screen.offered()
            if action.in_palette
        ]
        return entries

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


class StepCommands(ActionCommands):
    """Offers what the keys do, then every step by number and title.

    One provider for both: of several, Textual asks now the one first and now the other.
    """

    def _entries(self) -> list[tuple[str, str, Callable[[], object]]]:
        screen = self.screen
        if not isinstance(screen, OnIntegration):
            return []
        states = screen.integration.states()
        steps: list[tuple[str, str, Callable[[], object]]] = [
            (
                f"Step {number}  {step.title}",
                STATES[states[step.id].state].text,
                partial(screen.post_message, StepChosen(step.id)),
            )
            for number, step in enumerate(screen.integration.guide.steps, 1)
        ]
        return [*super()._entries(), *steps]


class SearchCommands(Provider):
    """Finds places by any words of them; while nothing is typed, those that want attention."""

    async def discover(self) -> Hits:
        """Offer the steps that are not done and can be worked on."""
        screen = self.screen
        if not isinstance(screen, OnIntegration):
            return
        for number, step in enumerate(screen.integration.guide.steps, 1):
            state = screen.integration.states()[step.id]
            if not state.done and not state.blocked_by:
                go = partial(screen.post_message, StepChosen(step.id))
                yield DiscoveryHit(f"Step {number}  {step.title}", go, help=STATES[state.state].text)

    async def search(self, query: str) -> Hits:
        """Offer the places that hold every word."""
        screen = self.screen
        if not isinstance(screen, OnIntegration):
            return
        places = search(screen.integration, query)[:_MOST]
        for at, found in enumerate(places):
            go = partial(screen.post_message, StepChosen(found.step_id, found.field))
            name = found.label or found.title
            # As content, and not as the hit's help: the palette would read that as markup, and values are foreign text.
            line = Content.assemble((name, "bold"), (f"  {found.what}, step {found.number}", "$muted"))
            excerpt = Content.styled(_excerpt(found, query), "$muted")
            yield Hit(1 - at / (len(places) + 1), Content("\n").join([line, excerpt]), go, text=name)


def _excerpt(found: Found, query: str) -> str:
    """Return the part of the text where the first word stands that it holds."""
    text = " ".join(visible(found.text, 600).split())
    lower = text.casefold()
    places = [at for word in query.casefold().split() if (at := lower.find(word)) >= 0]
    begin = max(min(places, default=0) - 24, 0)
    if begin:
        begin = text.find(" ", begin) + 1
    return ("… " if begin else "") + fit_words(text[begin:], 64).rstrip()
