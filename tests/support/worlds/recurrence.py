"""When a job runs, reckoned independently of the package: the oracle for its schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Recurrence:
    """Once, or every so many days from the first date, in the quarter hour of a time that is local to `zone`."""

    first: date
    slot: time
    zone: str
    every_days: int = 0
    """0: run once."""
    end: date | None = None
    """The last day on which the job may run; None: no end date."""

    def slot_after(self, moment: datetime) -> datetime | None:
        """Return when the next slot begins (aware, UTC), strictly after `moment`; None: the schedule is over."""
        day, step = self.first, timedelta(days=self.every_days)
        if step:
            rounds = (moment.astimezone(ZoneInfo(self.zone)).date() - self.first).days // self.every_days
            day += step * max(rounds, 0)
        while self._start(day) <= moment:
            if not step:
                return None
            day += step
        return self._start(day) if self.end is None or day <= self.end else None

    def _start(self, day: date) -> datetime:
        quarter = self.slot.replace(minute=self.slot.minute - self.slot.minute % 15)
        return datetime.combine(day, quarter, ZoneInfo(self.zone)).astimezone(UTC)


def recurrence(entries: Mapping[str, str], zone: str) -> Recurrence:
    """Return what was entered on a Schedule screen."""
    once = entries["Schedule"] == "Run once"
    end = entries["End date"]
    return Recurrence(
        date.fromisoformat(entries["Date"]),
        time.fromisoformat(entries["Time"]),
        zone,
        0 if once else int(entries["Every _ days"]),
        None if once or end in ("", "No end date") else date.fromisoformat(end),
    )
