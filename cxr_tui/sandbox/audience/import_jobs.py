"""The account's Connect jobs: drafts, activation, schedule, runs, expiry (facts B.5, C.7)."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cxr_tui.domain.responsys_data import DELIMITERS, MATCH_COLUMNS, RunStatus
from cxr_tui.sandbox.audience.account import Account, Source
from cxr_tui.sandbox.audience.import_reader import FileFormat
from cxr_tui.sandbox.audience.import_rules import Target
from cxr_tui.sandbox.audience.import_run import ImportPlan, ImportRun, LogEntry, Run
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox
from cxr_tui.sandbox.shared.schedule import SCHEDULE_LABELS, Recurrence, ScheduleError, read_recurrence

IMPORT_PROFILES = "Import Profile Data"
JOB_TYPES = (IMPORT_PROFILES, "Export Data")
_JOB_NAME = re.compile(r"[A-Za-z0-9 !\-=@_\[\]{}]{1,100}")
"""The rule of Responsys (documented there); for CX Audience it is inferred."""

OWN_SERVER, EXTERNAL_SERVER = "CX Audience file server", "External Server by SFTP"
BY_KEY, BY_PASSWORD = "Key", "Password"  # nosec B105
ON_BOTH, ON_FAILURE = "On success or failure", "On failure only"
CHARACTER_SETS = {
    "Unicode (UTF-8)": "utf-8",
    "Western European (ISO-8859-1)": "iso-8859-1",
    "Western European (Windows-1252)": "cp1252",
    "Central European (ISO-8859-2)": "iso-8859-2",
}
"""The first was observed, the others are inferred; all of them write ASCII as ASCII."""
ENCLOSURES = {"None": "", '"': '"'}

SCREENS: Mapping[str, Mapping[str, Any]] = {
    "Source Connectivity": {
        "File location": OWN_SERVER,
        "Hostname": "",
        "Directory path": "",
        "Username": "",
        "Authentication": BY_KEY,
        "Password": None,
    },
    "Source Specification": {
        "File name": "",
        "Character set": "Unicode (UTF-8)",
        "Field delimiter": "Comma",
        "Field enclosure": '"',
        "First line contains column names": False,
        "File is encrypted with PGP/GPG key": False,
        "Key": "",
    },
    "Target Definition": {"Target Tables": "", "Match column": "", "Column mapping": {}},
    "Notification": {"Send notification to": "", "When": ON_BOTH},
    "Schedule": dict.fromkeys(SCHEDULE_LABELS, ""),
}
"""Labels of each screen and what they hold in a new job (facts C.7; mostly as Responsys' twin screens).

Which boxes are ticked at first is not documented; unticked is the stricter test of an instruction.
"""

SENDER = "connect@cxaudience.example"


class JobError(Exception):
    """A job cannot be made, found or activated; the text is what the screen says."""


def _new_entries() -> dict[str, Any]:
    return {label: value for labels in SCREENS.values() for label, value in labels.items()}


@dataclass
class Job:
    """One Connect job; `entries` is what its screens hold, by label."""

    name: str
    type: str
    description: str
    entries: dict[str, Any] = field(default_factory=_new_entries)
    recurrence: Recurrence | None = None
    """Set while the job is active."""
    next_run: datetime | None = None
    ticket: int | None = None
    expiry_ticket: int | None = None

    @property
    def active(self) -> bool:
        """Whether the job runs by its schedule."""
        return self.recurrence is not None

    def source(self) -> Source:
        """Return where the file is fetched, as the Source Connectivity screen says, complete or not."""
        return Source(
            self.entries["Hostname"] if self.entries["File location"] == EXTERNAL_SERVER else "",
            self.entries["Directory path"],
            self.entries["Username"],
            None if self.entries["Authentication"] == BY_KEY else self.entries["Password"],
        )


class Jobs:
    """All Connect jobs and their runs."""

    def __init__(
        self,
        account: Account,
        keys: KeyPairs,
        link: ResponsysLink,
        clock: Clock,
        mailbox: Mailbox,
        minutes: random.Random,
    ) -> None:
        self._account = account
        self._keys = keys
        self._link = link
        self._clock = clock
        self._mailbox = mailbox
        self._minutes = minutes
        self.by_name: dict[str, Job] = {}
        self.runs: list[Run] = []
        self.ended: list[Callable[[Job, Run], Awaitable[None]]] = []
        """Called after every run; scenarios let things happen then."""

    def create(self, kind: str, name: str, description: str) -> Job:
        """Make a draft, or open the one of that name and type; JobError.

        What the product does with a name that is taken is not documented; opening the draft lets a person who comes
        back to the wizard go on with it.
        """
        if kind not in JOB_TYPES:
            raise JobError(f'Type of job: "{kind}" is not offered; choose one of {", ".join(JOB_TYPES)}')
        if _JOB_NAME.fullmatch(name) is None:
            raise JobError("Job name: use at most 100 of A-Z a-z 0-9 space ! - = @ _ [ ] { }")
        job = self.by_name.setdefault(name, Job(name, kind, description))
        if job.type != kind:
            raise JobError(f'Job name: there is another job "{name}" of the type {job.type}')
        job.description = description or job.description
        return job

    def job(self, name: str) -> Job:
        """Return a job; JobError."""
        if name not in self.by_name:
            raise JobError(f'There is no Connect job "{name}"')
        return self.by_name[name]

    def activate(self, job: Job) -> None:
        """Let a job run by its schedule; JobError lists every error that is left."""
        problems = self._problems(job)
        now = self._clock.now()
        try:
            recurrence = read_recurrence(job.entries, self._account.time_zone)
        except ScheduleError as error:
            raise JobError(_refusal([*problems, f"Schedule: {error}."])) from None
        expires, start = recurrence.expires_at(), recurrence.slot_after(now)
        if start is None:
            problems.append("Schedule: the date and time must lie in the future.")
        if expires is not None and (expires <= now or (start is not None and expires <= start)):
            problems.append("Schedule: the job would expire before it runs.")
        if problems:
            raise JobError(_refusal(problems))
        self.deactivate(job)
        job.recurrence = recurrence
        if expires is not None:
            job.expiry_ticket = self._clock.at(expires, lambda: self._expire(job), f"{job.name} expires")
        self._plan_next(job)

    def deactivate(self, job: Job) -> None:
        """Take a job off the clock."""
        for ticket in (job.ticket, job.expiry_ticket):
            if ticket is not None:
                self._clock.cancel(ticket)
        job.ticket = job.expiry_ticket = job.next_run = job.recurrence = None

    async def run(self, job: Job) -> Run:
        """Run a job now and return what came of it."""
        now = self._clock.now()
        problems = self._problems(job)
        if problems:
            log = [LogEntry("ERROR", problem, now) for problem in problems]
            run = Run(job.name, now, RunStatus.FAILED, log=log)
            self.runs.append(run)
        else:
            plan = _plan(job)
            work = ImportRun(plan, self._link, self._account.lists[plan.target.list_name], self._keys, self._clock)
            self.runs.append(work.run)
            run = await work.carry_out()
        self._notify(job, run)
        for call in tuple(self.ended):
            await call(job, run)
        return run

    def test(self, job: Job) -> None:
        """Try the source connectivity of a job; SourceError."""
        self._link.test(job.source())

    def completed(self) -> Iterator[Run]:
        """Return the runs that are over, newest first."""
        return (run for run in reversed(self.runs) if run.status is not RunStatus.RUNNING)

    def next_run(self, name: str) -> datetime | None:
        """Return when a job runs next, None for an unknown or inactive one."""
        job = self.by_name.get(name)
        return job.next_run if job else None

    def _problems(self, job: Job) -> list[str]:
        """Return what keeps a job from running, each with its screen."""
        if job.type != IMPORT_PROFILES:
            # the guide opens such a job only to reach the SSH key dialog; the twin runs imports only
            return [f"{job.type} jobs cannot be activated in the sandbox."]
        entries = job.entries
        problems = self._source_problems(entries)
        if not entries["File name"]:
            problems.append("Source Specification: enter the file name with its extension.")
        if entries["File is encrypted with PGP/GPG key"] and entries["Key"] not in self._keys.pairs:
            problems.append("Source Specification: select a key pair.")
        problems += self._target_problems(entries)
        if not entries["Send notification to"]:
            problems.append("Notification: enter an email address.")
        return problems

    def _source_problems(self, entries: Mapping[str, Any]) -> list[str]:
        if entries["File location"] != EXTERNAL_SERVER:
            return [] if entries["Directory path"] else ["Source Connectivity: enter a directory path."]
        required = ["Hostname", "Directory path", "Username"]
        if entries["Authentication"] == BY_PASSWORD:
            required.append("Password")
        problems = [f"Source Connectivity: {label} is missing." for label in required if not entries[label]]
        if entries["Hostname"] and entries["Hostname"] not in self._account.external_servers:
            problems.append(f"Source Connectivity: {entries['Hostname']} is not permitted as external server.")
        return problems

    def _target_problems(self, entries: Mapping[str, Any]) -> list[str]:
        table, match_column = self._account.lists.get(entries["Target Tables"]), entries["Match column"]
        if table is None:
            return ["Target Definition: select a list under Target Tables."]
        mapping: Mapping[str, str] = entries["Column mapping"]
        columns, mapped = dict(table.columns), list(mapping.values())
        problems = []
        if match_column not in MATCH_COLUMNS:
            problems.append("select a match column.")
        if not mapping:
            problems.append("map the incoming columns to columns of the list.")
        elif match_column not in mapped:
            problems.append(f"no incoming column is mapped to {match_column}.")
        for incoming, column in mapping.items():
            if column not in columns:
                problems.append(f"{incoming} is mapped to {column}, which the list does not have.")
            elif column == "RIID_":
                # CX Audience's RIID_ is an id of its own, so nothing can be mapped to it (inferred)
                problems.append(f"{incoming} cannot be mapped to {column}, which the list itself gives.")
        twice = sorted({column for column in mapped if mapped.count(column) > 1})
        problems += [f"several incoming columns are mapped to {column}." for column in twice]
        return [f"Target Definition: {problem}" for problem in problems]

    def _plan_next(self, job: Job) -> None:
        job.next_run = job.recurrence.run_after(self._clock.now(), self._minutes) if job.recurrence else None
        if job.next_run is not None:
            job.ticket = self._clock.at(job.next_run, lambda: self._run_on_time(job), f"CX Audience job {job.name}")

    async def _run_on_time(self, job: Job) -> None:
        job.next_run = None
        try:
            await self.run(job)
        finally:
            if job.active and self.by_name.get(job.name) is job:
                self._plan_next(job)

    async def _expire(self, job: Job) -> None:
        """Delete a job for good (facts B.5; documented); its runs stay among the completed jobs (inferred)."""
        self.deactivate(job)
        self.by_name.pop(job.name, None)

    def _notify(self, job: Job, run: Run) -> None:
        to, wanted = job.entries["Send notification to"], job.entries["When"] == ON_BOTH
        if not to or not (wanted or run.status is RunStatus.FAILED):
            return
        counts = (
            f"{run.processed} records processed, {run.added} added, {run.updated} updated, {len(run.rejected)} rejected"
        )
        lines = [f"{entry.level}: {entry.message}" for entry in run.log]
        body = "\n".join((f"The Connect job {job.name} {run.status}.", counts, "", *lines))
        self._mailbox.deliver(Mail(to, SENDER, f"Connect job {job.name}: {run.status}", body, self._clock.now()))


def _refusal(problems: list[str]) -> str:
    return f"The job cannot be activated. {' '.join(problems)}"


def _plan(job: Job) -> ImportPlan:
    """Return what a run of a job without problems does."""
    entries = job.entries
    form = FileFormat(
        CHARACTER_SETS[entries["Character set"]],
        DELIMITERS[entries["Field delimiter"]],
        ENCLOSURES[entries["Field enclosure"]],
        entries["First line contains column names"],
        entries["Key"] if entries["File is encrypted with PGP/GPG key"] else "",
    )
    target = Target(entries["Target Tables"], entries["Match column"], tuple(entries["Column mapping"].items()))
    return ImportPlan(job.name, job.source(), entries["File name"], form, target)
