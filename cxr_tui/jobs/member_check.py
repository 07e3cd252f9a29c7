"""The known members as evidence of the newest import: arrived, not arrived, or no evidence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cxr_tui.domain.answers import Known
from cxr_tui.domain.schedule import UnknownZoneError, zone_of
from cxr_tui.guide.checks.members.compare import changed_since, differences
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.jobs.evidence import MembersSeen, Record


@dataclass(frozen=True)
class ExportWindow:
    """One export, which an import then loads (aware times)."""

    before: datetime | None
    """When the list was written to the file before, at the latest; None: this is the first export."""
    exported: datetime
    """When the list was written to the file, at the earliest."""


@dataclass(frozen=True)
class MemberCounts:
    """Known members by their evidence."""

    arrived: int = 0
    """Changed in Responsys since the export before, and CX Audience has the new values, written since."""
    same: int = 0
    """The same on both sides, but not changed lately: no witness of this import."""
    late: int = 0
    """Differ, and may have been changed after the export: the next import's affair."""
    behind: int = 0
    """Differ although they were not changed since the export."""
    missing: int = 0
    """Not in CX Audience although they were there to be exported."""

    @property
    def amiss(self) -> int:
        """How many should have been loaded and were not."""
        return self.behind + self.missing

    @property
    def in_order(self) -> int:
        """How many are as they should be."""
        return self.arrived + self.same


def count_members(seen: MembersSeen, known: Known, one: ExportWindow) -> MemberCounts:
    """Return the counts of the known members, by the import's column mapping."""
    mapping = known.pairs("target-definition.mapping")
    counts = dict.fromkeys(("arrived", "same", "late", "behind", "missing"), 0)
    for ours, theirs in seen.pairs:
        counts[_told(ours, theirs, mapping, known, one)] += 1
    return MemberCounts(**counts)


def _told(ours: Record, theirs: Record | None, mapping: Mapping[str, str], known: Known, one: ExportWindow) -> str:
    changed_late = changed_since(ours, one.exported, known)
    if theirs is None:
        return "late" if changed_late else "missing"
    if differences(mapping, ours, theirs):
        return "late" if changed_late else "behind"
    lately = one.before is not None and not changed_late and surely_changed_since(ours, one.before, known)
    # Its own MODIFIED_DATE_ is what an import leaves behind (inferred); equal values alone may be older than that.
    return "arrived" if lately and surely_changed_since(theirs, one.exported, known) else "same"


def surely_changed_since(record: Record, moment: datetime, known: Known) -> bool:
    """Say whether a record's MODIFIED_DATE_ is not before a moment (aware), whichever zone the column is in.

    That zone is not documented: UTC and the account's are both tried, and the earlier one counts.
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
