"""The lock under which one process at a time exchanges secrets of an integration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxr_tui.domain.errors import OutsideError
from cxr_tui.security.locks import file_lock

LOCK = "rotation.lock"
"""Name of the lock's file, beside the journal."""


class RotationBusyError(OutsideError):
    """Another process rotates a secret of this integration right now."""


@contextmanager
def rotation_lock(journal: Path) -> Iterator[None]:
    """Let one process at a time rotate secrets of an integration; RotationBusyError, OSError.

    The lock is on a file of its own. The journal itself is not locked, so checks go on meanwhile.
    """
    with file_lock(journal.with_name(LOCK)) as locked:
        if not locked:
            raise RotationBusyError("another cxr-tui is rotating a secret of this integration right now")
        yield
