"""The search through all that the guide says, in the palette."""

from __future__ import annotations

from functools import partial
from typing import cast

from textual.command import Hit, Hits, Provider
from textual.content import Content

from cxr_tui.domain.text import visible
from cxr_tui.guided.search import Found, search
from cxr_tui.tui.messages import StepChosen
from cxr_tui.tui.screens.wizard import WizardScreen
from cxr_tui.tui.widgets.text_block import fit_words

_MOST = 40
"""Places that are shown at most; more words narrow it down."""


class SearchCommands(Provider):
    """Finds places by any words of them."""

    async def search(self, query: str) -> Hits:
        """Offer the places that hold every word."""
        places = search(cast("WizardScreen", self.screen).integration, query)[:_MOST]
        for at, found in enumerate(places):
            go = partial(self.screen.post_message, StepChosen(found.step_id, found.field))
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
