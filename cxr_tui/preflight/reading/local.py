"""Where a file comes from: this machine, or the file server."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cxr_tui.domain.text import visible
from cxr_tui.preflight.reading.decode import BLOCK
from cxr_tui.security.private_files import expanded, open_named


class SourceError(Exception):
    """A file that is not there or cannot be read; says why."""


class Source(Protocol):
    """A file to read once, from its beginning."""

    name: str
    size: int

    @property
    def file(self) -> BinaryIO | None:
        """The open file itself, where it is on this machine: gpg can then read it without a detour."""

    def position(self) -> int:
        """Return how many bytes were taken so far."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; raises what the way to them raises."""

    def close(self) -> None:
        """Let go of it; whoever waits for a block gets an error or the end."""


class LocalFile:
    """A file on this machine."""

    def __init__(self, named: str) -> None:
        """Open it, blocking; SourceError."""
        path = expanded(named)
        self.name = visible(path.name, 200)
        try:
            self._file = open_named(path, buffering=0)
        except OSError as error:
            raise SourceError(f"{visible(str(path))}: {error.strerror or error}") from None
        self.size = os.fstat(self._file.fileno()).st_size

    @property
    def file(self) -> BinaryIO:
        """The open file itself."""
        return self._file

    def position(self) -> int:
        """Return how many bytes were taken so far, by gpg as well: it shares the place in the file."""
        with contextlib.suppress(OSError, ValueError):
            return self._file.tell()
        return self.size

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes."""
        while block := self._file.read(BLOCK):
            yield block

    def close(self) -> None:
        """Close it."""
        self._file.close()
