"""Locks beside the journal, such as the one that lets only one process at a time rotate secrets of an integration."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

from cxr_tui.domain.errors import OutsideError
from cxr_tui.security.private_files import file_lock

LOCK = "rotation.lock"
"""Name of the lock's file, beside the journal."""
_PAUSE = 0.05


class RotationBusyError(OutsideError):
    """Another process is rotating a secret of this integration."""


@contextmanager
def rotation_lock(journal: Path) -> Iterator[None]:
    """Hold the lock of an integration; raises RotationBusyError, OSError.

    The lock is on a separate file. The journal is not locked, so checks can run meanwhile.
    """
    with file_lock(journal.with_name(LOCK)) as locked:
        if not locked:
            raise RotationBusyError("another cxr-tui is rotating a secret of this integration right now")
        yield


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
