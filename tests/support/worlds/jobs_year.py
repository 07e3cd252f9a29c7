"""A year of both jobs in the sandbox, with everything that befalls them, looked at every day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from cxr_tui.domain.answers import Known
from cxr_tui.domain.login_endings import one_command
from cxr_tui.jobs import run_history
from cxr_tui.jobs.collect import gather
from cxr_tui.jobs.evidence import Evidence, Unavailable
from cxr_tui.jobs.expected_runs import JobKind, ScheduledJob, scheduled_jobs
from cxr_tui.jobs.job_state import JobState
from cxr_tui.jobs.status import JobStatus, assess
from cxr_tui.sandbox.shared.rest import UNAVAILABLE
from support.sampling import Run
from support.worlds.jobs_products import TAG, VICTIM, WITNESS, register_key
from support.worlds.jobs_setting import JobsStage, strike
from support.worlds.jobs_truth import export_truth, import_truth, is_due

DAYS = 365
TAKEN = Unavailable("It was taken away.")
EVERY_CALL = 10**6
REAL_EVERY = 45
"""Every so many days the same is looked at over sockets, SSH and gpg."""


@dataclass(frozen=True)
class Day:
    """One look: what was judged with all evidence and with every part of it taken away, and what is true."""

    number: int
    label: str
    truth: dict[JobKind, JobState]
    traces: dict[JobKind, JobState]
    """The truth as far as runs tell it: a job that was switched off since its newest slot has still run there."""
    due: dict[JobKind, bool]
    """Whether a run was due since the schedule was set or changed."""
    judged: dict[JobKind, JobStatus]
    partly: dict[tuple[str, ...], dict[JobKind, JobState]]
    """Judgements by the names of the pieces that were left."""
    blind: bool
    """Whether Responsys could not be asked."""
    real: bool


PIECES = ("connect", "files", "members")


async def year(stage: JobsStage, days: int = DAYS) -> AsyncIterator[Day]:
    """Live through the year; yields what every day's looks have shown, at 03:00 and at noon of the account's time."""
    for number in range(days):
        # at three in the morning one job may have run and the other not; around every change that is looked at too
        early = number > 0 and (number % 4 == 0 or number - 1 in EVENTS)
        looked_at = Run.whole or number % 30 == 0 or any(number - ago in EVENTS for ago in range(3))
        for hour in (3, 12) if early else (12,):
            await stage.advance_to(number, hour)
            if looked_at:
                yield await look_at(stage, number, f"{stage.today():%Y-%m-%d %H:%M}")
        await _afternoon(stage, number)


async def _afternoon(stage: JobsStage, number: int) -> None:
    """Let happen what befalls the jobs on a day, after it was looked at."""
    await stage.advance_to(number, 13)
    stage.change(WITNESS, FIRST_NAME=f"Name{number}")
    real_tomorrow = (number + 1) % REAL_EVERY == 0
    if stage.real != real_tomorrow:
        stage.real = real_tomorrow
        stage.encrypt_from_now_on(real_tomorrow)
    status = stage.responsys.ssh2_keys.statuses().get(TAG)
    if status is not None and stage.journal.values.get("ssh2-key.status") != status:
        stage.tell("ssh2-key", status=status)
    befalls = EVENTS.get(number)
    if befalls is not None:
        await befalls(stage)


# What happens


async def _begin(stage: JobsStage) -> None:
    await stage.schedule_export("02:15")
    stage.strike_exports()


async def _recover_exports(stage: JobsStage) -> None:
    stage.responsys.jobs.activate(stage.export_job)


async def _import_begins(stage: JobsStage) -> None:
    await register_key(stage, timedelta(days=9, minutes=-30))  # before the person notes it, at one
    await stage.schedule_import("04:00")


async def _outage(stage: JobsStage) -> None:
    stage.strike_exports()


async def _deaf(stage: JobsStage) -> None:
    stage.responsys.outages.plan(UNAVAILABLE, EVERY_CALL, "/rest/api")


async def _hears_again(stage: JobsStage) -> None:
    stage.responsys.outages.planned.clear()
    await _recover_exports(stage)


async def _imports_strike(stage: JobsStage) -> None:
    strike(stage.import_job)


async def _imports_recover(stage: JobsStage) -> None:
    stage.audience.jobs.activate(stage.import_job)


def _slots(
    export: str, import_: str, other: Mapping[str, str] | None = None, *, told: bool = True
) -> Callable[[JobsStage], Awaitable[None]]:
    async def move(stage: JobsStage) -> None:
        await stage.schedule_export(export, other, told=told)
        if import_:
            await stage.schedule_import(import_, other)

    return move


async def _list_renamed(stage: JobsStage) -> None:
    stage.responsys.account.lists["RENAMED"] = stage.responsys.account.lists.pop("CUSTOMERS")


async def _list_named_back(stage: JobsStage) -> None:
    stage.responsys.account.lists["CUSTOMERS"] = stage.responsys.account.lists.pop("RENAMED")


async def _spoil(stage: JobsStage) -> None:
    stage.change(VICTIM, MOBILE_NUMBER_="12")


async def _mend(stage: JobsStage) -> None:
    stage.change(VICTIM, MOBILE_NUMBER_="12125550100")


async def _rest_export(stage: JobsStage) -> None:
    stage.responsys.jobs.deactivate(stage.export_job)


async def _rest_import(stage: JobsStage) -> None:
    stage.audience.jobs.deactivate(stage.import_job)


async def _both_again(stage: JobsStage) -> None:
    await stage.schedule_export("02:15")
    await stage.schedule_import("04:00")


async def _end_date(stage: JobsStage) -> None:
    ends = f"{stage.today() + timedelta(days=10):%Y-%m-%d}"
    await stage.schedule_export("02:15", {"End date": ends})
    await stage.schedule_import("04:00", {"End date": ends})


async def _expiration(stage: JobsStage) -> None:
    ends = f"{stage.today() + timedelta(days=8):%Y-%m-%d}"
    await stage.schedule_export("02:15", {"Expiration": ends})
    await stage.schedule_import("04:00", {"Expiration": ends})


EVENTS: dict[int, Callable[[JobsStage], Awaitable[None]]] = {
    1: _begin,  # scheduled, but Oracle starts nothing: after the first slot it has never run
    4: _recover_exports,
    6: _import_begins,  # with the SSH2 key still to be added, nine days
    30: _outage,  # a week: four days in which Connect says so, three in which it does not answer at all
    34: _deaf,
    37: _hears_again,
    50: _imports_strike,
    53: _imports_recover,
    # day 62 (Berlin: 83): clocks go forward over the export's slot
    100: _slots("05:45", "08:00"),  # moved later, and told
    120: _slots("07:30", "", told=False),  # moved in Responsys only
    126: _slots("07:30", "09:30"),
    140: _slots("03:00", "", told=False),  # moved to an earlier time, in Responsys only
    145: _slots("03:00", "09:30"),
    160: _list_renamed,  # exports fail
    163: _list_named_back,
    180: _spoil,  # one row is rejected
    183: _mend,
    200: _rest_export,
    204: _both_again,
    210: _rest_import,
    213: _both_again,
    230: _slots("02:15", "04:00", {"Every _ days": "2"}),
    250: _both_again,
    # days 293 and 300: clocks go back (Berlin first)
    320: _end_date,
    340: _expiration,
}
"""What befalls the jobs, by the day after whose noon it does."""


# Looking


async def look_at(stage: JobsStage, number: int, label: str) -> Day:
    """Gather once, judge with everything and with every part of it, and ask the sandbox for the truth."""
    set_up = scheduled_jobs(stage.journal_state())
    before = {plan.kind: run_history.remembered(stage.journal_state().runs.get(plan.kind.value, {})) for plan in set_up}
    known = Known(dict(stage.journal_state().values))
    since = run_history.fetch_runs_since(before.get(JobKind.EXPORT, ()))
    with one_command():  # each look is one; for this machine's clock the days follow within a minute
        evidence = await gather(known, set_up, stage.world, since)
    now = stage.clock.now()
    judged = {one.kind: one for one in assess(set_up, known, evidence, now, before)}
    for kind, one in judged.items():
        stage.note(run_history.entries(kind, before[kind], one.runs))
    partly = {left: _with_less(stage, left, set_up, known, evidence) for left in _subsets()}
    truths = {JobKind.EXPORT: export_truth, JobKind.IMPORT: import_truth}
    truth = {plan.kind: truths[plan.kind](stage) for plan in set_up}
    traces = {plan.kind: truths[plan.kind](stage, by_traces=True) for plan in set_up}
    due = {plan.kind: is_due(stage, plan.kind) for plan in set_up}
    return Day(number, label, truth, traces, due, judged, partly, isinstance(evidence.connect, Unavailable), stage.real)


def _with_less(
    stage: JobsStage, left: tuple[str, ...], set_up: Sequence[ScheduledJob], known: Known, evidence: Evidence
) -> dict[JobKind, JobState]:
    """Judge by a part of the evidence, and remember only what that part has ever shown."""
    before = stage.memories.setdefault(left, {})
    judged = assess(set_up, known, limited(evidence, left), stage.clock.now(), before)
    before.update({one.kind: one.runs for one in judged})
    return {one.kind: one.state for one in judged}


def limited(evidence: Evidence, left: tuple[str, ...]) -> Evidence:
    """Return the evidence with only these pieces."""
    return replace(evidence, **dict.fromkeys((name for name in PIECES if name not in left), TAKEN))


def _subsets() -> list[tuple[str, ...]]:
    return [tuple(name for at, name in enumerate(PIECES) if bits >> at & 1) for bits in range(2 ** len(PIECES))]
