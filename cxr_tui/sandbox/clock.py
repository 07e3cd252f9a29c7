"""The sandbox's clock: it runs with real time, can be moved forward, and fires what becomes due on the way."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

_log = logging.getLogger(__name__)

_PAUSE = 0.05
"""Seconds after which `run` checks its schedule again."""


class Clock:
    """Starts at a given moment (system time by default), runs with real time, only ever moves forward.

    While an event fires, `now()` is the event's own time, so that everything it writes carries the time at which it was
    due, however fast the clock was moved there. Advances are serialized.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._base = (start or datetime.now(UTC)).astimezone(UTC)
        self._since = time.monotonic()
        self._event_time: datetime | None = None
        self._queue: list[tuple[datetime, int, str, Callable[[], Awaitable[None]]]] = []
        """Time, number, name and event; events of one moment fire in the order they were made."""
        self._numbers = itertools.count(1)
        self._turn = asyncio.Lock()
        self.failures: list[str] = []
        """Events that raised, as `name: error`; a failing event never stops the clock."""

    def now(self) -> datetime:
        """Return the sandbox's time (aware, UTC)."""
        if self._event_time is not None:
            return self._event_time
        return self._base + timedelta(seconds=time.monotonic() - self._since)

    def at(self, when: datetime, what: Callable[[], Awaitable[None]], name: str) -> None:
        """Schedule `what` once at `when` (aware; a past moment counts as now)."""
        heapq.heappush(self._queue, (when.astimezone(UTC), next(self._numbers), name, what))

    async def advance(self, until: datetime) -> None:
        """Move to `until`, firing everything due on the way in time order; a past moment moves nothing.

        Events scheduled by events fire too. An event itself cannot advance the clock.
        """
        async with self._turn:
            await self._fire_due(until.astimezone(UTC))

    async def run(self) -> None:
        """Fire what becomes due as real time passes, until canceled."""
        while True:
            async with self._turn:
                await self._fire_due(self.now())
            await asyncio.sleep(_PAUSE)

    async def _fire_due(self, until: datetime) -> None:
        try:
            while self._queue and self._queue[0][0] <= until:
                when, _, name, what = heapq.heappop(self._queue)
                self._event_time = max(self.now(), when)
                try:
                    await what()
                except Exception as error:  # noqa: BLE001 - one failed event must not stop the clock; it is logged
                    self.failures.append(f"{name}: {type(error).__name__}: {error}")
                    _log.exception("the event %r failed", name)
        finally:
            here = self.now()
            self._base = max(here, until) if not self._queue or self._queue[0][0] > until else here
            self._since = time.monotonic()
            self._event_time = None
