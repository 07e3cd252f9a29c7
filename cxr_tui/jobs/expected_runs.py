"""When the two jobs must have run, and when they run next: from the journal's schedules, in the account's time zone.

Pure. A schedule that was changed counts from the moment of the change on; the days before are held against the one
that was in force then, so that a slot that was moved is not called late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.schedule import SLOT, Schedule, Slot, UnknownZoneError, zone_of
from cxr_tui.guide.forms.schedule import account_zone, read_schedule, schedule_keys, zone_unknown
from cxr_tui.journal.state import JournalState

PATIENCE = timedelta(hours=1)
"""How long after its slot a run may take before its absence means something; nothing is documented, so generous."""

SETTLING = timedelta(hours=1)
"""A slot so soon after a change of the schedule is not counted on: the screen may have been saved before or after it
was noted here."""

_INSTANT = timedelta(microseconds=1)


class JobKind(StrEnum):
    """The two jobs of an integration."""

    EXPORT = "export"
    IMPORT = "import"


SCHEDULE_STEPS = {JobKind.EXPORT: "export-schedule", JobKind.IMPORT: "import-schedule"}
JOB_NUMBER = "export-schedule.job_id"
NAME_KEYS = {JobKind.EXPORT: "select-object.job_name", JobKind.IMPORT: "source-connectivity.job_name"}


@dataclass(frozen=True)
class ScheduleVersion:
    """One schedule and since when it holds (aware); None: from the beginning."""

    schedule: Schedule
    since: datetime | None = None


@dataclass(frozen=True)
class ScheduledJob:
    """One job as it was set up: its name, and its schedules, oldest first."""

    kind: JobKind
    name: str
    versions: tuple[ScheduleVersion, ...]
    made_again: datetime | None = None
    """When the job was first seen under its present number, where it had another one before (aware)."""

    @property
    def schedule(self) -> Schedule:
        """The present schedule."""
        return self.versions[-1].schedule


@dataclass(frozen=True)
class ExpectedRuns:
    """What a plan asks of one moment. Slots, never minutes: the product picks the minute (facts B.5; documented)."""

    due: Slot | None
    """Newest slot whose run must have ended, or at least shown itself; None: no run is owed yet."""
    pending: Slot | None
    """A slot that has begun, while its run may still be to come or under way."""
    following: Slot | None
    """First slot that is still to begin; None: none is left."""
    expired: date | None
    """The day at whose end the job was deleted for good, where that day is over."""
    counts_from: datetime | None = None
    """A run that began no earlier counts as the one of `due`; None: no run is owed."""

    @property
    def latest(self) -> Slot | None:
        """The newest slot that has begun."""
        return self.pending or self.due


def scheduled_jobs(journal: JournalState) -> tuple[ScheduledJob, ...]:
    """Return the jobs that are set up as far as a name and a schedule, the export first."""
    found = []
    for kind in JobKind:
        name, versions = journal.known().text(NAME_KEYS[kind]), _versions(journal, SCHEDULE_STEPS[kind])
        if name and versions:
            found.append(ScheduledJob(kind, name, versions, _made_again(journal) if kind is JobKind.EXPORT else None))
    return tuple(found)


def without_plans(known: Known) -> str:
    """Say why jobs that were set up cannot be judged: their zone is not known; nothing where none was set up."""
    scheduled = any(known.has(f"{step_id}.date") for step_id in SCHEDULE_STEPS.values())
    try:
        zone_of(account_zone(known))
    except UnknownZoneError:
        return f"{zone_unknown(account_zone(known))} So no run can be called late or on time." if scheduled else ""
    return ""


def expected_runs(plan: ScheduledJob, now: datetime) -> ExpectedRuns:
    """Return what the plan asks of a moment (aware)."""
    schedule = plan.schedule
    upcoming = schedule.next_slot(now)
    following = upcoming
    if upcoming is not None and upcoming.start <= now:
        following = schedule.next_slot(upcoming.end)
    due = _newest(plan, now - PATIENCE)
    if due is not None and plan.made_again is not None and due.start < plan.made_again:
        due = None  # the job of that slot is gone, with its runs
    return ExpectedRuns(
        due=due,
        pending=_pending(plan, now),
        following=following,
        expired=schedule.expiration if _is_over(schedule, now) else None,
        counts_from=None if due is None else _counts_from(plan, due),
    )


def _counts_from(plan: ScheduledJob, due: Slot) -> datetime:
    """Return the beginning of a slot, or of the one that the present schedule would have had on its day.

    Whoever sees that the journal has another slot than the product corrects the journal; then the run of that day was
    on time all along.
    """
    day = due.start.astimezone(zone_of(plan.schedule.zone)).date()
    return min(due.start, plan.schedule.slot_on(day).start)


def slot_before(plan: ScheduledJob, moment: datetime) -> Slot | None:
    """Return the newest slot of a plan that begins no later than a moment, whether it is over or not."""
    return _newest(plan, moment + SLOT)


def _pending(plan: ScheduledJob, now: datetime) -> Slot | None:
    begun, settled = _newest(plan, now + SLOT), _newest(plan, now - PATIENCE)
    return begun if begun != settled else None


def _newest(plan: ScheduledJob, over_by: datetime) -> Slot | None:
    """Return the newest slot that some version of it asks for and that has ended by a moment."""
    until: datetime | None = None
    for version in reversed(plan.versions):
        # `last_slot` takes slots that have ended; one that begins before the next version may end within it.
        bound = over_by if until is None else min(over_by, until + SLOT - _INSTANT)
        slot = version.schedule.last_slot(bound)
        if slot is not None and (version.since is None or slot.start >= version.since + SETTLING):
            return slot
        until = version.since
    return None


def _is_over(schedule: Schedule, now: datetime) -> bool:
    """Say whether the expiration day has ended in the account's time zone (that it lives to its end is inferred)."""
    if schedule.expiration is None:
        return False
    end = datetime.combine(schedule.expiration + timedelta(days=1), time(), zone_of(schedule.zone))
    return now >= end.astimezone(UTC)


def _versions(journal: JournalState, step_id: str) -> tuple[ScheduleVersion, ...]:
    """Return the schedules of a job, oldest first; none where the present one cannot be read."""
    present = _schedule(journal.known(), step_id)
    if present is None:
        return ()
    keys = schedule_keys(step_id)
    changes = sorted({at for key in keys for at, _ in journal.answer_history.get(key, ())})
    versions: list[ScheduleVersion] = []
    for at in changes:
        schedule = _schedule(_as_of(journal, keys, at), step_id)
        if schedule is not None and (not versions or versions[-1].schedule != schedule):
            versions.append(ScheduleVersion(schedule, at))
    return tuple(versions) if changes else (ScheduleVersion(present),)


def _made_again(journal: JournalState) -> datetime | None:
    numbers = journal.answer_history.get(JOB_NUMBER, ())
    return numbers[-1][0] if len(numbers) > 1 else None


def _as_of(journal: JournalState, keys: tuple[str, ...], at: datetime) -> Known:
    values: dict[str, Value] = {}
    for key in keys:
        told = [value for when, value in journal.answer_history.get(key, ()) if when <= at]
        # What nobody answered was learned, as the time zone is: it held all along, unless it was seen to change.
        value = told[-1] if told else None if key in journal.answer_history else journal.values.get(key)
        if value is not None:
            values[key] = value
    return Known(values)


def _schedule(known: Known, step_id: str) -> Schedule | None:
    if not known.has(f"{step_id}.date") or not account_zone(known):
        return None
    try:
        return read_schedule(known, step_id)
    except ValueError:
        return None
