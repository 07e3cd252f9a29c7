"""Schedules of Connect jobs: from the labels of the Schedule page to the quarter hours in which a job may start.

A start time is one of four slots of an hour, and the product picks a minute inside it (facts B.5; documented), so a
schedule names slots and never an exact minute. Times are in the account's time zone, daylight saving included.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SCHEDULE_LABELS = ("Schedule", "Recurring", "Date", "Time", "Every _ days", "End date", "Expiration")
"""What the Schedule page of both products asks for."""

RUN_ONCE = "Run once"
RECURRING = "Recurring"
DAILY = "Daily"
NO_END_DATE = "No end date"
NEVER_EXPIRE = "Never expire"

_SLOT_MINUTES = 15


class ScheduleError(ValueError):
    """A schedule that the page does not take; the text names the label and what it wants."""


@dataclass(frozen=True)
class Recurrence:
    """When a job runs: once, or every so many days from the first date, always in the same quarter hour.

    Dates and time of day are local to `zone`. A time that daylight saving skips runs an hour later by the wall clock,
    one that occurs twice runs at its first occurrence (inferred).
    """

    first: date
    slot: time
    zone: str
    every_days: int = 0
    """0: run once."""
    end: date | None = None
    """The last day on which the job may run (inferred: inclusive); None: no end date."""
    expiration: date | None = None
    """The last day of the job's life; None: it never expires."""

    @property
    def once(self) -> bool:
        """Whether the job runs one time only."""
        return self.every_days == 0

    def slot_after(self, moment: datetime) -> datetime | None:
        """Return when the next slot begins (aware, UTC), strictly after `moment`; None: the schedule is over."""
        if self.once:
            start = self._start(self.first)
            return start if start > moment else None
        local = moment.astimezone(ZoneInfo(self.zone)).date()
        rounds = max((local - self.first).days // self.every_days, 0)
        day = self.first + timedelta(days=rounds * self.every_days)
        while self._start(day) <= moment:
            day += timedelta(days=self.every_days)
        return self._start(day) if self.end is None or day <= self.end else None

    def run_after(self, moment: datetime, minutes: random.Random) -> datetime | None:
        """Return the next run: a random minute of the next slot (aware, UTC); None: the schedule is over."""
        start = self.slot_after(moment)
        return None if start is None else start + timedelta(minutes=minutes.randrange(_SLOT_MINUTES))

    def expires_at(self) -> datetime | None:
        """Return when the job is deleted for good: the end of the expiration date (inferred); None: never."""
        if self.expiration is None:
            return None
        return datetime.combine(self.expiration + timedelta(days=1), time(), ZoneInfo(self.zone)).astimezone(UTC)

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, self.slot, ZoneInfo(self.zone)).astimezone(UTC)


def read_recurrence(labels: Mapping[str, object], zone: str) -> Recurrence:
    """Return the schedule that the page's labels describe; ScheduleError names the first label that does not hold.

    The expiration must be chosen, as a date or as never, before a job can be activated (facts B.5; documented).
    """
    kind = _text(labels, "Schedule")
    if kind not in (RUN_ONCE, RECURRING):
        raise ScheduleError(f"Schedule: choose {RUN_ONCE} or {RECURRING}")
    if kind == RECURRING and _text(labels, "Recurring") != DAILY:
        raise ScheduleError(f"Recurring: choose {DAILY}")
    first = _date(labels, "Date")
    every = _days(labels) if kind == RECURRING else 0
    end = None
    if kind == RECURRING and _text(labels, "End date") not in ("", NO_END_DATE):
        end = _date(labels, "End date")
        if end < first:
            raise ScheduleError("End date: it lies before the first date")
    expiration = None
    if not _text(labels, "Expiration"):
        raise ScheduleError(f"Expiration: choose a date or {NEVER_EXPIRE}")
    if _text(labels, "Expiration") != NEVER_EXPIRE:
        expiration = _date(labels, "Expiration")
    return Recurrence(first, _slot(labels), zone, every, end, expiration)


def _text(labels: Mapping[str, object], label: str) -> str:
    value = labels.get(label, "")
    return str(value).strip() if isinstance(value, str | int) else ""


def _date(labels: Mapping[str, object], label: str) -> date:
    try:
        return date.fromisoformat(_text(labels, label))
    except ValueError:
        raise ScheduleError(f"{label}: a date as YYYY-MM-DD is expected") from None


def _slot(labels: Mapping[str, object]) -> time:
    text = _text(labels, "Time")
    try:
        slot = datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day; the zone comes with the date
    except ValueError:
        raise ScheduleError("Time: a time as HH:MM is expected") from None
    return slot.replace(minute=slot.minute - slot.minute % _SLOT_MINUTES)


def _days(labels: Mapping[str, object]) -> int:
    text = _text(labels, "Every _ days")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 999:
        raise ScheduleError("Every _ days: a whole number of days is expected")
    return int(text)
