"""The palette: every action that makes sense now, and every step, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from cxr_tui.tui.actions import ACTIONS
from cxr_tui.tui.glyphs import STATES
from cxr_tui.tui.messages import ActionPressed, StepChosen
from cxr_tui.tui.wizard import WizardScreen


class WizardCommands(Provider):
    """Offers the actions table and the guide."""

    def _entries(self) -> list[tuple[str, str, Callable[[], object]]]:
        screen = self.screen
        if not isinstance(screen, WizardScreen):
            return []
        now = screen.situation()
        entries: list[tuple[str, str, Callable[[], object]]] = [
            (
                f"{action.label}  {action.shown_key}".rstrip(),
                action.tooltip,
                partial(screen.post_message, ActionPressed(action.id)),
            )
            for action in ACTIONS
            if action.in_palette and action.when(now)
        ]
        states = screen.setup.states()
        for number, step in enumerate(screen.setup.guide.steps, 1):
            entries.append(
                (
                    f"Step {number}  {step.title}",
                    STATES[states[step.id].state].text,
                    partial(screen.post_message, StepChosen(step.id)),
                )
            )
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
