"""The history of runs as the journal keeps it, and warnings about its trends. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from cxr_tui.domain.finding import Finding, Report
from cxr_tui.domain.responsys_data import CLOCK_SKEW, RemoteFile, RunStatus
from cxr_tui.domain.text import counted
from cxr_tui.jobs.evidence import ConnectSeen, Evidence, FilesSeen
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.journal.events import run_entry
from cxr_tui.journal.store import Entry

ENOUGH = 3
"""Earlier runs needed for a trend."""
COMPARED = 14
"""Earlier runs that the latest one is compared with."""
LEAST_SLOWDOWN = 30
"""Seconds; a smaller increase is chance even if the duration doubled."""
_RUN_OF_FILE = timedelta(hours=6)
"""A file written up to this long after a run began counts as its file."""


@dataclass(frozen=True)
class JobRun:
    """One run as it was seen, or inferred from its file."""

    key: str
    """`run:<id>` for a run of Connect; if only a file shows the run, `file:<time>` for the export that wrote it and
    `fetched:<time>` for the import that fetched it."""
    started: datetime
    """Start (aware); of an export known by its file, when that was written; of an import, the start of its slot."""
    status: RunStatus | None = None
    seconds: int | None = None
    processed: int | None = None
    rejected: int | None = None
    size: int | None = None
    """Bytes of the exported file."""

    @property
    def run_id(self) -> int | None:
        """Connect's number of the run; None if another source shows the run."""
        kind, _, number = self.key.partition(":")
        return int(number) if kind == "run" and number.isdigit() else None

    @property
    def ended(self) -> bool:
        """Whether the run has ended."""
        return self.status is not None and self.status is not RunStatus.RUNNING


def remembered(records: Mapping[str, Mapping[str, Any]]) -> tuple[JobRun, ...]:
    """Return the runs of one job in the journal, newest first."""
    return _ordered(msgspec.convert({**body, "key": key}, JobRun) for key, body in records.items())


def seen_now(evidence: Evidence, now: datetime) -> tuple[JobRun, ...]:
    """Return the runs of the export in the evidence, newest first; a file of unknown age shows none."""
    files = evidence.files if isinstance(evidence.files, FilesSeen) else FilesSeen()
    file = files.newest
    if isinstance(evidence.connect, ConnectSeen):
        runs = (
            JobRun(f"run:{one.run_id}", one.started, one.status, one.seconds, one.processed, one.rejected)
            for one in evidence.connect.runs
            if one.started is not None
        )
        return _with_size(_ordered(runs), file)
    if file is None or (written := file.written(now)) is None:
        return ()
    return (JobRun(f"file:{written.isoformat()}", written, processed=files.counted, size=file.size),)


def merged(before: Sequence[JobRun], now: Sequence[JobRun]) -> tuple[JobRun, ...]:
    """Return all runs, newest first; new information replaces old, but a known size is kept."""
    known = {run.key: run for run in before}
    for run in now:
        size = known[run.key].size if run.size is None and run.key in known else run.size
        known[run.key] = replace(run, size=size)
    runs = _ordered(known.values())
    numbered = [run.started for run in reversed(runs) if run.key.startswith("run:")]
    return tuple(run for run in runs if not run.key.startswith("file:") or not _is_listed(run, numbered))


def _is_listed(file: JobRun, numbered: Sequence[datetime]) -> bool:
    """Return whether Connect lists the run that wrote a file, so that it is not counted twice."""
    at = bisect_right(numbered, file.started + CLOCK_SKEW)
    return at > 0 and file.started <= numbered[at - 1] + _RUN_OF_FILE


def entries(kind: JobKind, before: Sequence[JobRun], after: Sequence[JobRun]) -> list[Entry]:
    """Return journal entries for new and changed runs, oldest first."""
    known = {run.key: run for run in before}
    return [run_entry(kind.value, run.key, _body(run)) for run in reversed(after) if known.get(run.key) != run]


def fetch_runs_since(runs: Sequence[JobRun]) -> datetime | None:
    """Return the time from which runs have to be requested again; None: no run of Connect is known.

    That is the start of the oldest run that has not ended, else of the newest run.
    """
    numbered = [run for run in runs if run.run_id is not None]
    pending = [run.started for run in numbered if not run.ended]
    return min(pending) if pending else numbered[0].started if numbered else None


def trends(runs: Sequence[JobRun]) -> tuple[Finding, ...]:
    """Return warnings about the latest successful run compared with earlier ones."""
    good = [run for run in runs if run.status in (RunStatus.SUCCEEDED, None)]
    newest, before = good[0] if good else None, good[1 : COMPARED + 1]
    if newest is None or len(before) < ENOUGH:
        return ()
    report = Report()
    for now, usual, what in (
        (newest.processed, _usual(run.processed for run in before), "records"),
        (newest.size, _usual(run.size for run in before), "bytes"),
    ):
        if now is not None and usual and now * 2 <= usual:
            report.warn(
                "size-halved",
                f"The latest run has {now:,} {what}; the usual number is {usual:,.0f}.",
                "A list that shrinks by half overnight usually means a filter or a failed load, not customers leaving.",
                "Check Select object of the export job for a filter, and the number of records in the list.",
            )
            break
    usual = _usual(run.seconds for run in before)
    if newest.seconds is not None and usual is not None and newest.seconds >= max(2 * usual, usual + LEAST_SLOWDOWN):
        report.warn(
            "duration-doubled",
            f"The latest run took {newest.seconds:,} seconds; usually it takes {usual:,.0f}.",
            "If the duration keeps growing, the import may begin before the export has ended.",
            "Leave a larger gap between the two schedules. If the list has not grown, ask Oracle Support.",
        )
    usual = _usual(run.rejected for run in before)
    if newest.rejected is not None and usual and newest.rejected > 2 * usual:  # from none to some is a job state
        report.warn(
            "rejects-grow",
            f"The latest run rejected {counted(newest.rejected, 'record')}; the usual number is {usual:,.0f}.",
            "The data has changed, and the profile of each rejected record is not updated.",
            "Read the reasons in the job execution log, or download the rejected records, and fix the data.",
        )
    return report.confirmable().findings


def _usual(values: Iterable[int | None]) -> float | None:
    """Return the median; None if too few values are known."""
    known = sorted(value for value in values if value is not None)
    middle = len(known) // 2
    return (known[middle] + known[~middle]) / 2 if len(known) >= ENOUGH else None


def _with_size(runs: tuple[JobRun, ...], file: RemoteFile | None) -> tuple[JobRun, ...]:
    """Add a file's size to the run that wrote it: the latest one that began before the file was written."""
    if file is None or file.modified is None:
        return runs
    wrote = next((run for run in runs if run.started - CLOCK_SKEW <= file.modified), None)
    if wrote is None or wrote.status is not RunStatus.SUCCEEDED or file.modified > wrote.started + _RUN_OF_FILE:
        return runs
    return tuple(replace(run, size=file.size) if run is wrote else run for run in runs)


def _ordered(runs: Iterable[JobRun]) -> tuple[JobRun, ...]:
    return tuple(sorted(runs, key=lambda run: (run.started, run.key), reverse=True))


def _body(run: JobRun) -> dict[str, Any]:
    document = msgspec.to_builtins(run, builtin_types=(datetime,)) | {"started": run.started.isoformat()}
    return {name: value for name, value in document.items() if value is not None and name != "key"}
