"""A file to read, and the one on this machine."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO, Protocol

from cxr_tui.domain.text import visible
from cxr_tui.security.private_files import expanded, open_named

HEAD = 16 * 1024
"""Bytes that show the kind of a file and, of a message, its recipients."""


class SourceError(Exception):
    """A file that does not exist or cannot be read; says why."""


class Source(Protocol):
    """A file to read once, from its beginning to its end."""

    name: str
    size: int
    head: bytes
    """The first `HEAD` bytes, or all there are."""

    @property
    def file(self) -> BinaryIO:
        """The open file or pipe itself, at its beginning, so that gpg can read it without a detour."""

    def position(self) -> int:
        """Return how many bytes were taken so far."""

    def check(self) -> None:
        """Raise the error that ended the file before its end; call it when the last byte was read."""

    def close(self) -> None:
        """Close the file; the program that writes into a pipe then ends."""


class LocalFile:
    """A file on this machine."""

    def __init__(self, named: str) -> None:
        """Open it, blocking; SourceError."""
        path = expanded(named)
        self.name = visible(path.name, 200)
        try:
            self.file = open_named(path, buffering=0)
            self.size = os.fstat(self.file.fileno()).st_size
            self.head = self.file.read(HEAD)
            self.file.seek(0)
        except OSError as error:
            raise SourceError(f"{visible(str(path))}: {error.strerror or error}") from None

    def position(self) -> int:
        """Return how many bytes were taken so far, by gpg as well: it shares the position in the file."""
        with contextlib.suppress(OSError, ValueError):
            return self.file.tell()
        return self.size

    def check(self) -> None:
        """Raise nothing: reading a local file raises its errors itself."""

    def close(self) -> None:
        """Close it."""
        self.file.close()
