"""How many checks run at once: many while they wait for the network, few while they keep this machine busy."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self

MOST = 12
"""How many run at once: with these, all take no longer than the longest of them; the account's own limits count calls
in a minute and not at once (facts A.6).
"""
FEW = 2
"""So many always run, however busy this machine is."""

_LOOK = 0.004
"""Seconds over which it is looked whether the event loop is busy."""
_BUSY = 0.5
"""From this share of that time on it is: whoever types now waits for every check that runs."""


class Pace:
    """A room for up to `MOST`, that lets in more than `FEW` only while the event loop has time to spare.

    On a fast network every check is ready to go on at every turn of the loop, and a key that somebody presses is
    handled after all of them: so more at once would make nothing faster, and the screen slower.
    """

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(MOST)
        self._door = asyncio.Lock()
        self._inside = 0
        self._let_in = 0
        """How many may still go in without another look."""

    async def __aenter__(self) -> Self:
        await self._room.acquire()
        try:
            async with self._door:
                while self._inside >= FEW and not self._let_in:
                    self._let_in = 0 if await _is_busy() else FEW
                if self._inside >= FEW:
                    self._let_in -= 1
                self._inside += 1
        except BaseException:
            self._room.release()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside -= 1
        self._room.release()


async def _is_busy() -> bool:
    """Look for a moment whether the loop's thread works most of the time, or has to wait for other threads."""
    began, worked = time.perf_counter(), time.thread_time()
    await asyncio.sleep(_LOOK)
    took = time.perf_counter() - began
    return took > 3 * _LOOK or time.thread_time() - worked > _BUSY * took
