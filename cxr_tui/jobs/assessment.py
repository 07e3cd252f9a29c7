"""The states of a job, and its assessment with everything that it is based on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import CLOCK_SKEW, ConnectRun, LogLine, RemoteFile, RunStatus
from cxr_tui.domain.schedule import Slot
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.forms.schedule import local_slot, local_time
from cxr_tui.jobs.evidence import Evidence, ShownRun
from cxr_tui.jobs.expected_runs import ExpectedRuns, JobKind, ScheduledJob
from cxr_tui.jobs.run_history import JobRun

LOG_LINES = 5
"""Most lines of a log that an assessment quotes."""

_STUCK = (
    "Open Data > Connect > Manage Connect, read the job execution log of the run, and stop the run if that is offered. "
    "If it does not end, ask Oracle Support."
)
_PROBLEM_LEVELS = ("ERROR", "FATAL", "SEVERE", "WARN", "WARNING")
_FIRST_STEPS = {JobKind.EXPORT: "Select object", JobKind.IMPORT: "Source connectivity"}


LONGEST_RUN = timedelta(days=1)
"""A longer run may be stuck: no duration is documented, and exports are written within minutes."""


class JobState(StrEnum):
    """The state of a job; `unknown` if it could not be seen, never in place of a good state."""

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
        """Whether no action is needed."""
        return self in (JobState.ON_TIME, JobState.RUNNING, JobState.NOT_DUE)


@dataclass(frozen=True)
class Assessment:
    """The state of one job, and why."""

    state: JobState
    reason: str
    """What was seen, in one or two sentences."""
    remedy: str = ""
    """What to do; empty if no action is needed."""
    log: tuple[str, ...] = ()
    """The relevant lines of the run's log."""
    findings: tuple[Finding, ...] = ()
    """Further problems and warnings."""

    @property
    def healthy(self) -> bool:
        """Whether the state is good and no finding failed."""
        return self.state.healthy and not any(one.status is Status.FAIL for one in self.findings)


@dataclass(frozen=True)
class JobContext:
    """Everything that the assessment of one job is based on."""

    plan: ScheduledJob
    expected: ExpectedRuns
    evidence: Evidence
    known: Known
    now: datetime
    runs: tuple[JobRun, ...] = ()
    """Runs of this job, those seen earlier included, newest first."""
    export: ScheduledJob | None = None
    """For the import: the export that it loads."""

    @property
    def over(self) -> bool:
        """Whether the schedule has no further run."""
        return self.expected.following is None and self.expected.pending is None

    @property
    def product(self) -> str:
        """The product that runs the job."""
        return "Responsys" if self.plan.kind is JobKind.EXPORT else "CX Audience"

    def counts(self, began: datetime | None) -> bool:
        """Return whether a run that began, or a file written, at this time belongs to the due run or a later one."""
        due = self.expected.due
        return began is not None and (due is None or began >= due.start - CLOCK_SKEW)

    def slot(self, slot: Slot | None) -> str:
        """Return a slot in words, in the account's time zone."""
        return local_slot(self.plan.schedule, slot) if slot else "none"

    def when(self, moment: datetime) -> str:
        """Return a time in words, in the account's time zone."""
        return local_time(self.plan.schedule.zone, moment)

    def written(self, file: RemoteFile) -> str:
        """Return in words when a file was written."""
        if file.modified is None:
            return "written at a time that the file server does not report"
        future = ", a time in the future" if file.written(self.now) is None else ""
        return f"written {self.when(file.modified)}{future}"

    def running(self, began: datetime | None, findings: tuple[Finding, ...] = ()) -> Assessment:
        """Assess a job with a run in progress: it must not outlast a day or the next slot."""
        since = f" since {self.when(began)}" if began else ""
        due = self.expected.due
        if began is not None and due is not None and not self.counts(began):
            reason = f"A run has been in progress{since}, so none has begun since the scheduled time, {self.slot(due)}."
            return Assessment(JobState.LATE, reason, _STUCK, findings=findings)
        if began is not None and self.now - began > LONGEST_RUN:
            reason = f"A run has been in progress{since}, for more than a day; it may be stuck."
            return Assessment(JobState.UNKNOWN, reason, _STUCK, findings=findings)
        return Assessment(JobState.RUNNING, f"A run is in progress{since}.", findings=findings)

    def late(self, last: datetime | None, *, ever: bool, findings: tuple[Finding, ...] = ()) -> Assessment:
        """Assess a job without the due run; `last` is the start of its newest run, `ever`: a run was seen before."""
        newest = f"The latest one began {self.when(last)}." if last else "No run was ever seen."
        return Assessment(
            JobState.LATE if ever else JobState.NEVER_RAN,
            f"No run has begun since the scheduled time, {self.slot(self.expected.due)}. {newest}",
            f"Open Data > Connect > Manage Connect in {self.product}. Check whether the job waits for another one or "
            "shows an error. If Oracle's service was down, wait for the next run or start one.",
            findings=findings,
        )

    def ended(
        self,
        name: str,
        run: ConnectRun | ShownRun,
        log: Sequence[LogLine],
        read_log: str,
        rejects: str,
        error: str = "",
    ) -> Assessment:
        """Assess a run that ended; `read_log` and `rejects` are the remedies for a failure and for rejected rows."""
        subject = f"{name} (began {self.when(run.started)})" if run.started else f"{name} (start unknown)"
        lines = relevant_lines(log)
        match run.status:
            case RunStatus.SUCCEEDED if run.rejected:
                reason = f"{subject} rejected {run.rejected:,} of {counted(run.processed or 0, 'record')}."
                return Assessment(JobState.REJECTED, reason, rejects, lines)
            case RunStatus.SUCCEEDED:
                count = f" with {counted(run.processed, 'record')}" if run.processed is not None else ""
                after = " It was the last one of its schedule." if self.over else ""
                return Assessment(JobState.ON_TIME, f"{subject} succeeded{count}.{after}")
            case RunStatus.FAILED | RunStatus.ABORTED:
                cause = visible(error) or (lines[-1] if lines else "no reason is reported")
                return Assessment(JobState.FAILED, f"{subject} {run.status.value}: {cause}", read_log, lines)
            case _:
                return Assessment(JobState.UNKNOWN, f"{subject} has an unknown status.", read_log, lines)

    def gone(self) -> Assessment:
        """Assess a job that the product does not have."""
        return self.expiry() or Assessment(
            JobState.GONE,
            f'{self.product} has no Connect job named "{visible(self.plan.name)}".',
            f"It may have expired and been deleted, or been renamed. Look at Data > Connect > Manage Connect in "
            f"{self.product}; if it is gone, {self._create_again}",
        )

    def expiry(self) -> Assessment | None:
        """Assess a job whose expiration date is over; None if it is not."""
        if self.expected.expired is None:
            return None
        return Assessment(
            JobState.GONE,
            f"Its expiration, {self.expected.expired}, is over; an expired job is deleted permanently.",
            self._create_again[0].upper() + self._create_again[1:],
        )

    @property
    def _create_again(self) -> str:
        return f"create it again with the wizard (from {_FIRST_STEPS[self.plan.kind]}), without an expiration."

    def not_due(self) -> Assessment:
        """Assess a job without a due run."""
        awaited = self.expected.pending or self.expected.following
        return Assessment(JobState.NOT_DUE, f"No run is due yet. Next run: {self.slot(awaited)}.")

    def inactive(self) -> Assessment:
        """Assess a job that exists and is not active."""
        return Assessment(
            JobState.INACTIVE,
            "The job exists but is not active, so it will not run.",
            f"Open Data > Connect > Manage Connect, the job {visible(self.plan.name)}, Schedule; click Activate, then "
            "Save & Close.",
        )


def relevant_lines(log: Sequence[LogLine]) -> tuple[str, ...]:
    """Return the errors and warnings of a log, or its last line if it has none."""
    lines = [line for line in log if line.level.upper() in _PROBLEM_LEVELS] or list(log[-1:])
    return tuple(f"{line.level}: {line.message}" if line.level else line.message for line in lines[-LOG_LINES:])
