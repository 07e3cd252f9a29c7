"""When a Connect job runs: a calendar of quarter-hour slots in the account's time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

SLOT = timedelta(minutes=15)
"""A page on job groups says that a job starts at some minute of a quarter hour (facts B.5), so no minute is known."""

MOST_APART = timedelta(days=1)
"""A server's time that differs by more from this machine's is not used: one of the two clocks must be wrong."""

_DAY = timedelta(days=1)
_FAR = date(9000, 1, 1)
"""Stands for no end; leaves room before the calendar's own end."""


_JAVA_IDS = {
    "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires",
    "CAT": "Africa/Harare",
    "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa",
    "IET": "America/Indiana/Indianapolis",
    "JST": "Asia/Tokyo",
    "NET": "Asia/Yerevan",
    "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix",
    "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles",
    "VST": "Asia/Ho_Chi_Minh",
}
"""Short ids of Java (java.time.ZoneId.SHORT_IDS). Ids that also abbreviate another zone, such as CST, IST and BST, are
left out: nobody can say which zone such an id means."""

_OFFSET = re.compile(r"(?:GMT|UTC|UT)? ?([+-])(\d{1,2})(?::?([0-5]\d))?", re.ASCII)
_WIDEST_OFFSET = timedelta(hours=18)
"""Java allows no wider one."""


class UnknownZoneError(ValueError):
    """A time zone name that neither this machine's time zone data nor Java's ids and offsets explain."""


class Frequency(StrEnum):
    """How often a job runs: the two ways that the procedure names (Integrating with Responsys; documented)."""

    ONCE = "once"
    DAILY = "daily"


@dataclass(frozen=True, order=True)
class Slot:
    """The quarter hour in which one run starts; `start` is part of it, `end` is not (both aware, UTC)."""

    start: datetime
    end: datetime


def zone_of(name: str) -> tzinfo:
    """Return the time zone of this name; UnknownZoneError.

    Which form the products report is not documented beyond a sample, so besides `America/New_York` the ids and offsets
    of Java are read, such as `PST` and `GMT-05:00`.
    """
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if span > _WIDEST_OFFSET:
            raise UnknownZoneError(name)
        return timezone(-span if offset[1] == "-" else span)
    try:
        return ZoneInfo(_JAVA_IDS.get(name, name))
    except (KeyError, ValueError, OSError) as error:  # each of them, depending on what is odd in the name
        raise UnknownZoneError(name) from error


def time_of_day(text: str) -> time:
    """Return `HH:MM` as a local time; ValueError."""
    if len(text) != len("HH:MM"):
        raise ValueError(f"{text} is not hours and minutes")
    return time.fromisoformat(text)


def on_quarter_hour(moment: time) -> bool:
    """Say whether a time begins a quarter hour."""
    return moment.minute % 15 == 0


@dataclass(frozen=True)
class Schedule:
    """One job's schedule as its Schedule screen holds it: local dates and a time in the account's time zone.

    Daylight saving, for which no rule is documented (so inferred): a local time that a change of clocks skips is taken
    as much later as the clocks jump (02:15 becomes 03:15), and of a local time that comes twice the first one counts.
    """

    frequency: Frequency
    first: date
    """Day of the only run, or of the first."""
    at: time
    """Local time; the job starts in the quarter hour that holds it."""
    zone: str
    """Name of the account's time zone, as `GET /user/info` reports it."""
    every_days: int = 1
    """A daily job runs every so many days, counted from `first`."""
    end: date | None = None
    """Last day on which a daily job may run; None: no end date."""
    expiration: date | None = None
    """Last day of the job's life (inferred); afterwards it is deleted for good (facts B.5; documented). None: never."""

    def __post_init__(self) -> None:
        if self.every_days < 1:
            raise ValueError("a job runs every day or every so many days")
        if self.at.second or self.at.microsecond or self.at.tzinfo:
            raise ValueError("a schedule has a local time in hours and minutes")
        zone_of(self.zone)

    @property
    def last_day(self) -> date:
        """Return the last day on which a run may start."""
        last = self.first if self.frequency is Frequency.ONCE else self.end or _FAR
        return last if self.expiration is None else min(last, self.expiration)

    def slot_on(self, day: date) -> Slot:
        """Return the slot of a local day, whether or not the job runs on that day."""
        quarter = self.at.replace(minute=self.at.minute - self.at.minute % 15)
        start = datetime.combine(day, quarter, zone_of(self.zone)).astimezone(UTC)
        return Slot(start, start + SLOT)

    def slots(self, after: datetime, before: datetime) -> Iterator[Slot]:
        """Yield, in order, the slots that begin at or after `after` and before `before` (both aware)."""
        _aware(after, before)
        # A day of margin on both sides, for a local date may differ by one from the date in UTC.
        day = self._run_day(after.astimezone(UTC).date() - _DAY)
        last = before.astimezone(UTC).date() + _DAY
        while day is not None and day <= last:
            slot = self.slot_on(day)
            if after <= slot.start < before:
                yield slot
            day = self._run_day(day + _DAY)

    def next_slot(self, after: datetime) -> Slot | None:
        """Return the first slot that is not over at `after` (aware), None where no run is left."""
        _aware(after)
        day = self._run_day(after.astimezone(UTC).date() - _DAY)
        while day is not None:
            slot = self.slot_on(day)
            if slot.end > after:
                return slot
            day = self._run_day(day + _DAY)
        return None

    def slot_after(self, moment: datetime) -> Slot | None:
        """Return the first slot that begins after `moment` (aware), None where no run is left."""
        slot = self.next_slot(moment)
        return slot if slot is None or slot.start > moment else self.next_slot(slot.end)

    def expires_at(self) -> datetime | None:
        """Return when the job is deleted: the end of its last day (aware, UTC; inferred); None: never."""
        if self.expiration is None:
            return None
        return datetime.combine(self.expiration + _DAY, time(), zone_of(self.zone)).astimezone(UTC)

    def last_slot(self, before: datetime) -> Slot | None:
        """Return the newest slot that is over at `before` (aware), None where there was none yet."""
        _aware(before)
        day = min(self.last_day, before.astimezone(UTC).date() + _DAY)
        day -= timedelta(days=(day - self.first).days % self._step)
        while day >= self.first:
            slot = self.slot_on(day)
            if slot.end <= before:
                return slot
            day -= timedelta(days=self._step)
        return None

    @property
    def _step(self) -> int:
        """Return the days from one run to the next."""
        return self.every_days if self.frequency is Frequency.DAILY else 1

    def _run_day(self, day: date) -> date | None:
        """Return the first day on or after `day` on which the job runs, None where there is none."""
        if day > self.first:
            day += timedelta(days=(self.first - day).days % self._step)
        else:
            day = self.first
        return day if day <= self.last_day else None


def _aware(*moments: datetime) -> None:
    """Refuse naive times: a schedule compared with one would be hours off without a word."""
    if any(moment.tzinfo is None for moment in moments):
        raise ValueError("a time without a time zone cannot be compared with a schedule")
