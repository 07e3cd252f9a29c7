"""The status of an integration: expected runs, evidence, the assessment of each job, and the runs kept for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.responsys_data import LogLine
from cxr_tui.guide.checks.clock_difference import clock_differs
from cxr_tui.guide.checks.rotation_state import one_sided
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs import run_history
from cxr_tui.jobs.assess_export import assess_export
from cxr_tui.jobs.assess_import import assess_import
from cxr_tui.jobs.assessment import Assessment, JobContext, JobState
from cxr_tui.jobs.collect import gather
from cxr_tui.jobs.descriptions import describe_evidence, publishing
from cxr_tui.jobs.evidence import Evidence, EvidenceLine, UnavailableReason
from cxr_tui.jobs.expected_runs import (
    ExpectedRuns,
    JobKind,
    ScheduledJob,
    expected_runs,
    scheduled_jobs,
    why_not_assessable,
)
from cxr_tui.jobs.import_evidence import ImportEvidence, import_evidence, inferred_run
from cxr_tui.jobs.run_history import JobRun

_WITH_TRENDS = (JobState.ON_TIME, JobState.REJECTED)
"""States to which trends of the runs are added; the others depend on the latest run alone."""


@dataclass(frozen=True)
class JobStatus:
    """One job: expected runs, assessment, and known runs."""

    kind: JobKind

    name: str

    expected: ExpectedRuns
    assessment: Assessment
    runs: tuple[JobRun, ...] = ()
    """Newest first, those seen earlier included."""
    job_id: int | None = None
    """Connect's number of the job, if known; the job can be started only with it."""
    log: tuple[LogLine, ...] = ()
    """Log of the latest run as a screen shows it, if no interface has it."""

    @property
    def state(self) -> JobState:
        """The state of the job."""
        return self.assessment.state


@dataclass(frozen=True)
class IntegrationStatus:
    """The status of an integration at one time."""

    name: str

    at: datetime
    """The servers' time (aware, UTC)."""
    zone: str
    """The account's time zone, empty while unknown."""
    jobs: tuple[JobStatus, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Findings that concern no single job."""
    trouble: str = ""
    """Why there is no status."""
    unavailable_reasons: frozenset[UnavailableReason] = frozenset()
    """Why pieces of evidence are unavailable."""

    @property
    def healthy(self) -> bool:
        """Whether there are jobs and all are healthy."""
        failed = any(one.status is Status.FAIL for one in self.findings)
        return bool(self.jobs) and not failed and all(job.assessment.healthy for job in self.jobs)

    @property
    def blocking_reason(self) -> UnavailableReason | None:
        """The reason for an unknown status, if unavailability is the only problem."""
        bad = [job for job in self.jobs if not job.assessment.healthy]
        blind = bad and all(job.state is JobState.UNKNOWN and not _failed(job) for job in bad)
        if not (blind or self.trouble) or any(one.status is Status.FAIL for one in self.findings):
            return None
        causes = (UnavailableReason.STORE, UnavailableReason.UNREACHABLE)
        return next((cause for cause in causes if cause in self.unavailable_reasons), None)


def _failed(job: JobStatus) -> bool:
    return any(one.status is Status.FAIL for one in job.assessment.findings)


async def look(integration: Integration) -> IntegrationStatus:
    """Collect evidence, assess both jobs, and add new runs to the journal; raises only JournalError.

    Schedules are in the account's time zone. Evidence that cannot be seen is reported as unavailable.
    """
    with one_command(by_person=False):
        return await _look(integration)


async def _look(integration: Integration) -> IntegrationStatus:
    journal, world = integration.journal_state(), integration.world
    known, set_up = Known(dict(journal.values)), scheduled_jobs(journal)
    zone = account_zone(known)
    if not set_up:
        return IntegrationStatus(integration.name, world.now(), zone, trouble=why_not_assessable(known))
    before = {plan.kind: run_history.remembered(journal.runs.get(plan.kind.value, {})) for plan in set_up}
    since = run_history.fetch_runs_since(before.get(JobKind.EXPORT, ()))
    evidence = await gather(known, set_up, world, since, journal.waiting_since.get("ssh2-key"))
    statuses = assess(set_up, known, evidence, world.now(), before)
    news = [entry for job in statuses for entry in run_history.entries(job.kind, before[job.kind], job.runs)]
    if news:
        integration.note(news)
    return IntegrationStatus(
        integration.name,
        world.now(),
        zone,
        statuses,
        describe_evidence(evidence, zone),
        (*one_sided(known), *publishing(evidence.published), *clock_differs(world)),
        unavailable_reasons=frozenset(one.reason for one in evidence.unavailable()),
    )


def assess(
    set_up: Sequence[ScheduledJob],
    known: Known,
    evidence: Evidence,
    now: datetime,
    before: Mapping[JobKind, tuple[JobRun, ...]],
) -> tuple[JobStatus, ...]:
    """Return the status of the jobs by this evidence and the runs seen before; pure.

    The `runs` of each job include the new ones.
    """
    export = next((plan for plan in set_up if plan.kind is JobKind.EXPORT), None)
    statuses = []
    for plan in set_up:
        case = JobContext(plan, expected_runs(plan, now), evidence, known, now, before.get(plan.kind, ()), export)
        statuses.append(_status(case))
    return tuple(statuses)


def _status(case: JobContext) -> JobStatus:
    plan, runs = case.plan, run_history.seen_now(case.plan.kind, case.evidence, case.now)
    traces = import_evidence(case)
    inferred = inferred_run(case, traces) if plan.kind is JobKind.IMPORT else None
    case = replace(case, runs=run_history.merged(case.runs, (*runs, inferred) if inferred is not None else runs))
    status = JobStatus(plan.kind, plan.name, case.expected, assess_job(case, traces), case.runs)
    if plan.kind is JobKind.EXPORT:
        job = getattr(case.evidence.connect, "job", None)
        return replace(status, job_id=job.job_id if job is not None else None)
    shown = getattr(case.evidence.screen, "run", None)
    return replace(status, log=shown.log if shown is not None else ())


def assess_job(case: JobContext, traces: ImportEvidence) -> Assessment:
    """Assess a job, with warnings about the trends of its runs."""
    found = assess_export(case) if case.plan.kind is JobKind.EXPORT else assess_import(case, traces)
    if found.state not in _WITH_TRENDS:
        return found
    return replace(found, findings=(*found.findings, *run_history.trends(case.runs)))
