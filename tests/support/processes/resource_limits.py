"""Measuring that something hostile costs little: seconds of the processor, and memory at its highest."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_PEAK, _NOW = "VmHWM", "VmRSS"


def peak_bytes() -> int | None:
    """Return the most memory that this process has held since `forget_peak`; None where no system tells (not Linux)."""
    return _told(_PEAK)


def held_bytes() -> int | None:
    """Return the memory that this process holds now; None where no system tells."""
    return _told(_NOW)


def forget_peak() -> None:
    """Start a new measurement."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


class Peak:
    """Measures many small pieces of work one after the other, at little cost; nothing where no system tells."""

    def __init__(self) -> None:
        self._forget = _CLEAR.open("w") if _CLEAR.exists() else None
        self._before = 0

    def begin(self) -> None:
        """Begin with one piece of work."""
        if self._forget is not None:
            self._forget.write("5")
            self._forget.flush()
            self._before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def more_bytes(self) -> int:
        """Return what it needed at most beyond what was held when it began."""
        if self._forget is None:
            return 0
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self._before) * 1024


WALL_FACTOR, WALL_MORE = 5, 20
"""A machine that others use as well may take so much longer than the processor time says, and some seconds more."""


@contextmanager
def bounded(*, seconds: float = 5.0, megabytes: float = 200.0) -> Iterator[None]:
    """Hold that what is done inside takes at most so long and needs at most so much memory beyond what is held now.

    The time is the processor's, so that the limit can be a short one on a busy machine too; what only waits is held by
    the clock, with room.
    """
    forget_peak()
    before, began, clock = held_bytes(), time.process_time(), time.perf_counter()
    yield
    took, waited, peak = time.process_time() - began, time.perf_counter() - clock, peak_bytes()
    assert took < seconds, f"it took {took:.1f} s"
    assert waited < WALL_FACTOR * seconds + WALL_MORE, f"it lasted {waited:.1f} s"
    if before is not None and peak is not None:
        more = (peak - before) / 1e6
        assert more < megabytes, f"it needed {more:.0f} MB more"


def _told(name: str) -> int | None:
    if not _STATUS.exists():
        return None
    found = re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())
    return int(found[1]) * 1024 if found else None
