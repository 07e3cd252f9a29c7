"""The account's Connect jobs: drafts, activation, schedule, runs, expiry (facts B.5, C.7)."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.audience.file_source import ExternalServer, FileSource, OwnServer
from cxr_tui.sandbox.audience.import_plan import ImportPlan, PlanError, Source, read_plan, read_schedule, read_source
from cxr_tui.sandbox.audience.import_run import ImportRun, LogEntry, Run
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.labels import EXPORT_DATA, IMPORT_PROFILES, ON_BOTH, SEND_TO, WHEN, fresh_entries
from cxr_tui.sandbox.audience.offload import in_daemon_thread
from cxr_tui.sandbox.audience.ssh_key import Ssh2Key
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox
from cxr_tui.sandbox.shared.schedule import Recurrence

JOB_TYPES = (IMPORT_PROFILES, EXPORT_DATA)
_JOB_NAME = re.compile(r"[A-Za-z0-9 !\-=@_\[\]{}]{1,100}")
"""The rule of Responsys (documented there); for CX Audience it is inferred."""

SENDER = "connect@cxaudience.example"


class JobError(Exception):
    """A job cannot be made, found or activated; the text is what the page says."""


@dataclass
class Job:
    """One Connect job; `entries` is what its pages hold, by label."""

    name: str
    type: str
    description: str
    entries: dict[str, Any] = field(default_factory=fresh_entries)
    recurrence: Recurrence | None = None
    """Set while the job is active."""
    next_run: datetime | None = None
    ticket: int | None = None
    expiry_ticket: int | None = None

    @property
    def active(self) -> bool:
        """Whether the job runs by its schedule."""
        return self.recurrence is not None


class Jobs:
    """All Connect jobs and their runs."""

    def __init__(
        self,
        account: Account,
        keys: KeyPairs,
        ssh2_key: Ssh2Key,
        clock: Clock,
        mailbox: Mailbox,
        own_server: Path,
        minutes: random.Random,
    ) -> None:
        self._account = account
        self._keys = keys
        self._ssh2_key = ssh2_key
        self._clock = clock
        self._mailbox = mailbox
        self._own_server = own_server
        self._minutes = minutes
        self.by_name: dict[str, Job] = {}
        self.runs: list[Run] = []
        self.ended: list[Callable[[Job, Run], Awaitable[None]]] = []
        """Told of every run that is over; scenarios let things happen then."""

    def create(self, kind: str, name: str, description: str) -> Job:
        """Make a draft, or open the one of that name and type; JobError.

        What the product does with a name that is taken is not documented; opening the draft lets a person who comes
        back to the wizard go on with it.
        """
        if kind not in JOB_TYPES:
            raise JobError(f'Type of job: "{kind}" is not offered; choose one of {", ".join(JOB_TYPES)}')
        if _JOB_NAME.fullmatch(name) is None:
            raise JobError("Job name: use at most 100 of A-Z a-z 0-9 space ! - = @ _ [ ] { }")
        job = self.by_name.get(name)
        if job is None:
            job = self.by_name[name] = Job(name, kind, description)
        elif job.type != kind:
            raise JobError(f'Job name: there is another job "{name}" of the type {job.type}')
        else:
            job.description = description or job.description
        return job

    def job(self, name: str) -> Job:
        """Return a job; JobError."""
        if name not in self.by_name:
            raise JobError(f'There is no Connect job "{name}"')
        return self.by_name[name]

    def activate(self, job: Job) -> None:
        """Let a job run by its schedule; JobError lists every error that is left."""
        problems: list[str] = []
        recurrence = None
        try:
            self._plan(job)
        except PlanError as error:
            problems += error.problems
        try:
            recurrence = read_schedule(job.entries, self._account.time_zone)
        except PlanError as error:
            problems += error.problems
        now = self._clock.now()
        if recurrence is not None:
            expires = recurrence.expires_at()
            start = recurrence.slot_after(now)
            if start is None:
                problems.append("Schedule: the date and time must lie in the future.")
            if expires is not None and (expires <= now or (start is not None and expires <= start)):
                problems.append("Schedule: the job would expire before it runs.")
        if problems or recurrence is None:
            raise JobError("The job cannot be activated. " + " ".join(problems))
        self._rest(job)
        job.recurrence = recurrence
        if (end := recurrence.expires_at()) is not None:
            job.expiry_ticket = self._clock.at(end, lambda: self._expire(job), f"{job.name} expires")
        self._plan_next(job)

    async def run(self, job: Job) -> Run:
        """Run a job now and return what came of it."""
        now = self._clock.now()
        try:
            plan = self._plan(job)
        except PlanError as error:
            lines = [LogEntry("ERROR", problem, now) for problem in error.problems]
            run = Run(job.name, now, RunStatus.FAILED, log=lines)
            self.runs.append(run)
        else:
            source = await self._source(plan.source)
            work = ImportRun(plan, source, self._account.lists[plan.target.list_name], self._keys, self._clock)
            self.runs.append(work.run)
            run = await work.carry_out(archive=self._account.archive_after_import)
        self._notify(job, run)
        for tell in tuple(self.ended):
            await tell(job, run)
        return run

    async def test(self, job: Job) -> None:
        """Try the source connectivity of a job; SourceError."""
        source = read_source(job.entries)
        place = await self._source(source)
        await in_daemon_thread(lambda: place.test(source.directory), "audience-test-connection")

    def completed(self) -> Iterable[Run]:
        """Return the runs that are over, newest first."""
        return (run for run in reversed(self.runs) if run.status is not RunStatus.RUNNING)

    def next_run(self, name: str) -> datetime | None:
        """Return when a job runs next, None for an unknown or inactive one."""
        job = self.by_name.get(name)
        return job.next_run if job else None

    def _plan(self, job: Job) -> ImportPlan:
        if job.type != IMPORT_PROFILES:
            # the guide opens such a job only to reach the SSH key dialog; the twin runs imports only
            raise PlanError([f"{job.type} jobs cannot be activated in the sandbox."])
        return read_plan(job.name, job.entries, self._account, self._keys.pairs)

    async def _source(self, source: Source) -> FileSource:
        if not source.host:
            return OwnServer(self._own_server)
        return ExternalServer(source, await self._ssh2_key.private())

    def _plan_next(self, job: Job) -> None:
        job.next_run = job.recurrence.run_after(self._clock.now(), self._minutes) if job.recurrence else None
        if job.next_run is not None:
            job.ticket = self._clock.at(job.next_run, lambda: self._fire(job), f"CX Audience job {job.name}")

    async def _fire(self, job: Job) -> None:
        job.next_run = None
        try:
            await self.run(job)
        finally:
            if job.active and self.by_name.get(job.name) is job:
                self._plan_next(job)

    async def _expire(self, job: Job) -> None:
        """Delete a job for good (facts B.5; documented); what it ran stays among the completed jobs (inferred)."""
        self._rest(job)
        self.by_name.pop(job.name, None)

    def _rest(self, job: Job) -> None:
        for ticket in (job.ticket, job.expiry_ticket):
            if ticket is not None:
                self._clock.cancel(ticket)
        job.ticket = job.expiry_ticket = job.next_run = job.recurrence = None

    def _notify(self, job: Job, run: Run) -> None:
        wanted = job.entries[WHEN] == ON_BOTH or run.status is RunStatus.FAILED
        if not job.entries[SEND_TO] or not wanted:
            return
        counts = (
            f"{run.processed} records processed, {run.added} added, {run.updated} updated, {len(run.rejected)} rejected"
        )
        lines = [f"{entry.level}: {entry.message}" for entry in run.log]
        body = "\n".join((f"The Connect job {job.name} {run.status}.", counts, "", *lines))
        subject = f"Connect job {job.name}: {run.status}"
        self._mailbox.deliver(Mail(job.entries[SEND_TO], SENDER, subject, body, self._clock.now()))
