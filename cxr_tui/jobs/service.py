"""The jobs of one open integration, for a screen: look, read a log, run now, follow. The screen itself does no I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import NotFoundError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import ConnectRun, LogLine, RunStatus
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs import run_history
from cxr_tui.jobs.assessment import JobState
from cxr_tui.jobs.evidence import NOTHING
from cxr_tui.jobs.expected_runs import JobKind, scheduled_jobs
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import IntegrationStatus, JobStatus, assess, look

BETWEEN_LOOKS = 5.0
"""Seconds between two looks at a run that is followed; the calls of a minute are limited (facts A.6)."""
MOST_LOOKS = 720
"""After these, an hour, a run is no longer followed; it goes on."""


@dataclass(frozen=True)
class Followed:
    """A run as it was just seen, with its log so far."""

    run_id: int
    run: ConnectRun | None
    """None: Connect does not list it yet."""
    log: tuple[LogLine, ...] = ()
    given_up: bool = False
    """Whether this was the last look although the run has not ended."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.run is not None and self.run.status is not None and self.run.status is not RunStatus.RUNNING


class NoConnectError(Exception):
    """There is no API user by which Connect could be asked."""


class JobsService:
    """Everything that the jobs screen asks for; raises OutsideError where an outside system does not give it."""

    def __init__(self, integration: Integration, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._integration = integration
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The integration's name."""
        return self._integration.name

    def remembered(self) -> IntegrationStatus:
        """Return the status by the journal alone, to show until the first look is done."""
        journal, now = self._integration.journal_state(), self._integration.world.now()
        known, set_up = Known(dict(journal.values)), scheduled_jobs(journal)
        runs = {plan.kind: run_history.remembered(journal.runs.get(plan.kind.value, {})) for plan in set_up}
        jobs = assess(set_up, known, NOTHING, now, runs)
        return IntegrationStatus(self.name, now, account_zone(known), jobs)

    async def look(self) -> IntegrationStatus:
        """Look at both jobs."""
        return await look(self._integration)

    async def log(self, job: JobStatus, run: JobRun) -> tuple[LogLine, ...]:
        """Return the log of a run: by Connect, or as a screen showed it; empty where neither has it."""
        if run.run_id is not None and job.job_id is not None:
            try:
                with one_command():
                    return await self._connect().connect_logs(job.job_id, run.run_id)
            except NotFoundError:  # runs are listed longer than their logs are kept
                return ()
        if job.log and job.runs and run.key == job.runs[0].key:
            return tuple(LogLine(*_parted(line), "") for line in job.log)
        return ()

    async def run_now(self, job: JobStatus) -> int:
        """Start a job beside its schedule and return the run's id; RefusedError says why not. Never sent twice."""
        if job.job_id is None:
            raise NoConnectError
        with one_command():
            return await self._connect().trigger(job.job_id)

    async def follow(self, job: JobStatus, run_id: int, tell: Callable[[Followed], None]) -> Followed:
        """Look at a run again and again until it has ended, or for an hour, telling of every look; return the last."""
        if job.job_id is None:
            raise NoConnectError
        connect = self._connect()
        looks = 1
        while True:
            followed = replace(await _look_at(connect, job.job_id, run_id), given_up=looks == MOST_LOOKS)
            tell(followed)
            if followed.ended or followed.given_up:
                return followed
            looks += 1
            await self._sleep(BETWEEN_LOOKS)

    def _connect(self) -> Responsys:
        connect = self._integration.world.connect()
        if connect is None:
            raise NoConnectError
        return connect


async def _look_at(connect: Responsys, job_id: int, run_id: int) -> Followed:
    """Look at one run: two calls."""
    try:
        run = await connect.connect_run(job_id, run_id)
    except NotFoundError:
        return Followed(run_id, None)
    try:
        return Followed(run_id, run, await connect.connect_logs(job_id, run_id))
    except NotFoundError:
        return Followed(run_id, run)


def obstacle(job: JobStatus) -> str:
    """Say why a job cannot be run from here now; empty: it can."""
    if job.kind is JobKind.IMPORT:
        return "CX Audience lets no program start an import; use its Manage Connect page"
    if job.job_id is None:
        return "An API user that may use Connect is needed to run the job (step 1)"
    if job.state is JobState.INACTIVE:
        return "The job is not active; activate it on its Schedule screen first"
    if job.state is JobState.RUNNING:
        return "A run is under way already"
    return ""


def _parted(line: str) -> tuple[str, str]:
    level, colon, message = line.partition(":")
    return (level.strip(), message.strip()) if colon and level.isupper() else ("", line)
