"""The schedule of a Connect job: quarter-hour slots in the account's time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

SLOT = timedelta(minutes=15)
"""A job starts at some minute of a quarter hour (facts B.5), so the exact minute is unknown."""

MOST_APART = timedelta(days=1)
"""A server's time that differs more from this computer's is not used: one of the clocks must be wrong."""

_DAY = timedelta(days=1)
_FAR = date(9000, 1, 1)
"""Represents no end date; well before the calendar's last day."""


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
left out, because they are ambiguous."""

_OFFSET = re.compile(r"(?:GMT|UTC|UT)? ?([+-])(\d{1,2})(?::?([0-5]\d))?", re.ASCII)
_WIDEST_OFFSET = timedelta(hours=18)
"""The widest offset that Java allows."""


class UnknownZoneError(ValueError):
    """A time zone name that is in neither this computer's time zone data nor Java's ids and offsets."""


class Frequency(StrEnum):
    """The frequencies of the procedure (Integrating with Responsys; documented)."""

    ONCE = "once"
    DAILY = "daily"


@dataclass(frozen=True, order=True)
class Slot:
    """The quarter hour in which one run starts; `start` is part of it, `end` is not (both aware, UTC)."""

    start: datetime
    end: datetime


def zone_of(name: str) -> tzinfo:
    """Return the time zone of this name; raises UnknownZoneError.

    Only a sample of the products' names is documented, so in addition to `America/New_York` the ids and offsets of Java
    are accepted, such as `PST` and `GMT-05:00`.
    """
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if span > _WIDEST_OFFSET:
            raise UnknownZoneError(name)
        return timezone(-span if offset[1] == "-" else span)
    try:
        return ZoneInfo(_JAVA_IDS.get(name, name))
    except (KeyError, ValueError, OSError) as error:  # depending on the defect of the name
        raise UnknownZoneError(name) from error


def time_of_day(text: str) -> time:
    """Return `HH:MM` as a local time; ValueError."""
    if len(text) != len("HH:MM"):
        raise ValueError(f"{text} is not hours and minutes")
    return time.fromisoformat(text)


@dataclass(frozen=True)
class Schedule:
    """The entries of a Schedule screen: local dates and a time in the account's time zone.

    Daylight saving time (inferred, no rule is documented): a skipped local time moves by the change of the clocks
    (02:15 becomes 03:15), and of a repeated local time the first one counts.
    """

    frequency: Frequency
    first: date
    """Day of the only run, or of the first."""
    at: time
    """Local time; the job starts in the quarter hour that contains it."""
    zone: str
    """Name of the account's time zone, as `GET /user/info` reports it."""
    every_days: int = 1
    """Interval of a daily job in days, counted from `first`."""
    end: date | None = None
    """Last day on which a daily job may run; None: no end date."""
    expiration: date | None = None
    """Last day of the job (inferred); afterwards it is deleted permanently (facts B.5; documented). None: never."""

    def __post_init__(self) -> None:
        if self.every_days < 1:
            raise ValueError("Every _ days must be at least 1.")
        if self.at.second or self.at.microsecond or self.at.tzinfo:
            raise ValueError("a schedule has a local time in hours and minutes")
        zone_of(self.zone)

    @property
    def last_day(self) -> date:
        """Return the last day on which a run may start."""
        last = self.first if self.frequency is Frequency.ONCE else self.end or _FAR
        return last if self.expiration is None else min(last, self.expiration)

    def slot_on(self, day: date) -> Slot:
        """Return the slot of a local day, even if the job does not run on that day."""
        quarter = self.at.replace(minute=self.at.minute - self.at.minute % 15)
        start = datetime.combine(day, quarter, zone_of(self.zone)).astimezone(UTC)
        return Slot(start, start + SLOT)

    def next_slot(self, after: datetime) -> Slot | None:
        """Return the first slot that is not over at `after` (aware); None if no run is left."""
        # one day earlier, because a local date may differ from the date in UTC
        day = self._run_day(after.astimezone(UTC).date() - _DAY)
        while day is not None:
            slot = self.slot_on(day)
            if slot.end > after:
                return slot
            day = self._run_day(day + _DAY)
        return None

    def slot_after(self, moment: datetime) -> Slot | None:
        """Return the first slot that begins after `moment` (aware); None if no run is left."""
        slot = self.next_slot(moment)
        return slot if slot is None or slot.start > moment else self.next_slot(slot.end)

    def expires_at(self) -> datetime | None:
        """Return when the job is deleted: the end of its last day (aware, UTC; inferred); None: never."""
        if self.expiration is None:
            return None
        return datetime.combine(self.expiration + _DAY, time(), zone_of(self.zone)).astimezone(UTC)

    def last_slot(self, before: datetime) -> Slot | None:
        """Return the latest slot that is over at `before` (aware); None if there is none."""
        day = min(self.last_day, before.astimezone(UTC).date() + _DAY)
        day -= timedelta(days=(day - self.first).days % self._step)
        while day >= self.first:
            slot = self.slot_on(day)
            if slot.end <= before:
                return slot
            day -= timedelta(days=self._step)
        return None

    def newest_slot(self, moment: datetime) -> Slot | None:
        """Return the latest slot that has begun at `moment` (aware), over or not; None if there is none."""
        slot = self.next_slot(moment)
        return slot if slot is not None and slot.start <= moment else self.last_slot(moment)

    @property
    def _step(self) -> int:
        """Return the days from one run to the next."""
        return self.every_days if self.frequency is Frequency.DAILY else 1

    def _run_day(self, day: date) -> date | None:
        """Return the first day on or after `day` on which the job runs; None if there is none."""
        if day > self.first:
            day += timedelta(days=(self.first - day).days % self._step)
        else:
            day = self.first
        return day if day <= self.last_day else None
