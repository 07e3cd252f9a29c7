"""The sources of a preflight: a file on this computer, and a file of the file server, validated while it arrives."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from cxr_tui.domain.errors import InputError, OutsideError, Reach, RemotePathError, UnreachableError
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.text import visible
from cxr_tui.security.private_files import expanded, open_named

HEAD = 16 * 1024
"""Bytes that show the type of a file and the recipients of a message."""
BLOCK = 1024 * 1024
REMOTE = "sftp:"
"""What the name of a file on the file server begins with."""
TRIES = 5
"""Attempts in a row without a new byte."""
_FIRST_WAIT = 0.5


class SourceError(InputError):
    """A file does not exist or cannot be read; the text says why."""


class Source:
    """A file to read once, from start to end."""

    def __init__(self, name: str, file: BinaryIO, size: int, head: bytes) -> None:
        """`file` is the open file or pipe, at its start, so that gpg can read it; `head` its first `HEAD` bytes."""
        self.name = visible(name, 200)
        self.file = file
        self.size = size
        self.head = head

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes of the file, then raise the error that ended it early, if any."""
        while block := self.file.read(BLOCK):
            yield block
        self.check()

    def position(self) -> int:
        """Return how many bytes were read so far, by gpg too: it shares the position in the file."""
        with contextlib.suppress(OSError, ValueError):
            return self.file.tell()
        return self.size

    def check(self) -> None:
        """Raise the error that ended the file early; call it after the last byte."""

    def close(self) -> None:
        """Close the file; a program that writes into the pipe then ends."""
        self.file.close()


def open_local(named: str) -> Source:
    """Open a file on this computer; blocking. SourceError."""
    path = expanded(named)
    try:
        file = open_named(path, buffering=0)
        head = file.read(HEAD)
        file.seek(0)
        return Source(path.name, file, os.fstat(file.fileno()).st_size, head)
    except OSError as error:
        raise SourceError(f"{visible(str(path))}: {error.strerror or error}") from None


class _ClosedError(Exception):
    """The reader has closed its end of the pipe."""


class RemoteSource(Source):
    """A file of the file server; `fetch` writes it into a pipe while another thread, or gpg, reads `file`.

    The pipe is small, so a slow reader slows the transfer down. Nothing is written to disk.
    """

    def __init__(self, server: FileServer, found: RemoteFile, size: int, head: bytes) -> None:
        reading, writing = os.pipe()
        super().__init__(found.name, os.fdopen(reading, "rb", buffering=0), size, head)
        self._pipe: BinaryIO = os.fdopen(writing, "wb", buffering=0)
        self._server = server
        self._found = found
        self._got = 0
        self._error: OutsideError | None = None

    def position(self) -> int:
        """Return how many bytes have been received."""
        return self._got

    def check(self) -> None:
        """Raise the OutsideError that ended the transfer."""
        if self._error is not None:
            raise self._error

    async def fetch(self) -> None:
        """Fetch the file to its end, unless that fails or the reader closes the pipe. Never raises; see `check`.

        A transfer that breaks continues where it broke.
        """
        with self._pipe:
            try:
                await self._receive()
            except _ClosedError:
                return
            except OutsideError as error:
                self._error = error

    async def _receive(self) -> None:
        idle = 0
        while self._got < self.size:
            before = self._got
            try:
                await self._server.stream(self._found.path, self._take, self._got, gentle=idle > 1)
                break
            except UnreachableError as error:
                idle = 0 if self._got > before else idle + 1
                if error.reach not in (Reach.CUT, Reach.TIMEOUT) or idle >= TRIES:
                    raise
                await asyncio.sleep(_FIRST_WAIT * 2**idle)
        now = await self._server.stat(self._found.path)
        if self._got != self.size or now is None or (now.size, now.modified) != (self.size, self._found.modified):
            raise RemotePathError(f"{self.name} changed on the file server during the transfer; try again")

    def _take(self, block: bytes) -> None:
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[self._pipe.write(rest) :]
        except (BrokenPipeError, ValueError):  # a ValueError: the pipe was closed meanwhile
            raise _ClosedError from None
        self._got += len(block)


async def open_remote(path: str, server: FileServer | None) -> RemoteSource:
    """Look at a file of the file server and return it, to be fetched; RemotePathError, OutsideError."""
    if server is None:
        raise RemotePathError(f"{visible(path)} cannot be reached: no file server is set up for this integration")
    found = await server.stat(path)
    if found is None or found.is_folder:
        raise RemotePathError(f"{visible(path)} {'is a folder' if found else 'does not exist'} on the file server")
    if found.size is None:
        raise RemotePathError(
            f"the file server does not report the size of {visible(path)}; download it and name the copy"
        )
    head = await server.read(found.path, HEAD)
    if len(head) < min(found.size, HEAD):
        raise RemotePathError(f"{visible(path)} ends before its size of {found.size:,} bytes; export it again")
    return RemoteSource(server, found, found.size, head)
