"""How a job can stand, and what such a judgement consists of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import CLOCK_SKEW, LogLine, RemoteFile
from cxr_tui.domain.schedule import Slot
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.schedule import local_slot, local_time
from cxr_tui.jobs.evidence import Evidence
from cxr_tui.jobs.expected_runs import ExpectedRuns, ScheduledJob
from cxr_tui.jobs.run_history import JobRun

LOG_LINES = 5
"""Most lines of a log that are quoted in a judgement."""

_STUCK = (
    "Open Data > Connect > Manage Connect, look at the run and its job execution log, and stop it there if that is "
    "offered. If it does not end, ask Oracle Support."
)
_LOUD = ("ERROR", "FATAL", "SEVERE", "WARN", "WARNING")


LONGEST_RUN = timedelta(days=1)
"""A run that goes on for longer may be stuck: no duration is documented, and exports are written within minutes."""


class JobState(StrEnum):
    """How a job stands. `unknown` is for what could not be seen; it never stands for well."""

    ON_TIME = "on time"
    RUNNING = "running"
    LATE = "late"
    FAILED = "failed"
    REJECTED = "rejected rows"
    NEVER_RAN = "never ran"
    GONE = "gone"
    INACTIVE = "inactive"
    WAITING_FOR_KEY = "waiting for the SSH2 key"
    NOT_DUE = "not due yet"
    UNKNOWN = "unknown"

    @property
    def healthy(self) -> bool:
        """Whether nothing has to be done."""
        return self in (JobState.ON_TIME, JobState.RUNNING, JobState.NOT_DUE)


@dataclass(frozen=True)
class Assessment:
    """How one job stands, and why."""

    state: JobState
    reason: str
    """One or two sentences with what was seen."""
    remedy: str = ""
    """What a person does now; empty where nothing has to be done."""
    log: tuple[str, ...] = ()
    """The lines of the run's log that matter."""
    findings: tuple[Finding, ...] = ()
    """What else is wrong or worth a warning."""

    @property
    def healthy(self) -> bool:
        """Whether the job does what it should, and nothing that was found says otherwise."""
        return self.state.healthy and not any(one.status is Status.FAIL for one in self.findings)


@dataclass(frozen=True)
class JobContext:
    """Everything that one job is judged by."""

    plan: ScheduledJob
    expected: ExpectedRuns
    evidence: Evidence
    known: Known
    now: datetime
    runs: tuple[JobRun, ...] = ()
    """Runs of this job, those of earlier looks included, newest first."""
    export: ScheduledJob | None = None
    """For the import: the plan of the export that it loads."""

    def counts(self, began: datetime | None) -> bool:
        """Say whether a run that began then is the one that is owed, or a later one."""
        since = self.expected.counts_from
        return began is not None and (since is None or began >= since - CLOCK_SKEW)

    def written(self, file: RemoteFile) -> str:
        """Return in words when a file was written, as far as that is known."""
        if file.modified is None:
            return "written at a time that the file server does not report"
        to_come = ", a time that is still to come" if file.written(self.now) is None else ""
        return f"written {self.when(file.modified)}{to_come}"

    def under_way(self, began: datetime | None, findings: tuple[Finding, ...] = ()) -> Assessment:
        """Return the judgement of a job whose run goes on: one that outlasts its day, or the next slot, is not well."""
        since = f" since {self.when(began)}" if began else ""
        due = self.expected.due
        if began is not None and due is not None and not self.counts(began):
            return Assessment(
                JobState.LATE,
                f"A run has been under way{since}, so none has begun since its slot, {self.slot(due)}.",
                _STUCK,
                findings=findings,
            )
        if began is not None and self.now - began > LONGEST_RUN:
            return Assessment(
                JobState.UNKNOWN,
                f"A run has been under way{since}, for more than a day; whether it will end is not known.",
                _STUCK,
                findings=findings,
            )
        return Assessment(JobState.RUNNING, f"A run is under way{since}.", findings=findings)

    def slot(self, slot: Slot | None) -> str:
        """Return a slot in the account's time zone, in words."""
        return local_slot(self.plan.schedule, slot) if slot else "no slot"

    def when(self, moment: datetime) -> str:
        """Return a moment in the account's time zone."""
        return local_time(self.plan.schedule.zone, moment)

    def expiry(self) -> Assessment | None:
        """Return the judgement of a job whose expiration is over, None where it is not."""
        if self.expected.expired is None:
            return None
        return Assessment(
            JobState.GONE,
            f"Its expiration, {self.expected.expired}, is over; an expired job is deleted for good.",
            "Make the job again with the wizard (from Select object, or Source connectivity), and let it never expire.",
        )

    def not_due(self) -> Assessment:
        """Return the assessment of a job of which no run is owed yet."""
        awaited = self.expected.pending or self.expected.following
        return Assessment(JobState.NOT_DUE, f"Its first run is still to come: {self.slot(awaited)}.")

    def inactive(self) -> Assessment:
        """Return the assessment of a job that is there and not active."""
        return Assessment(
            JobState.INACTIVE,
            "The job is there, but not active: it runs at no slot.",
            f"Open Data > Connect > Manage Connect, the job {visible(self.plan.name)}, Schedule; press Activate, then "
            "Save & Close.",
        )

    @property
    def over(self) -> bool:
        """Whether the schedule asks for no further run."""
        return self.expected.following is None and self.expected.pending is None


def telling(lines: Sequence[LogLine]) -> tuple[str, ...]:
    """Return the lines of a log that matter: errors and warnings, the last one where there is none."""
    loud = [f"{line.level}: {line.message}" for line in lines if line.level.upper() in _LOUD]
    if not loud and lines:
        loud = [f"{lines[-1].level}: {lines[-1].message}"]
    return tuple(loud[-LOG_LINES:])


def telling_text(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the same of a log that was read off a screen, as `LEVEL: message` lines."""
    loud = [line for line in lines if line.partition(":")[0].strip().upper() in _LOUD]
    return tuple((loud or list(lines[-1:]))[-LOG_LINES:])
