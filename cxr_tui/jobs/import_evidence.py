"""What a run of the import leaves behind: a file that was moved, people who have arrived. Pure.

The first shows that a run has fetched the file, not how it ended: a file with bad data is moved as well (facts C.7;
documented). The second shows it for a few people only. What was once seen of a run is kept in the journal, for the
people are changed again and can then tell no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cxr_tui.domain.responsys_data import CLOCK_SKEW, RemoteFile, RunStatus, age_key
from cxr_tui.jobs.assessment import JobContext
from cxr_tui.jobs.evidence import FilesSeen, MembersSeen, ScreenSeen
from cxr_tui.jobs.expected_runs import slot_before
from cxr_tui.jobs.member_check import ExportWindow, MemberCounts, count_members
from cxr_tui.jobs.run_history import JobRun


@dataclass(frozen=True)
class ImportEvidence:
    """The traces of the newest run that is owed."""

    fetched: RemoteFile | None
    """The file of the newest export, where it was fetched."""
    left: RemoteFile | None
    """That file, where it is still in the folder of the export."""
    fresh: bool
    """Whether the export has brought a file for this run at all, as far as that can be seen."""
    counts: MemberCounts | None
    """The known members by their evidence; None: none was compared."""
    amiss: int
    """How many of them did not arrive, now or at an earlier look at the same run."""
    in_order: int
    """How many of them are as they should be, now or at an earlier look."""
    traceless: bool
    """Whether no export was due between the last two slots, so that the newest run had nothing of its own to load."""

    @property
    def arrived(self) -> int:
        """How many prove this very run by having been changed right before it."""
        return self.counts.arrived if self.counts is not None and not self.amiss else 0


def import_evidence(case: JobContext) -> ImportEvidence:
    """Return the traces of the newest import that is owed."""
    one = _round(case)
    files = case.evidence.files if isinstance(case.evidence.files, FilesSeen) else FilesSeen()
    waiting = files.waiting if one is not None and _is_of(one, files.waiting, case.now) else None
    fetched = files.archived if one is not None and _is_of(one, files.archived, case.now) else None
    if fetched is not None and waiting is not None and age_key(waiting) > age_key(fetched):
        # a still newer export waits for the next slot; else the newest was not fetched
        later = case.expected.due is not None and age_key(waiting) > case.expected.due.end
        fetched = fetched if later else None
    counts: MemberCounts | None = None
    if one is not None and isinstance(case.evidence.members, MembersSeen):
        counts = count_members(case.evidence.members, case.known, one)
    kept = _kept(case, fetched)
    kept_well = 1 if kept is not None and kept.status is RunStatus.SUCCEEDED else 0
    return ImportEvidence(
        fetched=fetched,
        left=waiting,
        fresh=not isinstance(case.evidence.files, FilesSeen) or waiting is not None or fetched is not None,
        counts=counts,
        amiss=max(counts.amiss if counts is not None else 0, (kept.rejected or 0) if kept is not None else 0),
        in_order=max(counts.in_order if counts is not None else 0, kept_well),
        traceless=one is not None and _had_no_export(case, one),
    )


def inferred_run(case: JobContext, traces: ImportEvidence) -> JobRun | None:
    """Return the newest run as its traces show it, to be kept; None: there are none, or a screen shows it."""
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


def _round(case: JobContext) -> ExportWindow | None:
    """Return the export that the newest owed import had to load, and the one before it."""
    loads = case.expected.due
    if loads is None or case.export is None:
        return None
    cut = slot_before(case.export, loads.start - CLOCK_SKEW)
    if cut is None:
        return None
    earlier = slot_before(case.export, cut.start - CLOCK_SKEW)
    return ExportWindow(earlier.end if earlier else None, cut.start)


def _is_of(one: ExportWindow, file: RemoteFile | None, now: datetime) -> bool:
    written = file.written(now) if file is not None else None
    return written is not None and written >= one.exported - CLOCK_SKEW


def _had_no_export(case: JobContext, one: ExportWindow) -> bool:
    loads = case.expected.due
    earlier = slot_before(case.plan, loads.start - CLOCK_SKEW) if loads is not None else None
    return earlier is not None and earlier.start >= one.exported
