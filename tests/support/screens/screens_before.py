"""Looks at the screens before an integration is open, and at a window that is too small."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cxr_tui.integration.integration import Integration
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.launcher import Choice, Openings
from support.drivers.wizard_driver import Driven, resize
from support.screens.screen_look import Group, Opened, Shown, keys

PAGES = 6
"""Pages of the tour."""
LACKS = (
    "gpg is missing. Install GnuPG 2.1 or later: sudo apt-get install gnupg",
    "No keyring answers on this machine, so passwords could be kept nowhere. Start one, or log in to the desktop.",
)


class Before(Driven):
    """The app with nothing open yet: what is being opened never ends, so it is not waited for."""

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause()


async def never(choice: Choice, name: str) -> Integration:
    """Open nothing, and take for ever."""
    await asyncio.Event().wait()
    raise AssertionError((choice, name))


async def lacks() -> tuple[str, ...]:
    """Say what a bare machine lacks."""
    return LACKS


def before(openings: Openings) -> Opened:
    """Open the app with what can be opened."""

    @asynccontextmanager
    async def opened(home: Path, size: tuple[int, int]) -> AsyncIterator[Driven]:
        app = WizardApp(openings=openings)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            drive = Before(app, pilot, None)  # type: ignore[arg-type]  # nothing is open yet
            await drive.settle()
            yield drive

    return opened


async def too_small(drive: Driven) -> None:
    """Make the window smaller than the screens can be."""
    await resize(drive.pilot, 40, 10)
    await drive.settle()


GROUPS: dict[str, Group] = {
    "start": Group(
        before(Openings(never, "default", lacks=lacks)),
        (
            Shown("start", keys()),
            Shown("no-jobs", keys("down", "down", "enter")),
            Shown("help-at-the-start", keys("f1")),
            Shown("tour-1", keys("t")),
            *(Shown(f"tour-{page + 1}", keys("right"), onward=True) for page in range(1, PAGES)),
            Shown("starting", keys("home", "enter")),
        ),
    ),
    "several": Group(
        before(Openings(never, "default", names=("acme", "globex"))),
        (Shown("begun", keys()), Shown("which-integration", keys("down", "enter"))),
    ),
    "opening": Group(before(Openings(never, "acme", "Opening")), (Shown("opening", keys()),)),
    "small": Group(before(Openings(never, "default")), (Shown("too-small", too_small),)),
}
"""By name."""
