"""The time of the servers, from the `Date` header of their answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from cxr_tui.domain.schedule import MOST_APART

_WITHIN = timedelta(seconds=2)
"""`Date` has whole seconds and is delayed by the network; a smaller difference counts as none."""

_YEARS = range(2000, 2200)
"""Other years are not times of an answer or a job, and calculations near year 9999 would overflow."""


def plausible(moment: datetime) -> datetime | None:
    """Return a time if it is plausible for an answer or a job, else None."""
    return moment if moment.year in _YEARS else None


def read_date(header: str | None) -> datetime | None:
    """Return the time of a `Date` header (aware, UTC), None if it is missing or unreadable."""
    if not header:
        return None
    try:
        read = parsedate_to_datetime(header)
        return plausible(read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


NOTEWORTHY = timedelta(minutes=5)
"""A larger difference of clocks is reported."""


class ServerClock:
    """The time of this computer plus the offset of the servers' time.

    Schedules use the servers' time, so that a wrong local clock does not make a job late. Limits and records use this
    computer's time, so that no server can widen them. In a sandbox, both are the sandbox's time.
    """

    def __init__(self, own: Callable[[], datetime] = lambda: datetime.now(UTC), *, sandboxed: bool = False) -> None:
        self._own = own
        self._sandboxed = sandboxed
        self._offset = timedelta(0)
        self._apart = timedelta(0)

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC); until a server has answered, that of this computer."""
        return self._own() + self._offset

    def own(self) -> datetime:
        """Return the time of this computer (aware, UTC), in a sandbox that of the sandbox."""
        return self.now() if self._sandboxed else self._own()

    @property
    def difference(self) -> timedelta | None:
        """How far the servers' clock is ahead of this computer's, None if the difference is small."""
        return self._apart if abs(self._apart) > NOTEWORTHY and not self._sandboxed else None

    def learn(self, date_header: str | None) -> None:
        """Set the offset from a `Date` header, unless it is missing or unreadable."""
        theirs = read_date(date_header)
        if theirs is None:
            return
        self._apart = theirs - self._own()
        if not timedelta(0) <= self.now() - theirs <= _WITHIN:
            self._offset = self._apart if self._sandboxed or abs(self._apart) <= MOST_APART else timedelta(0)
