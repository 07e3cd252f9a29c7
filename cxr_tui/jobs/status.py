"""One look at an integration: what was expected, what was seen, how each job stands, and what the journal keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.ports import World
from cxr_tui.guide.checks.clock_difference import clock_differs
from cxr_tui.guide.checks.rotation_state import one_sided
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.jobs import run_history
from cxr_tui.jobs.assessment import Case, JobState, Judgement
from cxr_tui.jobs.collect import Interest, gather
from cxr_tui.jobs.descriptions import pieces, publishing
from cxr_tui.jobs.evidence import Cause, Evidence, Piece
from cxr_tui.jobs.expected_runs import Expectation, JobKind, Plan, expectation, plans, without_plans
from cxr_tui.jobs.import_evidence import traced_run
from cxr_tui.jobs.judgement import judge
from cxr_tui.jobs.run_history import SeenRun
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry


class Integration(Protocol):
    """What a look needs of an open integration; `cxr_tui.integration.integration.Setup` is one."""

    @property
    def name(self) -> str:
        """The integration's name."""

    @property
    def world(self) -> World:
        """The outside world."""

    def journal_state(self) -> JournalState:
        """Return the folded journal."""

    def note(self, entries: Sequence[Entry]) -> None:
        """Write records to the journal; JournalError."""


@dataclass(frozen=True)
class JobStatus:
    """One job: expectation, judgement, and the runs that are known."""

    kind: JobKind

    name: str

    expected: Expectation
    judgement: Judgement
    runs: tuple[SeenRun, ...] = ()
    """Newest first, those of earlier looks included."""
    job_id: int | None = None
    """Connect's number of the job, where it is known: only then it can be run from here."""
    log: tuple[str, ...] = ()
    """Log of the newest run as a screen shows it, where no interface tells it."""

    @property
    def state(self) -> JobState:
        """How it stands."""
        return self.judgement.state


@dataclass(frozen=True)
class IntegrationStatus:
    """One look at an integration."""

    name: str

    at: datetime
    """The servers' time of the look (aware, UTC)."""
    zone: str
    """The account's time zone, empty while unknown."""
    jobs: tuple[JobStatus, ...] = ()
    evidence: tuple[Piece, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What concerns no single job."""
    trouble: str = ""
    """Why nothing could be looked at."""
    blind: frozenset[Cause] = frozenset()
    """Why pieces of evidence could not be had."""

    @property
    def well(self) -> bool:
        """Whether there are jobs, and all do what they should."""
        failed = any(one.status is Status.FAIL for one in self.findings)
        return bool(self.jobs) and not failed and all(job.judgement.well for job in self.jobs)

    @property
    def hindered(self) -> Cause | None:
        """Why nothing can be said, where that is all that is wrong: a system that does not answer, or the keyring."""
        bad = [job for job in self.jobs if not job.judgement.well]
        blind = bad and all(job.state is JobState.UNKNOWN and not _failed(job) for job in bad)
        if not (blind or self.trouble) or any(one.status is Status.FAIL for one in self.findings):
            return None
        return next((cause for cause in (Cause.STORE, Cause.UNREACHABLE) if cause in self.blind), None)


def _failed(job: JobStatus) -> bool:
    return any(one.status is Status.FAIL for one in job.judgement.findings)


async def look(integration: Integration) -> IntegrationStatus:
    """Look at both jobs, judge them, and keep the runs that were seen in the journal; raises JournalError only.

    Schedules are in the account's time zone. What cannot be seen is said to be unseen.
    """
    with one_command(by_person=False):
        return await _look(integration)


async def _look(integration: Integration) -> IntegrationStatus:
    journal, world = integration.journal_state(), integration.world
    known, set_up = Known(dict(journal.values)), plans(journal)
    zone = account_zone(known)
    if not set_up:
        return IntegrationStatus(integration.name, world.now(), zone, trouble=without_plans(known))
    before = {plan.kind: run_history.remembered(journal.runs.get(plan.kind.value, {})) for plan in set_up}
    interest = Interest(
        known,
        set_up,
        run_history.settled_until(before.get(JobKind.EXPORT, ())),
        journal.waiting_since.get("ssh2-key"),
    )
    evidence = await gather(interest, world)
    judged = assess(set_up, known, evidence, world.now(), before)
    news = [entry for job in judged for entry in run_history.entries(job.kind, before[job.kind], job.runs)]
    if news:
        integration.note(news)
    return IntegrationStatus(
        integration.name,
        world.now(),
        zone,
        judged,
        pieces(evidence, zone),
        (*one_sided(known), *publishing(evidence.published), *clock_differs(world)),
        blind=frozenset(one.cause for one in evidence.unseen()),
    )


def assess(
    set_up: Sequence[Plan],
    known: Known,
    evidence: Evidence,
    now: datetime,
    before: Mapping[JobKind, tuple[SeenRun, ...]],
) -> tuple[JobStatus, ...]:
    """Return how the jobs stand by this evidence and the runs that were seen before; pure.

    Each job's `runs` hold those seen now too.
    """
    export = next((plan for plan in set_up if plan.kind is JobKind.EXPORT), None)
    statuses = []
    for plan in set_up:
        case = Case(plan, expectation(plan, now), evidence, known, now, before.get(plan.kind, ()), export)
        statuses.append(_status(replace(case, runs=_with_news(case))))
    return tuple(statuses)


def _with_news(case: Case) -> tuple[SeenRun, ...]:
    news = run_history.seen_now(case.plan.kind, case.evidence, case.now)
    traced = traced_run(case) if case.plan.kind is JobKind.IMPORT else None
    return run_history.merged(case.runs, (*news, traced) if traced is not None else news)


def _status(case: Case) -> JobStatus:
    plan = case.plan
    status = JobStatus(plan.kind, plan.name, case.expected, judge(case), case.runs)
    if plan.kind is JobKind.EXPORT:
        job = getattr(case.evidence.connect, "job", None)
        return replace(status, job_id=job.job_id if job is not None else None)
    shown = getattr(case.evidence.screen, "run", None)
    return replace(status, log=shown.log if shown is not None else ())
