"""Where a file comes from: this machine, or the file server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from cxr_tui.model.foreign import visible
from cxr_tui.preflight.text import BLOCK


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
        """Open it; SourceError."""
        path = Path(named).expanduser()
        self.name = visible(path.name, 200)
        try:
            self._file = path.open("rb", buffering=0)
            self.size = path.stat().st_size
        except OSError as error:
            raise SourceError(f"{visible(str(path))}: {error.strerror or error}") from None
        if path.is_dir():
            self._file.close()
            raise SourceError(f"{visible(str(path))} is a folder")

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
