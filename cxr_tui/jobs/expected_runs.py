"""When the two jobs must have run and will run next, by the journal's schedules in the account's time zone. Pure.

A changed schedule counts from its change on: until its first slot no run is due, so that no run is compared with a
schedule that did not apply yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cxr_tui.domain.answers import Known
from cxr_tui.domain.schedule import SLOT, Schedule, Slot, UnknownZoneError, zone_of
from cxr_tui.guide.forms.schedule import account_zone, readable_schedule, schedule_keys, zone_unknown
from cxr_tui.journal.state import JournalState

PATIENCE = timedelta(hours=1)
"""How long after its slot a run may be absent; generous, because nothing is documented."""

SETTLING = timedelta(hours=1)
"""A slot this soon after a change of the schedule is not expected: the product's screen may have been saved before or
after the change here."""


class JobKind(StrEnum):
    """The two jobs of an integration."""

    EXPORT = "export"
    IMPORT = "import"


SCHEDULE_STEPS = {JobKind.EXPORT: "export-schedule", JobKind.IMPORT: "import-schedule"}
JOB_NUMBER = "export-schedule.job_id"
NAME_KEYS = {JobKind.EXPORT: "select-object.job_name", JobKind.IMPORT: "source-connectivity.job_name"}


@dataclass(frozen=True)
class ScheduledJob:
    """One job as it was set up."""

    kind: JobKind
    name: str
    schedule: Schedule
    since: datetime | None = None
    """When its schedule was last changed, or the job created again under another number (aware); None: never."""


@dataclass(frozen=True)
class ExpectedRuns:
    """The runs expected at one time. Slots, never minutes: the product picks the minute (facts B.5; documented)."""

    due: Slot | None
    """Latest slot whose run must have begun; None: no run is due yet."""
    pending: Slot | None
    """A slot that has begun and whose run may not have begun or ended yet."""
    following: Slot | None
    """First future slot; None: none is left."""
    expired: date | None
    """The expiration date, if it is over: the job was deleted at its end."""

    @property
    def latest(self) -> Slot | None:
        """The latest slot that has begun."""
        return self.pending or self.due


def scheduled_jobs(journal: JournalState) -> tuple[ScheduledJob, ...]:
    """Return the jobs that have a name and a readable schedule, the export first."""
    known, found = journal.known(), []
    for kind, step_id in SCHEDULE_STEPS.items():
        name, schedule = known.text(NAME_KEYS[kind]), readable_schedule(known, step_id)
        if name and schedule is not None:
            keys = (*schedule_keys(step_id), *([JOB_NUMBER] if kind is JobKind.EXPORT else []))
            since = max((journal.changed_at[key] for key in keys if key in journal.changed_at), default=None)
            found.append(ScheduledJob(kind, name, schedule, since))
    return tuple(found)


def why_not_assessable(known: Known) -> str:
    """Return why scheduled jobs cannot be assessed, an unknown time zone; empty: they can be, or there are none."""
    scheduled = any(known.has(f"{step_id}.date") for step_id in SCHEDULE_STEPS.values())
    try:
        zone_of(account_zone(known))
    except UnknownZoneError:
        return f"{zone_unknown(account_zone(known))} So no run can be reported as late or on time." if scheduled else ""
    return ""


def expected_runs(plan: ScheduledJob, now: datetime) -> ExpectedRuns:
    """Return the expected runs at a time (aware)."""
    schedule, due, begun = plan.schedule, _newest(plan, now - PATIENCE), slot_before(plan, now)
    return ExpectedRuns(
        due=due,
        pending=begun if begun != due else None,
        following=schedule.slot_after(now),
        expired=schedule.expiration if (end := schedule.expires_at()) and now >= end else None,
    )


def slot_before(plan: ScheduledJob, moment: datetime) -> Slot | None:
    """Return the latest slot that begins at a time or before it, over or not."""
    return _newest(plan, moment + SLOT)


def _newest(plan: ScheduledJob, over_by: datetime) -> Slot | None:
    """Return the latest slot of the schedule that has ended by a time; None where the schedule is younger."""
    slot = plan.schedule.last_slot(over_by)
    return slot if slot is None or plan.since is None or slot.start >= plan.since + SETTLING else None
