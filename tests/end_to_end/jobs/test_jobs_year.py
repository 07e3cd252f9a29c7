"""A simulated year in two time zones: every day's judgement is the sandbox's own truth, or says that it cannot see."""

from __future__ import annotations

import pytest

from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.job_state import JobState
from support.worlds.jobs_setting import jobs_stage
from support.worlds.jobs_year import PIECES, Day, year

EVERY_STATE = set(JobState) - {JobState.UNKNOWN, JobState.RUNNING}
"""A run takes no time in the sandbox, so none is under way at the hours of the looks."""


def wrong(day: Day, kind: JobKind) -> str:
    """Say what is wrong with a day's judgement of a job; empty: nothing."""
    truth, judged = day.truth[kind], day.judged[kind]
    modest = {JobState.UNKNOWN} if day.due[kind] else {JobState.UNKNOWN, JobState.NOT_DUE}
    # no interface shows the import's job, so its truth is known by traces only
    allowed = {truth} if kind is JobKind.EXPORT and not day.blind else {truth, day.traces[kind], *modest}
    if judged.state not in allowed:
        return f"{day.label} {kind}: {judged.state}, but it is {truth}. {judged.assessment.reason}"
    for left, states in day.partly.items():
        wanted = truth if kind is JobKind.EXPORT and "connect" in left else day.traces[kind]
        if states[kind] not in {wanted, truth, *modest}:
            return f"{day.label} {kind}: with {left or 'nothing'} it is called {states[kind]}, but it is {truth}"
    return ""


@pytest.mark.sampled(0)
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
async def test_every_day_is_judged_as_it_is(zone: str) -> None:
    mistakes: list[str] = []
    met: set[JobState] = set()
    seen_with: dict[tuple[str, ...], set[JobState]] = {}
    async with jobs_stage(zone) as stage:
        async for day in year(stage):
            for kind, truth in day.truth.items():
                met.add(truth)
                mistakes += [found] if (found := wrong(day, kind)) else []
                for left, states in day.partly.items():
                    seen_with.setdefault((kind.value, *left), set()).add(states[kind])
    assert mistakes == []
    assert met >= EVERY_STATE
    # What little is left still tells something: not everything is called unknown.
    assert JobState.ON_TIME in seen_with["export", "files"]
    assert JobState.ON_TIME in seen_with["import", "files", "members"]
    assert JobState.REJECTED in seen_with["import", "files", "members"]
    assert JobState.ON_TIME in seen_with["import", "members"]
    assert seen_with["import", "connect"] <= {
        JobState.UNKNOWN,
        JobState.NOT_DUE,
        JobState.GONE,
        JobState.WAITING_FOR_KEY,
    }
    assert {*PIECES} == {"connect", "files", "members"}
