"""Locks between processes: SQLite's, which work the same on every system and end with the process that holds them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cxr_tui.security.private_files import make_private


@contextmanager
def file_lock(path: Path, *, shared: bool = False, wait_seconds: float = 0) -> Iterator[bool]:
    """Hold the lock at `path` while the block runs; yields False where another process holds it. OSError.

    Any number of processes may hold it at once if all do so as `shared`.
    """
    import sqlite3  # loaded only where it is needed: start-up stays light

    make_private(path)
    with closing(sqlite3.connect(path, wait_seconds, isolation_level=None, check_same_thread=False)) as db:
        try:
            db.execute("BEGIN" if shared else "BEGIN EXCLUSIVE")
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a plain BEGIN locks at its first read
            locked = True
        except sqlite3.Error as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise OSError(errno.EIO, str(error), str(path)) from None
            locked = False
        yield locked
