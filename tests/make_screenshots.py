"""Makes the pictures under `screenshots/` from real runs: `.venv/bin/python tests/make_screenshots.py`.

Every picture is the wizard on a fresh sandbox, driven by keyboard; nothing in it is drawn by hand.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
import tempfile
from pathlib import Path

from bench_preflight import make as make_customers
from jobs_drive import jobs_driven
from jobs_states import STATES, in_state
from plain_terminal import plain_terminal
from preflight_drive import PreflightDriven
from rich.console import Console
from textual.app import App
from wizard_driver import MEDIUM, SMALL, WIDE, Driven, driven

from cxr_tui.commands.opening import fresh_sandbox
from cxr_tui.journal.gate import State

PICTURES = Path(__file__).parent.parent / "screenshots"
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
        if drive.setup.states()[step].holds if holds else drive.screen.step_id == step:
            return
        await drive.press("enter")
    raise RuntimeError(f"{step} was not reached")


async def the_walk() -> None:
    """Walk the whole setup, with a picture where it is worth one."""
    async with fresh_sandbox(PEOPLE, ()) as setup, driven(setup, WIDE) as drive:
        keep(drive.app, "01-start")
        await enter_until(drive, "role-assignment")
        keep(drive.app, "02-role-assignment")
        await drive.press("f2")
        keep(drive.app, "03-steps")
        await drive.press("escape")
        await enter_until(drive, "integration-settings", holds=True)
        keep(drive.app, "04-lists-compared")
        await drive.press("ctrl+p")
        keep(drive.app, "05-palette")
        await drive.press("escape")
        await enter_until(drive, "exported-file", holds=True)
        keep(drive.app, "06-exported-file")
        await enter_until(drive, "go-live", holds=True)
        keep(drive.app, "07-live")


async def a_trap(code: str, step: str, name: str, size: tuple[int, int]) -> None:
    """Picture a planted fault, caught."""
    async with fresh_sandbox(200, (code,)) as setup, driven(setup, size) as drive:
        for _ in range(100):
            if setup.states()[step].state is State.FAILED:
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
    """Picture a rotation that has just begun, and one that is done."""
    async with fresh_sandbox(200, ()) as setup, driven(setup, MEDIUM) as drive:
        await enter_until(drive, "go-live", holds=True)
        await drive.press("ctrl+o")
        await drive.press("f5", "f5")
        keep(drive.app, "10-rotation-begun")


async def a_preflight() -> None:
    """Picture a file with many defects, and the rehearsal by which the real one is read."""
    async with fresh_sandbox(PEOPLE, ("rows-rejected",)) as setup, driven(setup, MEDIUM) as wizard:
        await enter_until(wizard, "exported-file", holds=True)
        await wizard.press("ctrl+s")
        drive = PreflightDriven(wizard.app, wizard.pilot)
        await drive.press("f6")
        await drive.press("f3", "f3", "f3", "f3")
        keep(drive.app, "14-rehearsal-key")
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            make_customers(Path("CUSTOMERS.csv"), 200_000)
            await drive.read(Path("CUSTOMERS.csv"))
        keep(drive.app, "13-preflight")


def plain_mode() -> None:
    """Picture a conversation in plain mode, on a terminal of its own, with a planted fault caught."""
    with (
        tempfile.TemporaryDirectory() as home,
        plain_terminal(
            Path(home), "--plain", "--sandbox", "--people", "200", "--scenario", "missing-list-role"
        ) as talk,
    ):
        talk.wait_for()
        start = talk.since
        while "missing-list-role" not in talk.since:
            talk.type("")
        keep_text("".join(start.partition("cxr-tui in plain")[1:]), "11-plain-start")
        keep_text("".join(talk.since.partition("Step 6 was checked")[1:]), "12-plain-trap")


def keep_text(text: str, name: str) -> None:
    """Write lines of a plain terminal as an SVG picture."""
    console = Console(width=80, record=True, file=io.StringIO(), color_system=None)
    console.print(text, markup=False, highlight=False)
    write(console.export_svg(title="cxr-tui --plain"), name)


async def main() -> None:
    """Make them all."""
    PICTURES.mkdir(exist_ok=True)
    if "plain" in sys.argv[1:]:
        plain_mode()
        return
    if "jobs" in sys.argv[1:]:
        await the_jobs()
        return
    if "preflight" in sys.argv[1:]:
        await a_preflight()
        return
    await the_walk()
    plain_mode()
    await a_rotation()
    await a_preflight()
    await the_jobs()
    await a_trap("missing-list-role", "role-assignment", "08-trap-caught", SMALL)
    await a_trap("file-wrong-recipient", "exported-file", "09-wrong-recipient", MEDIUM)


if __name__ == "__main__":
    asyncio.run(main())
