"""The source of a preflight, and a file on this computer as one."""

from __future__ import annotations

import contextlib
import os
from typing import BinaryIO, Protocol

from cxr_tui.domain.text import visible
from cxr_tui.security.private_files import expanded, open_named

HEAD = 16 * 1024
"""Bytes that show the type of a file and the recipients of a message."""


class SourceError(Exception):
    """A file does not exist or cannot be read; the text says why."""


class Source(Protocol):
    """A file to read once, from start to end."""

    name: str
    size: int
    head: bytes
    """The first `HEAD` bytes, or all there are."""

    @property
    def file(self) -> BinaryIO:
        """The open file or pipe itself, at its start, so that gpg can read it directly."""

    def position(self) -> int:
        """Return how many bytes were read so far."""

    def check(self) -> None:
        """Raise the error that ended the file early; call it after the last byte."""

    def close(self) -> None:
        """Close the file; a program that writes into the pipe then ends."""


class LocalFile:
    """A file on this computer."""

    def __init__(self, named: str) -> None:
        """Open it; blocking. SourceError."""
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
        """Return how many bytes were read so far, by gpg too: it shares the position in the file."""
        with contextlib.suppress(OSError, ValueError):
            return self.file.tell()
        return self.size

    def check(self) -> None:
        """Do nothing: reading a local file raises its errors at once."""

    def close(self) -> None:
        """Close it."""
        self.file.close()
