"""A line between Connect and the file server that is too slow for a file ever to arrive whole."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.jobs import Job, Run

_PIECE = 16
"""Bytes that get through at a time."""
_PAUSE = 0.2
"""Seconds of real time between two pieces, so that whoever looks twice sees the file grow."""


@dataclass(frozen=True)
class _Transfer:
    job: Job
    run: Run
    target: Path
    task: asyncio.Task[None]


class SlowLine:
    """While `slow`, a run writes half of its file at once and the rest piece by piece, and does not end."""

    def __init__(self, clock: Clock) -> None:
        self.slow = False
        self._clock = clock
        self._transfers: list[_Transfer] = []

    def begin(self, job: Job, run: Run, finished: Path, target: Path) -> None:
        """Start a transfer that goes on in the background; `finished` is read before this returns."""
        content = finished.read_bytes()
        half = len(content) // 2
        target.write_bytes(content[:half])
        self._date(target)
        task = asyncio.get_running_loop().create_task(self._trickle(content[half:], target))
        self._transfers.append(_Transfer(job, run, target, task))

    async def mend(self) -> None:
        """Make the line fast again, stop what is under way, and remove the halves of files."""
        self.slow = False
        await self.close()
        for transfer in self._transfers:
            transfer.target.unlink(missing_ok=True)
            transfer.run.status, transfer.run.seconds = RunStatus.ABORTED, 1
            transfer.run.error = "The transfer was stopped"
            transfer.job.running = False
        self._transfers.clear()

    async def close(self) -> None:
        """Stop all transfers where they are."""
        for transfer in self._transfers:
            transfer.task.cancel()
        await asyncio.gather(*(transfer.task for transfer in self._transfers), return_exceptions=True)

    async def _trickle(self, rest: bytes, target: Path) -> None:
        for start in range(0, max(len(rest) - _PIECE, 0), _PIECE):
            await asyncio.sleep(_PAUSE)
            with target.open("ab") as file:
                file.write(rest[start : start + _PIECE])
            self._date(target)

    def _date(self, target: Path) -> None:
        moment = self._clock.now().timestamp()
        os.utime(target, (moment, moment))
