"""The servers' time, learned from the `Date` of their answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from cxr_tui.domain.schedule import MOST_APART

_WITHIN = timedelta(seconds=2)
"""A `Date` names whole seconds and is some way old when it arrives; within this much both clocks are called equal."""


_YEARS = range(2000, 2200)
"""Whatever lies outside is no time of an answer or a job, and cannot be reckoned with: the calendar ends in 9999."""


def plausible(moment: datetime) -> datetime | None:
    """Return a moment that can be one of an answer or a job, None where it cannot."""
    return moment if moment.year in _YEARS else None


def own_time() -> datetime:
    """Return this machine's time (aware, UTC)."""
    return datetime.now(UTC)


def read_date(header: str | None) -> datetime | None:
    """Return the time of a `Date` header (aware, UTC), None where there is none or it cannot be read."""
    if not header:
        return None
    try:
        read = parsedate_to_datetime(header)
        return plausible(read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC))
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


NOTEWORTHY = timedelta(minutes=5)
"""Clocks that differ by more are reported."""


class ServerClock:
    """Own time plus the offset to the servers' time that their answers have shown.

    Schedules live by the servers' time; a laptop whose clock is off by minutes must not call a job late. Limits and
    records live by this machine's: whatever a server says must not widen them. In a sandbox both are the sandbox's.
    """

    def __init__(self, own: Callable[[], datetime] = own_time, *, sandboxed: bool = False) -> None:
        self._own = own
        self._sandboxed = sandboxed
        self._offset = timedelta(0)
        self._apart = timedelta(0)

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC), this machine's until a server has answered."""
        return self._own() + self._offset

    def own(self) -> datetime:
        """Return this machine's time (aware, UTC), in a sandbox the sandbox's."""
        return self.now() if self._sandboxed else self._own()

    @property
    def difference(self) -> timedelta | None:
        """How far the servers' clock is ahead of this machine's, where that is worth a word."""
        return self._apart if abs(self._apart) > NOTEWORTHY and not self._sandboxed else None

    def learn(self, date_header: str | None) -> None:
        """Take over the time of an answer's `Date` header; nothing happens where it is missing or unreadable."""
        theirs = read_date(date_header)
        if theirs is None:
            return
        self._apart = theirs - self._own()
        if not timedelta(0) <= self.now() - theirs <= _WITHIN:
            self._offset = self._apart if self._sandboxed or abs(self._apart) <= MOST_APART else timedelta(0)
