"""Looks at the tasks beside the steps: jobs, preflight, rotation. Nothing outside is asked for any of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import cxr_tui.jobs.service
import cxr_tui.preflight.service
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs.service import JobsService
from cxr_tui.preflight.import_options import ImportOptions, Target
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.service import PreflightService
from screens.test_preflight_screen import spoiled
from support.drivers.preflight_driver import PreflightDriven
from support.drivers.wizard_driver import Driven
from support.screens.screen_look import Group, Opened, Shown, keys, over, then, typing
from support.worlds import jobs_setting as jobs_stage
from support.worlds.jobs_states import STATES

OWN = "Typed-By-Hand-7x"
"""A password that does for everybody."""


def jobs_in(state: str) -> Opened:
    """Open the wizard on jobs in this state of `STATES`.

    Their files are not encrypted: what gpg writes is never twice the same.
    """

    @asynccontextmanager
    async def opened(home: Path, size: tuple[int, int]) -> AsyncIterator[Driven]:
        async with jobs_stage.jobs_stage() as stage:
            with patch.object(jobs_stage.JobsStage, "encrypt_from_now_on", lambda *_: None):
                await STATES[state].happen(stage)
            with patch.object(cxr_tui.jobs.service, "JobsService", lambda _: JobsService(stage)):
                async with over("whole")(home, size) as drive:
                    yield drive

    return opened


class Shielded(PreflightService):
    """A service that asks no system outside, and reads one file without an end."""

    async def expected(self) -> ImportOptions:
        unseen = "Without an API user for CX Audience, the columns of the list are not known, so types are not checked."
        return ImportOptions(target=Target("CUSTOMER_ID_", list_name="CUSTOMER_PROFILES"), unseen=(unseen,))

    async def read(
        self,
        file: str,
        options: ImportOptions,
        report_progress: Callable[[Progress], None],
        key: SecretKey | None = None,
    ) -> PreflightResult:
        if file != "large.csv":
            return replace(await super().read(file, options, report_progress, key), seconds=0.2)
        await asyncio.to_thread(
            report_progress, Progress(done=250_000_000, size=1_000_000_000, rows=1_234_567, seconds=5.0)
        )
        await asyncio.Event().wait()
        raise AssertionError


@asynccontextmanager
async def with_a_file(home: Path, size: tuple[int, int]) -> AsyncIterator[Driven]:
    """Open the wizard beside a file with several defects."""
    with patch.object(cxr_tui.preflight.service, "PreflightService", Shielded):
        async with over("whole", sandboxed=True)(home, size) as drive:
            spoiled(Path())
            yield drive


async def reading(drive: Driven) -> None:
    """Begin to read a file that has no end."""
    await drive.press("ctrl+e")
    preflight = PreflightDriven(drive.app, drive.pilot)
    preflight.screen.source.value = "large.csv"
    await drive.pilot.press("enter")
    while "1,234,567" not in drive.text:
        await drive.pilot.pause(0.01)


async def read(drive: Driven) -> None:
    """Read the file."""
    await drive.press("ctrl+e")
    await PreflightDriven(drive.app, drive.pilot).read(Path("CUSTOMERS.csv"))


@asynccontextmanager
async def with_a_password(home: Path, size: tuple[int, int]) -> AsyncIterator[Driven]:
    """Open the wizard over an integration that is set up, its password kept."""
    async with over("whole", sandboxed=True)(home, size) as drive:
        assert isinstance(drive.integration, Integration)
        await drive.integration.world.credentials.put(RESPONSYS_PASSWORD, Secret("Kept-By-Someone-1x"))
        yield drive


GROUPS: dict[str, Group] = {
    "jobs": Group(
        jobs_in("rejected-rows"),
        (
            Shown("jobs", keys("ctrl+r")),
            Shown("run-now", keys("f6"), onward=True),
            Shown("help-on-jobs", keys("escape", "f1"), onward=True),
            Shown("rejected", keys("escape", "down"), onward=True),
            Shown("run", keys("tab", "enter"), onward=True),
            Shown("runs-searched", then(keys("escape", "slash"), typing("01-09")), onward=True),
        ),
    ),
    "jobs-waiting": Group(jobs_in("waiting-for-ssh2-key"), (Shown("waiting-job", keys("ctrl+r", "down")),)),
    "preflight": Group(
        with_a_file,
        (
            Shown("nothing-read", keys("ctrl+e")),
            Shown("address", keys("f9"), onward=True),
            Shown("reading", reading),
            Shown("reasons", read),
            Shown("lines-to-copy", keys("f7"), onward=True),
            Shown("reason", keys("escape", "down", "down", "enter"), onward=True),
            Shown("values", keys("f8"), onward=True),
            Shown("columns", keys("f3"), onward=True),
            Shown("match", keys("f3"), onward=True),
            Shown("findings", keys("f3"), onward=True),
            Shown("rehearsal", keys("f3"), onward=True),
        ),
    ),
    "rotation": Group(
        with_a_password,
        (
            Shown("not-begun", keys("ctrl+o")),
            Shown("own-password", then(keys("f2"), typing("short")), onward=True),
            Shown("own-password-in-order", then(keys("escape", "f2"), typing(OWN)), onward=True),
            Shown("begun", keys("escape", "f5"), onward=True),
            Shown("going-back", keys("f9"), onward=True),
        ),
    ),
}
"""By name."""
