"""The jobs screen: search, logs, a run now that is followed, and what it does when it is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from unittest.mock import patch

import pytest

from cxr_tui.domain.errors import Reach, UnreachableError
from cxr_tui.domain.responsys_data import ConnectRun, LogLine, RunStatus
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.job_state import JobState
from cxr_tui.jobs.service import POLL_SECONDS, Followed, JobsService, obstacle
from cxr_tui.jobs.status import IntegrationStatus
from cxr_tui.sandbox.shared.rest import UNAVAILABLE
from cxr_tui.tui.screens.jobs import RunScreen
from support.drivers.jobs_driver import MEDIUM, SMALL, WIDE, JobsDriven, jobs_driven
from support.worlds.jobs_products import WITNESS
from support.worlds.jobs_states import in_state


@pytest.mark.sampled(0)
async def test_everything_at_every_size() -> None:
    async with in_state("rejected-rows") as stage:
        for size in (SMALL, MEDIUM, WIDE):
            async with jobs_driven(stage, size) as drive:
                await drive.choose(JobKind.IMPORT)
                drive.assert_nothing_is_cut()
                for part in (
                    "export",
                    "import",
                    "next",
                    "records",
                    "rejected rows",
                ):
                    assert part in drive.text
                assert "one sample record did not arrive" in " ".join(drive.text.split())
                for key in ("F5 Refresh", "F6 Run now", "/ Search", "Enter Log", "Esc Back", "^P More"):
                    assert key in drive.lines[-1]
                assert "1 of 2 in order" in drive.lines[0]
                await _search(drive)


async def _search(drive: JobsDriven) -> None:
    all_runs = len(drive.screen.status.jobs[1].runs)
    await drive.press("slash")
    await drive.type("rejected")
    assert f"1 of {all_runs} runs" in drive.text
    await drive.press("enter", "enter")
    assert isinstance(drive.app.screen, RunScreen)
    assert "rejected" in drive.text
    assert "The log of this run cannot be read from here." in drive.text
    drive.assert_nothing_is_cut()
    await drive.press("escape", "escape")
    assert f"{all_runs} runs seen" in drive.text


async def test_a_run_now_is_asked_about_followed_and_kept() -> None:
    async with in_state("on-time") as stage:
        table = stage.responsys.account.lists["CUSTOMERS"]
        for number in range(2000):  # so that it takes a moment
            table.insert({"CUSTOMER_ID_": f"X{number}", "EMAIL_ADDRESS_": f"x{number}@example.com"}, stage.clock.now())
        naps: list[float] = []

        async def nap(seconds: float) -> None:
            naps.append(seconds)
            await asyncio.sleep(0.02)

        async with jobs_driven(stage, SMALL, JobsService(stage, nap)) as drive:
            before = len(stage.export_job.runs)
            await drive.press("f6")
            assert "Run the export now?" in drive.text
            await drive.press("enter")  # the first answer is no
            assert len(stage.export_job.runs) == before
            await drive.press("f6", "down", "enter")
            assert len(stage.export_job.runs) == before + 1
            newest = stage.export_job.runs[-1]
            assert newest.status.value in drive.text
            assert "placed in download" in drive.words
            assert naps
            drive.assert_nothing_is_cut()
            await drive.press("escape")
            assert drive.screen.status.jobs[0].runs[0].run_id == newest.id
            assert "2,012 records" in drive.text
        assert stage.journal.runs["export"][f"run:{newest.id}"]["status"] == "succeeded"


@dataclass
class Naps:
    """A sleep that only counts."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Endless:
    """A run that goes on, at a service that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def connect_run(self, job_id: int, run_id: int) -> ConnectRun:
        self.asked.append(f"status of {job_id}/{run_id}")
        return ConnectRun(run_id, RunStatus.RUNNING, None, None)

    async def connect_logs(self, job_id: int, run_id: int) -> tuple[LogLine, ...]:
        self.asked.append(f"log of {job_id}/{run_id}")
        return ()


async def test_a_run_that_does_not_end_is_followed_within_bounds() -> None:
    async with in_state("on-time") as stage:
        service, connect, naps = JobsService(stage, sleep := Naps()), Endless(), sleep.seconds
        job = replace(service.remembered().jobs[0], job_id=7)
        told: list[Followed] = []
        with patch.object(JobsService, "_connect", lambda _, job: (connect, job.job_id)):
            last = await service.follow(job, 31, told.append)
    assert (last.ended, last.given_up, told[-1]) == (False, True, last)
    assert [one.given_up for one in told[:-1]] == [False] * (len(told) - 1)
    assert sum(naps) < 3600 <= sum(naps) + POLL_SECONDS
    assert set(connect.asked) == {"status of 7/31", "log of 7/31"}
    assert len(connect.asked) / (sum(naps) / 60) < 25, "calls a minute"


async def test_what_cannot_be_run_says_why() -> None:
    async with in_state("inactive") as stage, jobs_driven(stage) as drive:
        await drive.press("f6")
        assert "not active" in drive.text
        await drive.choose(JobKind.IMPORT)
        await drive.press("f6")
        assert "CX Audience does not let programs start an import" in drive.text
        assert len(drive.app.screen_stack) == 2


async def test_a_refused_run_is_told() -> None:
    async with in_state("on-time") as stage, jobs_driven(stage) as drive:
        stage.responsys.jobs.deactivate(stage.export_job)
        await drive.press("f6", "down", "enter")
        await drive.press("escape")
        assert "CONNECT_JOB_INACTIVE" in drive.text


async def test_it_looks_again_by_key_and_shows_an_outage() -> None:
    async with in_state("on-time") as stage, jobs_driven(stage) as drive:
        stage.responsys.outages.plan(UNAVAILABLE, 99, "/rest/api/v1.3/connectJobs")
        stage.change(WITNESS, FIRST_NAME="Other")
        await drive.press("f5")
        assert "The Connect jobs could not be read" in drive.words
        # the file alone still tells that the export ran
        assert drive.screen.status.jobs[0].state is JobState.ON_TIME
        drive.assert_nothing_is_cut()


class Broken(JobsService):
    """A service whose looks fail."""

    def __init__(self, integration: Integration, error: Exception) -> None:
        super().__init__(integration)
        self.error = error

    async def look(self) -> IntegrationStatus:
        raise self.error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (UnreachableError(Reach.DNS, "login\x1b[2J.example"), "login␛[2J.example: dns"),
        (ValueError("[/red] of its own"), "[/red] of its own"),
    ],
)
async def test_an_error_is_a_line_never_a_crash(error: Exception, says: str) -> None:
    async with in_state("not-due-yet") as stage, jobs_driven(stage, service=Broken(stage, error)) as drive:
        assert says in drive.text
        assert "Profiles to CX Audience" in drive.text  # what the journal knows stays there


async def test_hostile_texts_stay_texts() -> None:
    async with in_state("not-due-yet") as stage:
        stage.export_job.name = "[/] \x1b[31m\u202e Profiles"
        stage.tell("select-object", job_name="[/] \x1b[31m\u202e Profiles")
        async with jobs_driven(stage) as drive:
            assert "\x1b" not in drive.text
            assert "[/] ␛[31m" in drive.text
            drive.assert_nothing_is_cut()


async def test_whoever_may_not_run_the_job_is_told_what_is_missing() -> None:
    async with in_state("unknown") as stage:
        status = JobsService(stage).remembered()
        export, import_ = status.jobs
        assert "API user" in obstacle(export)
        assert "CX Audience" in obstacle(import_)
        assert obstacle(replace(export, job_id=7)) == ""
