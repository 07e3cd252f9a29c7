"""The jobs of one open integration, for a screen that does no I/O: status, logs, start a run, follow it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import NotFoundError, OutsideError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import ConnectRun, LogLine, RunStatus
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs import run_history
from cxr_tui.jobs.evidence import NOTHING
from cxr_tui.jobs.expected_runs import JobKind, scheduled_jobs
from cxr_tui.jobs.job_state import JobState
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import IntegrationStatus, JobStatus, assess, look

POLL_SECONDS = 5.0
"""Seconds between two requests for a followed run; calls per minute are limited (facts A.6)."""
MOST_POLLS = 720
"""After this many requests, an hour, a run is no longer followed; it continues."""


@dataclass(frozen=True)
class Followed:
    """The latest state of a followed run, with its log so far."""

    run_id: int
    run: ConnectRun | None
    """None: Connect does not list it yet."""
    log: tuple[LogLine, ...] = ()
    given_up: bool = False
    """Whether following stopped before the run ended."""

    @property
    def ended(self) -> bool:
        """Whether the run has ended."""
        return self.run is not None and self.run.status is not None and self.run.status is not RunStatus.RUNNING


class JobsService:
    """Everything that the jobs screen requests; raises OutsideError."""

    def __init__(self, integration: Integration, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._integration = integration
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The integration's name."""
        return self._integration.name

    def remembered(self) -> IntegrationStatus:
        """Return the status by the journal alone, to show until evidence is collected."""
        journal, now = self._integration.journal_state(), self._integration.world.now()
        known, set_up = Known(dict(journal.values)), scheduled_jobs(journal)
        runs = {plan.kind: run_history.remembered(journal.runs.get(plan.kind.value, {})) for plan in set_up}
        jobs = assess(set_up, known, NOTHING, now, runs)
        return IntegrationStatus(self.name, now, account_zone(known), jobs)

    async def look(self) -> IntegrationStatus:
        """Collect evidence and assess both jobs."""
        return await look(self._integration)

    async def log(self, job: JobStatus, run: JobRun) -> tuple[LogLine, ...]:
        """Return the log of a run from Connect; empty if it has none."""
        if run.run_id is not None and job.job_id is not None:
            with suppress(NotFoundError), one_command():  # runs are listed longer than their logs are kept
                connect, job_id = self._connect(job)
                return await connect.connect_logs(job_id, run.run_id)
        return ()

    async def run_now(self, job: JobStatus) -> int:
        """Start a job outside its schedule and return the run's id; never sent twice. Raises RefusedError."""
        with one_command():
            connect, job_id = self._connect(job)
            return await connect.trigger(job_id)

    async def follow(self, job: JobStatus, run_id: int, report: Callable[[Followed], None]) -> Followed:
        """Request a run until it has ended, or for an hour; report every state, and return the last one."""
        connect, job_id = self._connect(job)
        polls = 1
        while True:
            followed = replace(await _request(connect, job_id, run_id), given_up=polls == MOST_POLLS)
            report(followed)
            if followed.ended or followed.given_up:
                return followed
            polls += 1
            await self._sleep(POLL_SECONDS)

    def _connect(self, job: JobStatus) -> tuple[Responsys, int]:
        """Return Connect and its number of the job; OutsideError without an API user for it."""
        connect = self._integration.world.connect()
        if connect is None or job.job_id is None:
            raise OutsideError("This needs an API user with access to Connect (step 1).")
        return connect, job.job_id


async def _request(connect: Responsys, job_id: int, run_id: int) -> Followed:
    """Request the state and the log of a run."""
    followed = Followed(run_id, None)
    with suppress(NotFoundError):
        followed = Followed(run_id, await connect.connect_run(job_id, run_id))
        followed = replace(followed, log=await connect.connect_logs(job_id, run_id))
    return followed


def obstacle(job: JobStatus) -> str:
    """Return why a job cannot be started from here; empty: it can be."""
    if job.kind is JobKind.IMPORT:
        return "CX Audience does not let programs start an import; use its Manage Connect page"
    if job.job_id is None:
        return "Starting the job needs an API user with access to Connect (step 1)"
    if job.state is JobState.INACTIVE:
        return "The job is not active; activate it on its Schedule screen first"
    if job.state is JobState.RUNNING:
        return "A run is already in progress"
    return ""
