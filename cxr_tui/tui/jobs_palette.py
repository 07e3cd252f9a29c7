"""The palette over the jobs screen: its keys by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider


class JobsCommands(Provider):
    """Offers what the screen's keys do."""

    def _entries(self) -> list[tuple[str, str, Callable[[], object]]]:
        from cxr_tui.tui.jobs import KEYS, JobsScreen

        if not isinstance(self.screen, JobsScreen):
            return []
        return [
            (f"{label}  {shown}", tooltip, partial(self.screen.run_action, handler))
            for _, handler, shown, label, tooltip in KEYS
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
