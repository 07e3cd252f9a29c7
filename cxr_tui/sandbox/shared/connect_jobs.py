"""Connect jobs as both products have them: the wizard's screens, drafts, schedules on the clock, expiry."""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.domain import date_formats
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.domain.schedule import SLOT, Frequency, Schedule, Slot, time_of_day
from cxr_tui.domain.text import visible
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit, address_problem

MANAGE = ("Data", "Connect", "Manage Connect")
EXPORT = "Export Data"
IMPORT_PROFILES = "Import Profile Data"

_NAME = re.compile(r"[A-Za-z0-9 !\-=@_\[\]{}]{1,100}")
"""Characters and length of a job name (facts B.5; documented for Responsys, for CX Audience inferred)."""

EXTERNAL_SERVER = "External Server by SFTP"
_DATE_PARTS = {
    "yyyy": "%Y",
    "RRRR": "%Y",
    "RR": "%y",
    "MON": "%b",
    "MM": "%m",
    "dd": "%d",
    "DD": "%d",
    "HH24": "%H",
    "HH": "%I",
    "mi": "%M",
    "ss": "%S",
    "AM": "%p",
}
DATE_FORMATS = {
    one.name: re.sub("|".join(_DATE_PARTS), lambda part: _DATE_PARTS[part[0]], one.name)
    for one in date_formats.DATE_FORMATS
}
"""The date formats of Connect, as Python writes and reads them (facts H; documented)."""
ENCLOSURES = {"None": "", '"': '"'}

SEND_TO, WHEN = "Send notification to", "When"
ALWAYS, ON_FAILURE = "On success or failure", "On failure only"
NOTIFICATION = Form({SEND_TO: "", WHEN: ALWAYS}, {WHEN: (ALWAYS, ON_FAILURE)}, {SEND_TO: address_problem}, (SEND_TO,))

RUN_ONCE, RECURRING, DAILY = "Run once", "Recurring", "Daily"
NO_END_DATE, NEVER_EXPIRE = "No end date", "Never expire"
SCHEDULE = Form(
    dict.fromkeys(("Schedule", "Recurring", "Date", "Time", "Every _ days", "End date", "Expiration"), ""),
    {"Schedule": (RUN_ONCE, RECURRING), "Recurring": (DAILY,)},
)


@dataclass(frozen=True)
class LogEntry:
    """One line of a run's log."""

    level: str
    message: str
    at: datetime


@dataclass
class Run:
    """One execution of a job; counts as the Connect API reports them (facts A.9; documented)."""

    id: int
    job_name: str
    started: datetime
    status: RunStatus = RunStatus.RUNNING
    seconds: int = 0
    processed: int = 0
    added: int = 0
    updated: int = 0
    rejected: int = 0
    error: str = ""
    file_name: str = ""
    log: list[LogEntry] = field(default_factory=list)
    loaded: set[str] = field(default_factory=set)
    """RIID_ of every record that an import added or updated."""
    rejected_rows: tuple[tuple[int, str], ...] = ()
    """Line and reason of every record that an import rejected."""


@dataclass
class Job:
    """One Connect job; `entries` is what the wizard's screens hold, by label."""

    id: int
    name: str
    type: str
    entries: dict[str, Any]
    saved: set[str] = field(default_factory=set)
    """Screens of the wizard that were saved."""
    schedule: Schedule | None = None
    """The schedule it was activated with; None: it is not active."""
    next_run: datetime | None = None
    running: bool = False
    runs: list[Run] = field(default_factory=list)


class RunError(Exception):
    """A run cannot go on; the text is for its log."""


class ConnectJobs(ABC):
    """The Connect jobs of an account by name, with their screens; each product's own class checks and runs a job.

    A run is reported by mail too, to the address of the Notification screen; nothing in a rehearsal reads that mail.
    """

    buttons: Mapping[str, tuple[str, ...]] = {"Schedule": ("Activate", "Save & Close")}
    """By screen, where it has others than Save."""

    def __init__(
        self, pages: Pages, wizard: str, screens: Mapping[str, Form], zone: str, clock: Clock, seed: int
    ) -> None:
        """`wizard` is the type of job whose `screens` the sandbox has; `seed` decides the minutes of the runs."""
        self.clock = clock
        self.runs: list[Run] = []
        """Of all jobs, oldest first; those of an expired job stay (inferred)."""
        self.after_next_run: list[Callable[[ConnectJobs, Run], Awaitable[None]]] = []
        """Called when the next run has ended, for scenarios."""
        self._wizard = wizard
        self._screens = {**screens, "Notification": NOTIFICATION, "Schedule": SCHEDULE}
        self._zone = zone
        self._minutes = random.Random(seed)  # nosec B311  # noqa: S311 - the minute of a slot, no secret
        self.by_name: dict[str, Job] = {}
        self._last_job = 41000
        dialog = Form(
            {"Type of job": "", "Job name": "", "Description": ""}, {"Type of job": (IMPORT_PROFILES, EXPORT)}
        )
        pages.add((*MANAGE, "Create job"), self._create, dialog, ("Create", "Done"))
        for name, form in self._screens.items():
            pages.add((*MANAGE, "*", name), partial(self._visited, name, form), form, self.buttons.get(name, ("Save",)))
        pages.show((*MANAGE, "Completed Jobs"), self._completed)

    def next_run(self, name: str) -> datetime | None:
        """Return when a job runs next (aware, UTC); None: unknown job, or nothing scheduled."""
        job = self.by_name.get(name)
        return None if job is None else job.next_run

    def create(self, name: str, kind: str) -> Job:
        """Make a draft."""
        self._last_job += 17
        entries = {label: first for form in self._screens.values() for label, first in form.fields.items()}
        job = self.by_name[name] = Job(self._last_job, name, kind, entries)
        return job

    def problems(self, job: Job) -> list[str]:
        """Return the errors that "Show Errors" would list, except those of the schedule (facts B.5; documented)."""
        labels = [(screen, label) for screen, form in self._screens.items() for label in form.required]
        return [f"{screen}: {label} is missing" for screen, label in labels if not job.entries[label]]

    @abstractmethod
    async def carry_out(self, job: Job, run: Run) -> None:
        """Do the work of a run; its status stays RUNNING while it goes on. RunError, OSError."""

    def pressed(self, screen: str, press: Sequence[str], job: Job) -> None:
        """Carry out the buttons of a screen; PageError."""
        if screen == "Schedule" and ("Activate" in press or job.schedule):
            self.activate(job)
        elif screen == "Schedule" and not job.entries["Expiration"]:
            # A date or never must be chosen before a job is saved (facts B.5; documented).
            raise PageError(f"Expiration: choose a date or {NEVER_EXPIRE}")

    def shown(self, screen: str, job: Job) -> dict[str, Any]:
        """Return what a screen shows beyond its form."""
        return {"Status": "Active" if job.schedule else "Inactive"} if screen == "Schedule" else {}

    def activate(self, job: Job) -> None:
        """Let a job run by its schedule, which replaces an earlier schedule. PageError lists every error that is left.

        All errors must be fixed before (facts B.5; documented).
        """
        problems, schedule = self.problems(job), None
        try:
            schedule = read_schedule(job.entries, self._zone, self.clock.now())
        except ValueError as error:
            problems.append(f"Schedule: {error}")
        if problems or schedule is None:
            raise PageError(f"The job cannot be activated. Errors: {'; '.join(problems)}")
        job.schedule = schedule
        self._plan(job, schedule)
        if (end := schedule.expires_at()) is not None:

            async def expire() -> None:
                if job.schedule is schedule:  # it is deleted for good (facts B.5; documented)
                    self.deactivate(job)
                    self.by_name.pop(job.name, None)

            self.clock.at(end, expire, f"job {job.name} expires")

    def deactivate(self, job: Job) -> None:
        """Let a job run no more."""
        job.schedule = job.next_run = None

    def begin(self, job: Job) -> Run:
        """Begin a run."""
        run = Run(30875907 + 7 * len(self.runs), job.name, self.clock.now())
        self.runs.append(run)
        job.runs.append(run)
        job.running = True
        return run

    def note(self, run: Run, message: str, level: str = "INFO") -> None:
        """Add a line to a run's log."""
        run.log.append(LogEntry(level, message, self.clock.now()))

    async def finish(self, job: Job, run: Run) -> None:
        """Bring a run to its end; every failure ends as a failed run with a log line, never as an exception."""
        try:
            await self.carry_out(job, run)
        except (RunError, OSError) as error:
            run.status, run.error = RunStatus.FAILED, visible(str(error), 500)
            self.note(run, run.error, "ERROR")
        if run.status is RunStatus.RUNNING:  # on a slow line
            return
        run.seconds, job.running = 1, False
        calls, self.after_next_run = self.after_next_run, []
        for call in calls:
            await call(self, run)

    def _plan(self, job: Job, schedule: Schedule) -> None:
        """Put the next run on the clock; Connect picks its minute inside the quarter hour (facts B.5; documented)."""
        slot = _next_slot(schedule, self.clock.now())
        job.next_run = slot.start + timedelta(minutes=self._minutes.randrange(SLOT.seconds // 60)) if slot else None
        if job.next_run is None:
            return

        async def due() -> None:
            if job.schedule is not schedule:
                return
            self._plan(job, schedule)
            if not job.running:  # a job has one run at a time (inferred)
                await self.finish(job, self.begin(job))

        self.clock.at(job.next_run, due, f"job {job.name} runs")

    def _completed(self) -> PageShows:
        """Return the newest run of each job that has run, in the account's time zone."""
        shown: dict[str, Any] = {}
        for run in reversed(self.runs):
            name, when = run.job_name, run.started.astimezone(ZoneInfo(self._zone))
            if name not in shown and run.status is not RunStatus.RUNNING:
                shown |= {
                    name: f"{run.status}, {run.processed} records, {when:%Y-%m-%d %H:%M}",
                    f"{name}: Status": str(run.status),
                    f"{name}: Records processed": str(run.processed),
                    f"{name}: Records added": str(run.added),
                    f"{name}: Records updated": str(run.updated),
                    f"{name}: Records rejected": str(run.rejected),
                    f"{name}: Log": [f"{entry.level}: {entry.message}" for entry in run.log],
                }
        return PageShows(shown)

    async def _create(self, visit: PageVisit) -> PageShows:
        """Make a draft; without a name, a wizard that the sandbox does not have opens and is left again."""
        kind, name, _ = visit.values.values()
        if not visit.press or (not name and kind != self._wizard):
            return PageShows()
        if _NAME.fullmatch(name) is None:
            raise PageError("Job name: use at most 100 of A-Z a-z 0-9 space ! - = @ _ [ ] { }")
        # The dialog's answer to a name in use is not documented; opening the job loses nothing (inferred).
        job = self.by_name.get(name) or self.create(name, kind)
        if job.type != kind:
            raise PageError(f'Job name: a job named "{name}" exists already, of the type {job.type}')
        return PageShows()

    async def _visited(self, name: str, form: Form, visit: PageVisit) -> PageShows:
        job = self.by_name.get(visit.matched[0])
        if job is None:
            raise PageError(f'there is no Connect job "{visit.matched[0]}"')
        if job.type != self._wizard:
            raise PageError(f'the job "{job.name}" is of the type {job.type} and has no such step')
        # What was typed stays in the wizard, also when a button is refused: a draft may have errors.
        job.entries.update(visit.entries)
        if visit.press:
            job.saved.add(name)
            self.pressed(name, visit.press, job)
        return PageShows({**form.shown(job.entries), **self.shown(name, job)})


def read_schedule(entries: Mapping[str, str], zone: str, now: datetime) -> Schedule:
    """Return the schedule that the screen holds, with a run left after `now`; ValueError says what is wrong.

    The expiration must be chosen, as a date or as never, before a job can be activated (facts B.5; documented).
    """
    if not entries["Expiration"]:
        raise ValueError(f"Expiration: choose a date or {NEVER_EXPIRE}")
    recurring = entries["Schedule"] == RECURRING
    try:
        schedule = Schedule(
            Frequency.DAILY if recurring else Frequency.ONCE,
            date.fromisoformat(entries["Date"]),
            time_of_day(entries["Time"]),
            zone,
            int(entries["Every _ days"]) if recurring else 1,
            _date(entries["End date"], NO_END_DATE) if recurring else None,
            _date(entries["Expiration"], NEVER_EXPIRE),
        )
    except ValueError:
        raise ValueError("enter dates as YYYY-MM-DD, the time as HH:MM, and a whole number of days") from None
    expires = schedule.expires_at()
    if _next_slot(schedule, now) is None or (expires is not None and expires <= now):
        raise ValueError("the schedule or its expiration is in the past")
    return schedule


def _next_slot(schedule: Schedule, now: datetime) -> Slot | None:
    """Return the next slot, even after the expiration: whether that is refused is not documented."""
    return replace(schedule, expiration=None).slot_after(now)


def _date(text: str, none: str) -> date | None:
    return None if text in ("", none) else date.fromisoformat(text)
