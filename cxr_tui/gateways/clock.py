"""The servers' time, learned from the `Date` of their answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_WITHIN = timedelta(seconds=2)
"""A `Date` names whole seconds and is some way old when it arrives; within this much both clocks are called equal."""


def own_time() -> datetime:
    """Return this machine's time (aware, UTC)."""
    return datetime.now(UTC)


def read_date(header: str | None) -> datetime | None:
    """Return the time of a `Date` header (aware, UTC), None where there is none or it cannot be read."""
    if not header:
        return None
    try:
        read = parsedate_to_datetime(header)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


class ServerClock:
    """Own time plus the offset to the servers' time that their answers have shown.

    Schedules and tokens live by the servers' time; a laptop whose clock is off by minutes must not call a job late.
    """

    def __init__(self, own: Callable[[], datetime] = own_time) -> None:
        self._own = own
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC), this machine's until a server has answered."""
        return self._own() + self._offset

    def learn(self, date_header: str | None) -> None:
        """Take over the time of an answer's `Date` header; nothing happens where it is missing or unreadable."""
        theirs = read_date(date_header)
        if theirs is None or timedelta(0) <= self.now() - theirs <= _WITHIN:
            return
        self._offset = theirs - self._own()
