"""The status of integrations: expected runs, evidence, the assessment of each job, and the runs kept for later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeAlias

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import OutsideError, StoreUnusableError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.clock_difference import clock_differs
from cxr_tui.guide.checks.rotation_state import one_sided
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs import run_history
from cxr_tui.jobs.collect import gather
from cxr_tui.jobs.evidence import Evidence, EvidenceLine, PublishedSeen, Unavailable, UnavailableReason
from cxr_tui.jobs.expected_runs import (
    ExpectedRuns,
    JobKind,
    ScheduledJob,
    expected_runs,
    scheduled_jobs,
    why_not_assessable,
)
from cxr_tui.jobs.export_job_state import assess_export
from cxr_tui.jobs.import_evidence import ImportEvidence, import_evidence, inferred_run
from cxr_tui.jobs.import_job_state import assess_import
from cxr_tui.jobs.job_state import Assessment, JobContext, JobState
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.system.tasks import side_by_side

AT_ONCE = 12
"""Integrations at once: enough to hide the network's latency, few enough for memory and file handles."""

CLOCK_PATIENCE = 10.0
"""Seconds to wait for the servers' time if it is all that the login host is asked for."""

Opening: TypeAlias = Callable[[], AbstractAsyncContextManager[Integration]]
"""Opens one integration and closes it again."""

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
    evidence = await gather(known, set_up, world, since)
    if all(isinstance(one, Unavailable) for one in (evidence.connect, evidence.members, evidence.published)):
        await world.sync_clock(CLOCK_PATIENCE)  # no REST answer has brought the servers' time
    statuses = assess(set_up, known, evidence, world.now(), before)
    news = [entry for job in statuses for entry in run_history.entries(job.kind, before[job.kind], job.runs)]
    if news:
        integration.note(news)
    return IntegrationStatus(
        integration.name,
        world.now(),
        zone,
        statuses,
        evidence.lines(zone),
        tuple(filter(None, (one_sided(known), _publishing(evidence.published), clock_differs(world)))),
        unavailable_reasons=frozenset(one.reason for one in evidence.unavailable()),
    )


def _publishing(seen: PublishedSeen | Unavailable) -> Finding | None:
    """Return the problem of the published audience."""
    if isinstance(seen, Unavailable) or seen.there:
        return None
    return Finding(
        "audience-not-visible",
        Status.WARN,
        f"Responsys no longer lists the audience {visible(seen.name, 100)} among its filters.",
        "Audiences published by CX Audience may not arrive in Responsys.",
        "Publish it again in CX Audience. If it does not appear, ask Oracle Support whether Audience Designer is "
        "still enabled.",
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
    plan, traces, job = case.plan, import_evidence(case), None
    if plan.kind is JobKind.EXPORT:
        news = run_history.seen_now(case.evidence, case.now)
        job = getattr(case.evidence.connect, "job", None)
    else:
        inferred = inferred_run(case, traces)
        news = (inferred,) if inferred is not None else ()
    case = replace(case, runs=run_history.merged(case.runs, news))
    job_id = job.job_id if job is not None else None
    return JobStatus(plan.kind, plan.name, case.expected, assess_job(case, traces), case.runs, job_id)


def assess_job(case: JobContext, traces: ImportEvidence) -> Assessment:
    """Assess a job, with warnings about the trends of its runs."""
    found = assess_export(case) if case.plan.kind is JobKind.EXPORT else assess_import(case, traces)
    if found.state not in _WITH_TRENDS:
        return found
    return replace(found, findings=(*found.findings, *run_history.trends(case.runs)))


async def overview(openings: Mapping[str, Opening]) -> tuple[IntegrationStatus, ...]:
    """Return the status of every integration, in the given order; an error becomes the `trouble` of its integration."""

    async def one(named: tuple[str, Opening]) -> IntegrationStatus:
        name, opening = named
        try:
            async with opening() as integration:
                return await look(integration)
        except OutsideError as error:
            cause = UnavailableReason.STORE if isinstance(error, StoreUnusableError) else UnavailableReason.UNREACHABLE
            return _troubled(name, str(error), cause)
        except Exception as error:  # noqa: BLE001 - a broken journal, or a bug, must not hide the other integrations
            return _troubled(name, f"{type(error).__name__}: {error}")

    return tuple(await side_by_side(one, openings.items(), AT_ONCE))


def _troubled(name: str, why: str, *causes: UnavailableReason) -> IntegrationStatus:
    return IntegrationStatus(name, datetime.now(UTC), "", trouble=visible(why), unavailable_reasons=frozenset(causes))
