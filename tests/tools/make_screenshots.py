"""Makes the pictures under `screenshots/` from real runs: `.venv/bin/python tests tools.make_screenshots`.

Every picture is the wizard on a fresh sandbox, driven by keyboard; nothing in it is drawn by hand. With names after it
only some are made: start, walk, moving, preflight, rotation, traps, plain, jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from textual.app import App

from bench.bench_preflight import make as make_customers
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.launcher import CannotOpenError, Choice, Openings
from support.drivers.jobs_driver import jobs_driven
from support.drivers.plain_terminal import plain_terminal
from support.drivers.preflight_driver import PreflightDriven
from support.drivers.wizard_driver import MEDIUM, SMALL, SPACIOUS, WIDE, Driven, driven
from support.paths import ROOT
from support.sandboxes.fresh_sandbox import fresh_sandbox
from support.worlds.jobs_states import STATES, in_state
from tools.moving_picture import moving_picture

PICTURES = ROOT / "screenshots"
PEOPLE = 5000
# A picture must not fetch a font from anywhere when it is looked at.
_FONTS = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_FONT_NAME = re.compile(r"font-family:\s*Fira Code,\s*monospace")


def keep(app: App[None], name: str) -> None:
    """Write what the terminal shows now as an SVG picture."""
    write(app.export_screenshot(title="cxr-tui"), name)


def write(svg: str, name: str) -> None:
    """Write a picture that looks the same wherever it is looked at."""
    svg = _FONT_NAME.sub(
        'font-family: "Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace', _FONTS.sub("", svg)
    )
    (PICTURES / f"{name}.svg").write_text(svg.replace("<text ", '<text xml:space="preserve" '))
    sys.stdout.write(f"{name}.svg\n")


async def enter_until(drive: Driven, step: str, *, holds: bool = False) -> None:
    """Press Enter until this step is the current one, or holds."""
    for _ in range(100):
        if drive.integration.states()[step].done if holds else drive.screen.step_id == step:
            return
        await drive.press("enter")
    raise RuntimeError(f"{step} was not reached")


async def before_anything() -> None:
    """Picture the start and a page of the tour."""
    app = WizardApp(openings=Openings(_nothing, "default"))
    app.animation_level = "none"
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        keep(app, "01-start")
        await pilot.press("t", "enter", "enter")
        await pilot.pause()
        keep(app, "02-tour")


async def _nothing(_: Choice, name: str) -> Integration:
    raise CannotOpenError(f"{name} is not opened for a picture")


async def the_walk() -> None:
    """Walk the whole setup, with a picture of every stage, and of what lies over the steps."""
    async with fresh_sandbox(SandboxOptions(people=PEOPLE)) as integration, driven(integration, WIDE) as drive:
        await enter_until(drive, "account", holds=True)
        keep(drive.app, "03-prepare")
        await enter_until(drive, "role-assignment")
        keep(drive.app, "04-responsys")
        await enter_until(drive, "integration-settings", holds=True)
        keep(drive.app, "05-lists-compared")
        await enter_until(drive, "record-handling", holds=True)
        keep(drive.app, "06-audience")
        await _laid_over(drive, "07-palette", "ctrl+p")
        await enter_until(drive, "exported-file", holds=True)
        keep(drive.app, "08-exported-file")
        await _laid_over(drive, "09-overview", "ctrl+d")
        await enter_until(drive, "source-specification")
        keep(drive.app, "10-source-specification")
        await _laid_over(drive, "11-review", "ctrl+l")
        drive.screen.action_task("dry_run")
        await drive.settle()
        keep(drive.app, "12-dry-run")
        await drive.press("escape")
        drive.screen.action_task("texts")
        await drive.settle()
        keep(drive.app, "13-texts")
        await drive.press("escape")
        await enter_until(drive, "go-live", holds=True)
        keep(drive.app, "14-live")
        for theme in ("cxr-light", "cxr-high-contrast"):
            drive.app.theme = theme
            await drive.settle()
            keep(drive.app, f"15-live-{theme.removeprefix('cxr-')}")
        drive.app.theme = "cxr-dark"
        await drive.pilot.resize_terminal(*SPACIOUS)
        await drive.settle()
        keep(drive.app, "15-live-wide")


async def _laid_over(drive: Driven, name: str, key: str) -> None:
    """Picture what a key lays over the step, and go back."""
    await drive.press(key)
    keep(drive.app, name)
    await drive.press("escape")


async def the_walk_moving() -> None:
    """Make the short moving picture of the walk: the start, some steps, a list compared, the end."""
    frames: list[tuple[str, float]] = []
    app = WizardApp(openings=Openings(_nothing, "default"))
    app.animation_level = "none"
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        frames.append((app.export_screenshot(title="cxr-tui"), 3))
    async with fresh_sandbox(SandboxOptions(people=PEOPLE)) as integration, driven(integration, SMALL) as drive:

        def take(seconds: float) -> None:
            frames.append((drive.app.export_screenshot(title="cxr-tui"), seconds))

        take(2)
        await enter_until(drive, "account", holds=True)
        take(2)
        for step in ("role-assignment", "integration-settings", "exported-file", "target-definition"):
            await enter_until(drive, step)
            take(1.5)
            await enter_until(drive, step, holds=True)
            take(2)
        await enter_until(drive, "go-live", holds=True)
        take(2.5)
        await drive.press("ctrl+d")
        take(2.5)
        await drive.press("escape")
        await drive.press("ctrl+r")
        take(3)
    write(moving_picture(frames), "walk")


async def a_trap(code: str, step: str, name: str, size: tuple[int, int]) -> None:
    """Picture a planted fault, caught."""
    async with (
        fresh_sandbox(SandboxOptions(people=200, scenarios=(code,))) as integration,
        driven(integration, size) as drive,
    ):
        for _ in range(100):
            if integration.states()[step].state is State.FAILED:
                break
            await drive.press("enter")
        keep(drive.app, name)


async def the_jobs() -> None:
    """Picture every state that a job can be in."""
    for name, scene in STATES.items():
        async with in_state(name) as stage, jobs_driven(stage, MEDIUM) as drive:
            await drive.choose(scene.kind)
            keep(drive.app, f"jobs-{name}")


async def a_rotation() -> None:
    """Picture a rotation that has just begun."""
    async with fresh_sandbox(SandboxOptions(people=200)) as integration, driven(integration, MEDIUM) as drive:
        await enter_until(drive, "go-live", holds=True)
        await drive.press("ctrl+o")
        await drive.press("f5")
        keep(drive.app, "18-rotation")


async def a_preflight() -> None:
    """Picture a file with many defects, and the rehearsal by which the real one is read."""
    async with (
        fresh_sandbox(SandboxOptions(people=PEOPLE, scenarios=("rows-rejected",))) as integration,
        driven(integration, MEDIUM) as wizard,
    ):
        await enter_until(wizard, "exported-file", holds=True)
        await wizard.press("ctrl+e")
        drive = PreflightDriven(wizard.app, wizard.pilot)
        await drive.press("f6")
        await drive.press("f3", "f3", "f3", "f3")
        keep(drive.app, "17-rehearsal-key")
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            make_customers(Path("CUSTOMERS.csv"), 200_000)
            await drive.read(Path("CUSTOMERS.csv"))
        keep(drive.app, "16-preflight")


async def the_traps() -> None:
    """Picture two planted faults, caught."""
    await a_trap("user-locale", "first-password", "19-trap-caught", SMALL)
    await a_trap("file-wrong-recipient", "exported-file", "20-wrong-recipient", MEDIUM)


async def plain_mode() -> None:
    """Picture a conversation in plain mode, on a terminal of its own, with a planted fault caught."""
    with (
        tempfile.TemporaryDirectory() as home,
        plain_terminal(Path(home), "--plain", "--sandbox", "--people", "200", "--scenario", "user-locale") as talk,
    ):
        talk.wait_for()
        start = talk.since
        while "user-locale" not in talk.since:
            talk.type("")
        keep_text(start[start.index("cxr-tui in plain") :], "21-plain-start")
        keep_text(talk.since[talk.since.index("Step 6 of 26") :], "22-plain-trap")


def keep_text(text: str, name: str) -> None:
    """Write lines of a plain terminal as an SVG picture."""
    console = Console(width=80, record=True, file=io.StringIO(), color_system=None)
    console.print(text, markup=False, highlight=False)
    write(console.export_svg(title="cxr-tui --plain"), name)


MAKERS: dict[str, Callable[[], Awaitable[None]]] = {
    "start": before_anything,
    "walk": the_walk,
    "moving": the_walk_moving,
    "preflight": a_preflight,
    "rotation": a_rotation,
    "traps": the_traps,
    "plain": plain_mode,
    "jobs": the_jobs,
}


async def main() -> None:
    """Make them all, or those whose makers are named."""
    PICTURES.mkdir(exist_ok=True)
    for name in sys.argv[1:] or MAKERS:
        await MAKERS[name]()


if __name__ == "__main__":
    asyncio.run(main())
