"""One look at an integration: what was expected, what was seen, how each job stands, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import one_command
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
from cxr_tui.jobs.expected_runs import ExpectedRuns, JobKind, ScheduledJob, expected_runs, scheduled_jobs, without_plans
from cxr_tui.jobs.import_evidence import ImportEvidence, import_evidence, inferred_run
from cxr_tui.jobs.run_history import JobRun

_COURSE_TELLS = (JobState.ON_TIME, JobState.REJECTED)
"""States to which the course of the runs can add something; the others depend on the newest run alone."""


@dataclass(frozen=True)
class JobStatus:
    """One job: expectation, judgement, and the runs that are known."""

    kind: JobKind

    name: str

    expected: ExpectedRuns
    assessment: Assessment
    runs: tuple[JobRun, ...] = ()
    """Newest first, those of earlier looks included."""
    job_id: int | None = None
    """Connect's number of the job, where it is known: only then it can be run from here."""
    log: tuple[str, ...] = ()
    """Log of the newest run as a screen shows it, where no interface has it."""

    @property
    def state(self) -> JobState:
        """How it stands."""
        return self.assessment.state


@dataclass(frozen=True)
class IntegrationStatus:
    """One look at an integration."""

    name: str

    at: datetime
    """The servers' time of the look (aware, UTC)."""
    zone: str
    """The account's time zone, empty while unknown."""
    jobs: tuple[JobStatus, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What concerns no single job."""
    trouble: str = ""
    """Why nothing could be looked at."""
    unavailable_reasons: frozenset[UnavailableReason] = frozenset()
    """Why pieces of evidence could not be had."""

    @property
    def healthy(self) -> bool:
        """Whether there are jobs, and all do what they should."""
        failed = any(one.status is Status.FAIL for one in self.findings)
        return bool(self.jobs) and not failed and all(job.assessment.healthy for job in self.jobs)

    @property
    def blocking_reason(self) -> UnavailableReason | None:
        """The reason for an unknown status, if only that is wrong: a system that does not answer, or the keyring."""
        bad = [job for job in self.jobs if not job.assessment.healthy]
        blind = bad and all(job.state is JobState.UNKNOWN and not _failed(job) for job in bad)
        if not (blind or self.trouble) or any(one.status is Status.FAIL for one in self.findings):
            return None
        causes = (UnavailableReason.STORE, UnavailableReason.UNREACHABLE)
        return next((cause for cause in causes if cause in self.unavailable_reasons), None)


def _failed(job: JobStatus) -> bool:
    return any(one.status is Status.FAIL for one in job.assessment.findings)


async def look(integration: Integration) -> IntegrationStatus:
    """Look at both jobs, judge them, and keep the runs that were seen in the journal; raises JournalError only.

    Schedules are in the account's time zone. What cannot be seen is said to be unseen.
    """
    with one_command(by_person=False):
        return await _look(integration)


async def _look(integration: Integration) -> IntegrationStatus:
    journal, world = integration.journal_state(), integration.world
    known, set_up = Known(dict(journal.values)), scheduled_jobs(journal)
    zone = account_zone(known)
    if not set_up:
        return IntegrationStatus(integration.name, world.now(), zone, trouble=without_plans(known))
    before = {plan.kind: run_history.remembered(journal.runs.get(plan.kind.value, {})) for plan in set_up}
    since = run_history.fetch_runs_since(before.get(JobKind.EXPORT, ()))
    evidence = await gather(known, set_up, world, since, journal.waiting_since.get("ssh2-key"))
    judged = assess(set_up, known, evidence, world.now(), before)
    news = [entry for job in judged for entry in run_history.entries(job.kind, before[job.kind], job.runs)]
    if news:
        integration.note(news)
    return IntegrationStatus(
        integration.name,
        world.now(),
        zone,
        judged,
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
    """Return how the jobs stand by this evidence and the runs that were seen before; pure.

    Each job's `runs` hold those seen now too.
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
    """Return how a job stands, with what the course of its runs warns of."""
    found = assess_export(case) if case.plan.kind is JobKind.EXPORT else assess_import(case, traces)
    if found.state not in _COURSE_TELLS:
        return found
    return replace(found, findings=(*found.findings, *run_history.trends(case.runs)))
