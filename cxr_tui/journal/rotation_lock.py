"""The lock that lets only one process at a time rotate secrets of an integration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxr_tui.domain.errors import OutsideError
from cxr_tui.security.file_lock import file_lock

LOCK = "rotation.lock"
"""Name of the lock's file, beside the journal."""


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
