"""Driving the wizard as a person does: keys in, plain text lines out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget

from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.screens.wizard import WizardScreen

SMALL = (80, 24)
MEDIUM = (100, 30)
WIDE = (120, 36)
SPACIOUS = (160, 45)


@dataclass
class Driven:
    """A running wizard."""

    app: WizardApp
    pilot: Pilot[None]
    integration: Integration

    @property
    def screen(self) -> WizardScreen:
        return next(one for one in self.app.screen_stack if isinstance(one, WizardScreen))

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        """All text with the line breaks of wrapping taken out, to look for whole sentences."""
        return " ".join(self.text.split())

    def state(self, step_id: str) -> State:
        return self.integration.states()[step_id].state

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type into what has the focus, all at once as a paste does: the driver waits at every single key."""
        self.app.screen.post_message(events.Paste(text))
        await self.settle()

    @property
    def overlaid(self) -> bool:
        """Whether something lies over the step."""
        return len(self.app.screen_stack) > 2

    async def settle(self) -> None:
        """Wait until nothing is being done any more, and what it changed is drawn."""
        await self.pilot.pause()
        while any(worker.is_running for worker in self.app.workers) or self.screen.busy:
            await self.pilot.pause(0.01)
        await drawn(self.app)
        await self.pilot.pause()


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Change the window's size, and wait for the timer by which Textual takes it over."""
    await pilot.resize_terminal(width, height)
    await pilot.pause(0.02)
    await pilot.pause()


MOST_DRAWINGS = 10
"""What is drawn may have more drawn: a new size new labels, and these another size."""


async def drawn(app: App[Any]) -> None:
    """Wait until the screen in front is drawn and nothing in it moves any more."""
    before: list[tuple[object, object]] = []
    for _ in range(MOST_DRAWINGS):
        refreshed = asyncio.Event()
        if not (app.is_running and app.screen.call_after_refresh(refreshed.set)):
            return  # an app that is ending draws nothing any more
        with suppress(TimeoutError):
            await asyncio.wait_for(refreshed.wait(), 5)
        now: list[tuple[object, object]] = [(one, one.region) for one in app.screen.walk_children(Widget)]
        if now == before:
            return
        before = now
        await asyncio.sleep(0)


@asynccontextmanager
async def driven(
    integration: Integration, size: tuple[int, int] = SMALL, *, app: WizardApp | None = None
) -> AsyncIterator[Driven]:
    """Run the wizard without a terminal, animations off."""
    app = app or WizardApp(integration)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Driven(app, pilot, integration)


def focus_name(drive: Driven) -> str:
    """Return the id of the field or widget that has the focus."""
    focused = drive.screen.focused
    field = drive.screen.pane.form.of(focused)
    if field is not None:
        return field.view.field.name
    assert focused is not None, pytest.fail("nothing has the focus")
    return focused.id or type(focused).__name__
