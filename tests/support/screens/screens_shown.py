"""Every screen of the wizard, each reached by keyboard: for pictures, contrast and focus.

`SHOWN` names them. A screen that is missing here fails `test_every_screen_is_shown`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from support.drivers.wizard_driver import Driven
from support.screens import screens_before, screens_of_steps, screens_of_tasks
from support.screens.screen_look import Group, Shown

SHOWN: dict[str, Group] = {**screens_before.GROUPS, **screens_of_steps.GROUPS, **screens_of_tasks.GROUPS}
MOST_OVERLAYS = 6


async def close_overlays(drive: Driven, bottom: object) -> None:
    """Go back to where the app began, as a person does."""
    for _ in range(MOST_OVERLAYS):
        if drive.app.screen is bottom:
            return
        await drive.press("escape")
    raise AssertionError(f"Esc does not lead out of {drive.app.screen}")


async def _once_more(drive: Driven, bottom: object, look: Shown) -> None:
    await close_overlays(drive, bottom)
    await look.reach(drive)


@asynccontextmanager
async def group_driven(name: str, home: Path, size: tuple[int, int], theme: str = "") -> AsyncIterator[Driven]:
    """Run the app of a group."""
    async with SHOWN[name].opened(home, size) as drive:
        if theme:
            drive.app.theme = theme
            await drive.settle()
        yield drive


@dataclass(frozen=True)
class Standing:
    """A look that is on the screen now, and how to get there once more."""

    name: str
    again: Callable[[], Awaitable[None]]


async def each_look(drive: Driven, name: str) -> AsyncIterator[Standing]:
    """Go from look to look of a group, yielding each while it is on the screen."""
    bottom = drive.app.screen
    for look in SHOWN[name].looks:
        if not look.onward:
            await close_overlays(drive, bottom)
        await look.reach(drive)
        yield Standing(look.name, partial(_once_more, drive, bottom, look))
    await close_overlays(drive, bottom)
