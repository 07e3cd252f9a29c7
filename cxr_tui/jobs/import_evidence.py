"""The traces of an import: a file that was moved, records that arrived. Pure.

The file shows that a run has fetched it, not its result: a file with bad data is moved as well (facts C.7;
documented). The records show the result for a small sample. The journal keeps what was once seen of a run, because
the records change again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cxr_tui.domain.answers import Known
from cxr_tui.domain.responsys_data import CLOCK_SKEW, RemoteFile, RunStatus, age_key
from cxr_tui.domain.schedule import UnknownZoneError, zone_of
from cxr_tui.guide.checks.members import changed_since, differences
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.jobs.assessment import JobContext
from cxr_tui.jobs.evidence import FilesSeen, MembersSeen, Record, ScreenSeen
from cxr_tui.jobs.expected_runs import slot_before
from cxr_tui.jobs.run_history import JobRun


@dataclass(frozen=True)
class ExportWindow:
    """The export that an import loads (aware times)."""

    before: datetime | None
    """Latest time at which the export before read the list; None: this is the first export."""
    exported: datetime
    """Earliest time at which the export read the list."""


@dataclass(frozen=True)
class MemberCounts:
    """Sample records by what they show of an import."""

    arrived: int = 0
    """Changed in Responsys since the export before; CX Audience has the new values, written since."""
    same: int = 0
    """The same on both sides, but not changed recently: no evidence of this import."""
    late: int = 0
    """Different, perhaps changed after the export: the next import loads them."""
    behind: int = 0
    """Different although not changed since the export."""
    missing: int = 0
    """Not in CX Audience although the export contained them."""

    @property
    def amiss(self) -> int:
        """Records that should have been loaded and were not."""
        return self.behind + self.missing

    @property
    def in_order(self) -> int:
        """Records that are as they should be."""
        return self.arrived + self.same


@dataclass(frozen=True)
class ImportEvidence:
    """The traces of the latest due run."""

    fetched: RemoteFile | None
    """The file of the latest export, if it was fetched."""
    left: RemoteFile | None
    """That file, if it is still in the export's folder."""
    fresh: bool
    """Whether the export wrote a file for this run, as far as known."""
    counts: MemberCounts | None
    """The sample records; None: none was compared."""
    amiss: int
    """Records that did not arrive, now or when the same run was seen before."""
    in_order: int
    """Records that are as they should be, now or when the same run was seen before."""
    traceless: bool
    """Whether no export was due between the last two slots, so that the latest run had no new file to load."""

    @property
    def arrived(self) -> int:
        """Records that verify this run because they were changed right before it."""
        return self.counts.arrived if self.counts is not None and not self.amiss else 0


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
    counts: MemberCounts | None = None
    if export is not None and isinstance(case.evidence.members, MembersSeen):
        counts = count_members(case.evidence.members, case.known, export)
    kept = _kept(case, fetched)
    kept_well = 1 if kept is not None and kept.status is RunStatus.SUCCEEDED else 0
    return ImportEvidence(
        fetched=fetched,
        left=waiting,
        fresh=export is None or waiting is not None or fetched is not None,
        counts=counts,
        amiss=max(counts.amiss if counts is not None else 0, (kept.rejected or 0) if kept is not None else 0),
        in_order=max(counts.in_order if counts is not None else 0, kept_well),
        traceless=export is not None and _had_no_export(case, export),
    )


def inferred_run(case: JobContext, traces: ImportEvidence) -> JobRun | None:
    """Return the latest run by its traces, for the journal; None: there are none, or a screen shows it."""
    due = case.expected.due
    if isinstance(case.evidence.screen, ScreenSeen) or due is None:
        return None
    if traces.fetched is None or traces.traceless:
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
    return ExportWindow(earlier.end if earlier else None, latest.start)


def _is_of(export: ExportWindow, file: RemoteFile | None, now: datetime) -> bool:
    written = file.written(now) if file is not None else None
    return written is not None and written >= export.exported - CLOCK_SKEW


def _had_no_export(case: JobContext, export: ExportWindow) -> bool:
    loads = case.expected.due
    earlier = slot_before(case.plan, loads.start - CLOCK_SKEW) if loads is not None else None
    return earlier is not None and earlier.start >= export.exported


def count_members(seen: MembersSeen, known: Known, export: ExportWindow) -> MemberCounts:
    """Count the sample records, compared by the import's column mapping."""
    mapping = known.pairs("target-definition.mapping")
    return MemberCounts(**Counter(_kind(ours, theirs, mapping, known, export) for ours, theirs in seen.pairs))


def _kind(ours: Record, theirs: Record | None, mapping: Mapping[str, str], known: Known, export: ExportWindow) -> str:
    changed_late = changed_since(ours, export.exported, known)
    if theirs is None:
        return "late" if changed_late else "missing"
    if differences(mapping, ours, theirs):
        return "late" if changed_late else "behind"
    recent = export.before is not None and not changed_late and surely_changed_since(ours, export.before, known)
    # An import sets MODIFIED_DATE_ in CX Audience (inferred); equal values alone may be older.
    return "arrived" if recent and surely_changed_since(theirs, export.exported, known) else "same"


def surely_changed_since(record: Record, moment: datetime, known: Known) -> bool:
    """Return whether a record's MODIFIED_DATE_ is at a time (aware) or later, whatever the column's time zone.

    That zone is not documented: the earlier reading of UTC and the account's zone counts.
    """
    try:
        local = datetime.fromisoformat(record.get("MODIFIED_DATE_", "").strip())
    except ValueError:
        return False
    if local.tzinfo is not None:
        return local >= moment
    readings = [local.replace(tzinfo=UTC)]
    try:
        readings.append(local.replace(tzinfo=zone_of(account_zone(known))))
    except UnknownZoneError:
        return readings[0] >= moment
    return min(readings) >= moment
