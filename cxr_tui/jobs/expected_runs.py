"""When the two jobs must have run and will run next, by the journal's schedules in the account's time zone. Pure.

A changed schedule counts from its change on; earlier days are compared with the schedule that applied then, so that
a moved slot is not reported as late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.schedule import SLOT, Schedule, Slot, UnknownZoneError, zone_of
from cxr_tui.guide.forms.schedule import account_zone, read_schedule, schedule_keys, zone_unknown
from cxr_tui.journal.state import JournalState

PATIENCE = timedelta(hours=1)
"""How long after its slot a run may be absent; generous, because nothing is documented."""

SETTLING = timedelta(hours=1)
"""A slot this soon after a change of the schedule is not expected: the product's screen may have been saved before or
after the change here."""

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
    """One schedule and the time since which it applies (aware); None: from the beginning."""

    schedule: Schedule
    since: datetime | None = None


@dataclass(frozen=True)
class ScheduledJob:
    """One job as it was set up: its name, and its schedules, oldest first."""

    kind: JobKind
    name: str
    versions: tuple[ScheduleVersion, ...]
    made_again: datetime | None = None
    """When the job was first seen under its current number, if it had another one before (aware)."""

    @property
    def schedule(self) -> Schedule:
        """The current schedule."""
        return self.versions[-1].schedule


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
    counts_from: datetime | None = None
    """A run that began at this time or later counts as the run of `due`; None: no run is due."""

    @property
    def latest(self) -> Slot | None:
        """The latest slot that has begun."""
        return self.pending or self.due


def scheduled_jobs(journal: JournalState) -> tuple[ScheduledJob, ...]:
    """Return the jobs that have a name and a schedule, the export first."""
    found = []
    for kind in JobKind:
        name, versions = journal.known().text(NAME_KEYS[kind]), _versions(journal, SCHEDULE_STEPS[kind])
        if name and versions:
            found.append(ScheduledJob(kind, name, versions, _made_again(journal) if kind is JobKind.EXPORT else None))
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
    schedule = plan.schedule
    upcoming = schedule.next_slot(now)
    following = upcoming
    if upcoming is not None and upcoming.start <= now:
        following = schedule.next_slot(upcoming.end)
    due = _newest(plan, now - PATIENCE)
    if due is not None and plan.made_again is not None and due.start < plan.made_again:
        due = None  # the job of that slot is gone with its runs
    return ExpectedRuns(
        due=due,
        pending=_pending(plan, now),
        following=following,
        expired=schedule.expiration if (end := schedule.expires_at()) and now >= end else None,
        counts_from=None if due is None else _counts_from(plan, due),
    )


def _counts_from(plan: ScheduledJob, due: Slot) -> datetime:
    """Return the start of a slot, or of the current schedule's slot on its day, whichever is earlier.

    A person who corrects a wrong time in the journal must not make that day's run late.
    """
    day = due.start.astimezone(zone_of(plan.schedule.zone)).date()
    return min(due.start, plan.schedule.slot_on(day).start)


def slot_before(plan: ScheduledJob, moment: datetime) -> Slot | None:
    """Return the latest slot that begins at a time or before it, over or not."""
    return _newest(plan, moment + SLOT)


def _pending(plan: ScheduledJob, now: datetime) -> Slot | None:
    begun, settled = _newest(plan, now + SLOT), _newest(plan, now - PATIENCE)
    return begun if begun != settled else None


def _newest(plan: ScheduledJob, over_by: datetime) -> Slot | None:
    """Return the latest slot of any version of the schedule that has ended by a time."""
    until: datetime | None = None
    for version in reversed(plan.versions):
        # `last_slot` takes slots that have ended; a slot that begins before the next version may end after its start.
        bound = over_by if until is None else min(over_by, until + SLOT - _INSTANT)
        slot = version.schedule.last_slot(bound)
        if slot is not None and (version.since is None or slot.start >= version.since + SETTLING):
            return slot
        until = version.since
    return None


def _versions(journal: JournalState, step_id: str) -> tuple[ScheduleVersion, ...]:
    """Return the schedules of a job, oldest first; none if the current one cannot be read."""
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
        known = [value for when, value in journal.answer_history.get(key, ()) if when <= at]
        # A learned value, such as the time zone, applies to earlier times too, unless it changed.
        value = known[-1] if known else None if key in journal.answer_history else journal.values.get(key)
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
