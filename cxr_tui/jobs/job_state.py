"""The states of a job, and its assessment with everything that it is based on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import CLOCK_SKEW, RemoteFile
from cxr_tui.domain.schedule import Slot
from cxr_tui.guide.forms.schedule import local_slot, local_time
from cxr_tui.jobs.evidence import Evidence
from cxr_tui.jobs.expected_runs import ExpectedRuns, JobKind, ScheduledJob
from cxr_tui.jobs.run_history import JobRun

_FIRST_STEPS = {JobKind.EXPORT: "Select object", JobKind.IMPORT: "Source connectivity"}


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

    def expiry(self) -> Assessment | None:
        """Assess a job whose expiration date is over; None if it is not."""
        if self.expected.expired is None:
            return None
        return Assessment(
            JobState.GONE,
            f"Its expiration, {self.expected.expired}, is over; an expired job is deleted permanently.",
            self.create_again,
        )

    @property
    def create_again(self) -> str:
        """The remedy for a job that is gone."""
        return f"Create it again with the wizard (from {_FIRST_STEPS[self.plan.kind]}), without an expiration."

    def not_due(self) -> Assessment:
        """Assess a job without a due run."""
        expected = self.expected
        if expected.pending is not None:
            awaited = f"The run of {self.slot(expected.pending)} may still be under way."
        else:
            awaited = f"Next run: {self.slot(expected.following)}."
        return Assessment(JobState.NOT_DUE, f"No run is due yet. {awaited}")
