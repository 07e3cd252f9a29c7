"""Locks between processes; the system releases one when its process ends in any way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

from cxr_tui.security.private_files import FILE_MODE

_PAUSE = 0.05


@contextmanager
def file_lock(path: Path) -> Iterator[bool]:
    """Hold the lock at `path` while the block runs; yields False if another process holds it. OSError."""
    from filelock import FileLock, Timeout  # loaded only where it is needed: start-up stays light

    # no soft fallback: a killed process leaves its marker files
    lock = FileLock(path, timeout=0, mode=FILE_MODE, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


@asynccontextmanager
async def lock_within(path: Path, seconds: float) -> AsyncIterator[bool]:
    """Wait for the lock at `path`, without blocking the screen, and hold it; yields False if it is not free in time."""
    until = monotonic() + seconds
    while True:
        with file_lock(path) as locked:
            if locked or monotonic() > until:
                yield locked
                return
        await asyncio.sleep(_PAUSE)
