"""Every screen of the wizard, each reached by keyboard from a recorded journal: for pictures, contrast and focus.

`SHOWN` names them. A screen that is missing here fails `test_every_screen_is_shown`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from recorded import open_recorded, waits_at
from wizard_driver import Driven, driven

from cxr_tui.guide.order import GUIDE
from cxr_tui.journal.store import Entry

Reach = Callable[[Driven], Awaitable[None]]


@dataclass(frozen=True)
class Shown:
    """One look at a screen: what it is called, and how a person gets there from the wizard."""

    name: str
    reach: Reach


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


@dataclass(frozen=True)
class Group:
    """Looks at one recorded journal, taken one after the other; overlays are closed in between."""

    recording: str
    looks: tuple[Shown, ...]
    until: Callable[[Entry], bool] | None = None
    sandboxed: bool = False


SHOWN: dict[str, Group] = {
    "fresh": Group(
        "",
        (
            Shown("first-step", keys()),
            Shown("locked-step", at_step("export-schedule")),
            Shown("steps", keys("f2")),
            Shown("help", at_step("account", "f1")),
            Shown("palette", keys("ctrl+p")),
        ),
        sandboxed=True,
    ),
    "whole": Group("whole", tuple(Shown(step.id, at_step(step.id)) for step in GUIDE.steps)),
    "missing-role": Group("missing-role", (Shown("failed-step", at_step("role-assignment")),)),
    "waiting": Group("whole", (Shown("waiting-step", at_step("ssh2-key")),), waits_at("ssh2-key")),
    "over-it": Group(
        "whole",
        (
            Shown("copy", at_step("export-schedule", "f7")),
            Shown("rotation", keys("ctrl+o")),
        ),
    ),
}


async def close_overlays(drive: Driven) -> None:
    """Go back to the step."""
    for _ in range(4):
        if drive.app.screen is drive.screen:
            return
        await drive.press("escape")


@asynccontextmanager
async def group_driven(name: str, home: Path, size: tuple[int, int], theme: str = "") -> AsyncIterator[Driven]:
    """Run the wizard over a group's journal."""
    group = SHOWN[name]
    setup = open_recorded(home, group.recording, group.until, sandboxed=group.sandboxed)
    try:
        async with driven(setup, size) as drive:
            if theme:
                drive.app.theme = theme
                await drive.settle()
            yield drive
    finally:
        await setup.close()


async def each_look(drive: Driven, name: str) -> AsyncIterator[str]:
    """Go from look to look of a group, yielding the name of each while it is on the screen."""
    for look in SHOWN[name].looks:
        await close_overlays(drive)
        await look.reach(drive)
        yield look.name
