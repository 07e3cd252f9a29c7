"""One process at a time: the turn to exchange secrets of one integration."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cxr_tui.model.errors import OutsideError
from cxr_tui.privacy.files import make_private

LOCK = "rotation.lock"
"""Name of the lock's file, beside the journal."""


class RotationBusyError(OutsideError):
    """Another process rotates a secret of this integration right now."""


@contextmanager
def turn(journal: Path) -> Iterator[None]:
    """Let one process at a time rotate secrets of an integration; RotationBusyError.

    A lock of SQLite on a file of its own: it works the same on every system and is gone with the process, however that
    ends. The journal itself is not locked, so checks go on meanwhile.
    """
    held = journal.with_name(LOCK)
    make_private(held)
    lock = sqlite3.connect(held, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise RotationBusyError("another cxr-tui is rotating a secret of this integration right now") from None
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                lock.execute("ROLLBACK")
    finally:
        lock.close()
