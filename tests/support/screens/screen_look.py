"""What a look at a screen is: how it is called, how a person gets there, and what is opened for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, chdir
from dataclasses import dataclass
from pathlib import Path

from cxr_tui.journal.store import Entry
from support.drivers.wizard_driver import Driven, driven
from support.worlds.recorded_journals import open_recorded

Reach = Callable[[Driven], Awaitable[None]]
Opened = Callable[[Path, tuple[int, int]], AbstractAsyncContextManager[Driven]]
"""Opens an app in its own folder and window."""


@dataclass(frozen=True)
class Shown:
    """One look at a screen: what it is called, and how a person gets there from where the app begins."""

    name: str
    reach: Reach
    onward: bool = False
    """Whether the way begins at the look before, with its overlays open."""


@dataclass(frozen=True)
class Group:
    """Looks at one app, taken one after the other; overlays are closed in between."""

    opened: Opened
    looks: tuple[Shown, ...]


def keys(*pressed: str) -> Reach:
    """Return how to get somewhere by pressing keys."""

    async def reach(drive: Driven) -> None:
        await drive.press(*pressed)

    return reach


def at_step(step_id: str, *pressed: str) -> Reach:
    """Return how to get to a step, and on from there by keys."""

    async def reach(drive: Driven) -> None:
        await drive.screen.go_to(step_id)
        await drive.press(*pressed)

    return reach


def then(*ways: Reach) -> Reach:
    """Return how to get somewhere by several ways, one after the other."""

    async def reach(drive: Driven) -> None:
        for way in ways:
            await way(drive)

    return reach


def typing(text: str) -> Reach:
    """Return how to get somewhere by typing into what has the focus."""

    async def reach(drive: Driven) -> None:
        await drive.type(text)

    return reach


def until(text: str) -> Reach:
    """Return how to wait for words that come by themselves: a search answers a moment after the last key."""

    async def reach(drive: Driven) -> None:
        for _ in range(500):
            if text in drive.text:
                return
            await drive.pilot.pause(0.01)
        raise AssertionError(f"{text!r} did not appear:\n{drive.text}")

    return reach


def action(name: str) -> Reach:
    """Return how to get somewhere by an action that the palette alone offers."""

    async def reach(drive: Driven) -> None:
        await drive.screen.carry_out(name)
        await drive.settle()

    return reach


def over(recording: str, upto: Callable[[Entry], bool] | None = None, *, sandboxed: bool = False) -> Opened:
    """Open the wizard over a recorded journal, which lies where no path of the machine gets into a picture."""

    @asynccontextmanager
    async def opened(home: Path, size: tuple[int, int]) -> AsyncIterator[Driven]:
        home.mkdir(parents=True, exist_ok=True)
        with chdir(home):
            integration = open_recorded(Path(), recording, upto, sandboxed=sandboxed)
            try:
                async with driven(integration, size) as drive:
                    yield drive
            finally:
                await integration.close()

    return opened
