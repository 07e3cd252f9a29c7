"""Locks between processes; the system releases them when their process ends in any way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxr_tui.security.private_files import FILE_MODE


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
