"""How both jobs really stand, by the sandbox's own recurrences, runs and keys, never by the product's code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.job_state import JobState
from support.worlds.jobs_products import EXPORT, IMPORT, TAG
from support.worlds.jobs_setting import JobsStage
from support.worlds.recurrence import Recurrence

OWED_AFTER = timedelta(minutes=75)
"""From the beginning of a slot until its run is owed: the quarter hour and an hour's patience."""

LAST_DAYS = timedelta(days=5)


def export_truth(stage: JobsStage, *, by_traces: bool = False) -> JobState:
    """Return how the export stands; `by_traces` leaves out what no run shows: that the job was switched off since."""
    job = stage.responsys.jobs.by_name.get(EXPORT)
    if job is None:
        return JobState.GONE
    if job.running:
        return JobState.RUNNING
    if job.schedule is None and not by_traces:
        return JobState.INACTIVE
    runs = [(run.started, run.status, run.rejected) for run in job.runs]
    return _by_runs(runs, _owed(stage.exports, stage.clock.now()))


def import_truth(stage: JobsStage, *, by_traces: bool = False) -> JobState:
    """Return the same of the import."""
    job = stage.audience.jobs.by_name.get(IMPORT)
    if job is None:
        return JobState.GONE
    if job.schedule is None and not by_traces:
        return JobState.INACTIVE
    runs = [(run.started, run.status, run.rejected) for run in job.runs]
    told = _by_runs(runs, _owed(stage.imports, stage.clock.now()))
    if told is JobState.FAILED and stage.responsys.ssh2_keys.statuses().get(TAG) == "Processing":
        return JobState.WAITING_FOR_KEY
    return told


def is_due(stage: JobsStage, kind: JobKind) -> bool:
    """Return whether a run was due since the schedule was set or changed; before, no run can be late or on time."""
    activations = stage.exports if kind is JobKind.EXPORT else stage.imports
    return _owed(activations, stage.clock.now()) is not None


def _by_runs(runs: Sequence[tuple[datetime, RunStatus, int]], owed: datetime | None) -> JobState:
    newest = max(runs, default=None)
    if newest is None:
        return JobState.NOT_DUE if owed is None else JobState.NEVER_RAN
    started, status, rejected = newest
    if owed is not None and started < owed:
        return JobState.LATE
    if status is RunStatus.RUNNING:
        return JobState.RUNNING
    if status is RunStatus.SUCCEEDED:
        return JobState.REJECTED if rejected else JobState.ON_TIME
    return JobState.FAILED


def _owed(activations: Sequence[tuple[datetime, Recurrence]], now: datetime) -> datetime | None:
    """Return the beginning of the newest slot whose run is owed by the schedule that was activated last."""
    for since, recurrence in activations[-1:]:
        # usually it is one of the last days; where a schedule has ended, it can be any since it was activated
        for begin in (max(since, now - LAST_DAYS), since):
            newest, slot = None, recurrence.slot_after(begin)
            while slot is not None and slot + OWED_AFTER <= now:
                newest, slot = slot, recurrence.slot_after(slot)
            if newest is not None:
                return newest
    return None
