"""The traces of an import: a file that was moved, records that arrived. Pure.

The file shows that a run has fetched it, not its result: a file with bad data is moved as well (facts C.7;
documented). The records show the result for a small sample. The journal keeps what was once seen of a run, because
the records change again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TypeAlias

from cxr_tui.domain.answers import Known
from cxr_tui.domain.responsys_data import CLOCK_SKEW, RemoteFile, RunStatus, age_key
from cxr_tui.guide.checks.members import changed_since, differences
from cxr_tui.jobs.evidence import FilesSeen, MembersSeen, Record
from cxr_tui.jobs.expected_runs import slot_before
from cxr_tui.jobs.job_state import JobContext
from cxr_tui.jobs.run_history import JobRun

ExportWindow: TypeAlias = tuple[datetime | None, datetime]
"""The latest time at which the export before read the list (None: there was none), and the earliest at which the export
that an import loads read it; both aware.
"""


@dataclass(frozen=True)
class ImportEvidence:
    """The traces of the latest due run."""

    fetched: RemoteFile | None
    """The file of the latest export, if it was fetched."""
    left: RemoteFile | None
    """That file, if it is still in the export's folder."""
    fresh: bool
    """Whether the export wrote a file for this run, as far as known."""
    arrived: int
    """Records that verify this run because they were changed right before it; none if another did not arrive."""
    amiss: int
    """Records that did not arrive, now or when the same run was seen before."""
    in_order: int
    """Records that are as they should be, now or when the same run was seen before."""
    traceless: bool
    """Whether no export was due between the last two slots, so that the latest run had no new file to load."""


def import_evidence(case: JobContext) -> ImportEvidence:
    """Return the traces of the latest due import."""
    export = _export_window(case)
    files = case.evidence.files if isinstance(case.evidence.files, FilesSeen) else FilesSeen()
    waiting = files.waiting if export is not None and _is_of(export, files.waiting, case.now) else None
    fetched = files.archived if export is not None and _is_of(export, files.archived, case.now) else None
    if fetched is not None and waiting is not None and age_key(waiting) > age_key(fetched):
        # a newer export waits for the next slot; else the latest was not fetched
        later = case.expected.due is not None and age_key(waiting) > case.expected.due.end
        fetched = fetched if later else None
    records: Counter[_Record] = Counter()
    if export is not None and isinstance(case.evidence.members, MembersSeen):
        records = Counter(_compared(ours, theirs, case.known, export) for ours, theirs in case.evidence.members.pairs)
    kept = _kept(case, fetched)
    amiss = max(records[_Record.AMISS], (kept.rejected or 0) if kept is not None else 0)
    kept_well = kept is not None and kept.status is RunStatus.SUCCEEDED
    return ImportEvidence(
        fetched=fetched,
        left=waiting,
        fresh=export is None or waiting is not None or fetched is not None,
        arrived=0 if amiss else records[_Record.ARRIVED],
        amiss=amiss,
        in_order=records[_Record.ARRIVED] + records[_Record.SAME] or int(kept_well),
        traceless=export is not None and _had_no_export(case, export),
    )


def inferred_run(case: JobContext, traces: ImportEvidence) -> JobRun | None:
    """Return the latest run by its traces, for the journal; None: there are none."""
    due = case.expected.due
    if due is None or traces.fetched is None or traces.traceless:
        return None
    well = traces.in_order > 0 and not traces.amiss
    return JobRun(
        _key(traces.fetched),
        due.start,
        RunStatus.SUCCEEDED if well else None,
        rejected=traces.amiss or None,
        size=traces.fetched.size,
    )


def _key(fetched: RemoteFile) -> str:
    return f"fetched:{age_key(fetched).isoformat()}"


def _kept(case: JobContext, fetched: RemoteFile | None) -> JobRun | None:
    if fetched is None:
        return None
    return next((run for run in case.runs if run.key == _key(fetched)), None)


def _export_window(case: JobContext) -> ExportWindow | None:
    """Return the export that the latest due import had to load."""
    loads = case.expected.due
    if loads is None or case.export is None:
        return None
    latest = slot_before(case.export, loads.start - CLOCK_SKEW)
    if latest is None:
        return None
    earlier = slot_before(case.export, latest.start - CLOCK_SKEW)
    return earlier.end if earlier else None, latest.start


def _is_of(export: ExportWindow, file: RemoteFile | None, now: datetime) -> bool:
    written = file.written(now) if file is not None else None
    return written is not None and written >= export[1] - CLOCK_SKEW


def _had_no_export(case: JobContext, export: ExportWindow) -> bool:
    loads = case.expected.due
    earlier = slot_before(case.plan, loads.start - CLOCK_SKEW) if loads is not None else None
    return earlier is not None and earlier.start >= export[1]


class _Record(Enum):
    """What a sample record shows of an import."""

    ARRIVED = auto()
    """Changed in Responsys since the export before; CX Audience has the new values, written since."""
    SAME = auto()
    """The same on both sides, but not changed recently: no evidence of this import."""
    LATE = auto()
    """Different, perhaps changed after the export: the next import loads them."""
    AMISS = auto()
    """Different or missing although not changed since the export: it should have been loaded and was not."""


def _compared(ours: Record, theirs: Record | None, known: Known, export: ExportWindow) -> _Record:
    """Compare a sample record by the import's column mapping."""
    before, exported = export
    changed_late = changed_since(ours, exported, known)
    if theirs is None or differences(known.pairs("target-definition.mapping"), ours, theirs):
        return _Record.LATE if changed_late else _Record.AMISS
    recent = before is not None and not changed_late and changed_since(ours, before, known, surely=True)
    # An import sets MODIFIED_DATE_ in CX Audience (inferred); equal values alone may be older.
    return _Record.ARRIVED if recent and changed_since(theirs, exported, known, surely=True) else _Record.SAME
