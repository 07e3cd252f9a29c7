"""The tour: what this program does and how to find your way in it, in two minutes of reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events, on
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Markdown

from cxr_tui.docs import page
from cxr_tui.domain.text import counted
from cxr_tui.guide.registry import GUIDE
from cxr_tui.presentation.badges import STATES
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.actions.table import BY_ID, Action
from cxr_tui.tui.screens.action_screen import ActionScreen


def pages(key: Callable[[str], str]) -> list[str]:
    """Return all pages as Markdown; `key` returns the current key of an action of the wizard."""
    stages = Counter(step.part.stage for step in GUIDE.steps)
    filled = page("tour").format(
        number_of_steps=len(GUIDE.steps),
        stages="\n".join(f"- **{stage.value}**: {counted(count, 'step')}" for stage, count in stages.items()),
        states="\n".join(f"- **{look.text}**: {look.meaning}" for look in STATES.values()),
        **{name: key(name) for name in BY_ID},
    )
    return [text.strip() for text in re.split(r"^(?=# )", filled, flags=re.MULTILINE) if text]


class TourScreen(ActionScreen[None], scope="tour"):
    """The tour over any screen; it changes nothing."""

    CSS_PATH = "../theme/styles/tour.tcss"
    EVERYWHERE: ClassVar[tuple[Action, ...]] = ()

    def __init__(self) -> None:
        super().__init__("tour")
        self._at = 0
        self._pages: list[str] = []

    def body(self) -> Iterable[Widget]:
        """Return the page."""
        yield VerticalScroll(Markdown(open_links=False), id="tour", can_focus=False)

    @on(events.Mount)
    async def _begin(self) -> None:
        """Begin at the first page."""
        keys = keymap_of(self.app)
        self._pages = pages(lambda name: keys.shown(BY_ID[name]))
        await self._show(0)

    async def action_next(self) -> None:
        """Show the next page; after the last one, close the tour."""
        if self._at + 1 < len(self._pages):
            await self._show(self._at + 1)
        else:
            self.dismiss(None)

    async def action_back(self) -> None:
        """Show the page before."""
        await self._show(max(self._at - 1, 0))

    async def _show(self, at: int) -> None:
        self._at = at
        count = len(self._pages)
        self.header.show("", f"{at + 1} of {count}", share=(at + 1) / count)
        await self.query_one(Markdown).update(self._pages[at])
        self.query_one(VerticalScroll).scroll_home(animate=False)
