"""A file on the file server as a source: fetched while it is judged, taken up again where a line broke.

An encrypted file is kept beside the journal as far as it came, so that a later try goes on from there. One that is not
encrypted is never written: whatever a broken try brought of it is fetched again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from cxr_tui.domain.errors import OutsideError, Reach, RemotePathError, UnreachableError
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.text import visible
from cxr_tui.preflight.reading.decode import BLOCK, Kind, kind_of
from cxr_tui.security.locks import file_lock
from cxr_tui.security.private_files import open_private, private_folder
from cxr_tui.system.threads import run_in_thread

PARTS = "fetched"
"""Folder for what has come of encrypted files: nothing else is in it, so all of it may be removed."""
LOCK = "fetching.lock"
TRIES = 5
"""Attempts in a row that bring nothing new."""
_FIRST_WAIT = 0.5
_LONGEST_SECONDS = 7 * 24 * 3600.0


class Streaming(Protocol):
    """What is asked of the file server."""

    async def stat(self, path: str) -> RemoteFile | None:
        """Return size and time, None where there is no such file."""

    async def read(self, path: str, size: int) -> bytes:
        """Return a file's first bytes."""

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        """Give a file's bytes from `offset` to its end to `take`, in order."""


class _ClosedError(Exception):
    """The reader has closed its end of the pipe."""


class FetchedFile:
    """One file of the file server; `fetch` writes it into a pipe while another thread, or gpg, reads `file`.

    The pipe is small, so a reader that is slow holds the transfer back.
    """

    def __init__(self, server: Streaming, found: RemoteFile, size: int, head: bytes, folder: Path | None) -> None:
        """`size` is the file's; `folder` is where an encrypted file may be kept while it comes; None: nowhere."""
        self.name = visible(found.name, 200)
        self.size = size
        self.head = head
        reading, writing = os.pipe()
        self.file: BinaryIO = os.fdopen(reading, "rb", buffering=0)
        self._pipe: BinaryIO = os.fdopen(writing, "wb", buffering=0)
        self._server = server
        self._found = found
        self._got = 0
        self._error: OutsideError | None = None
        encrypted = kind_of(head) is Kind.OPENPGP
        self._part = folder / PARTS / _part_name(found) if folder is not None and encrypted else None
        self._part_file: BinaryIO | None = None
        self._lock = contextlib.ExitStack()
        """Held while the part is read or written, so that two processes never share it."""

    def position(self) -> int:
        """Return how many bytes have come."""
        return self._got

    def check(self) -> None:
        """Raise the OutsideError that ended the transfer."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Close the pipe, and with it the transfer; a part of an encrypted file stays."""
        self.file.close()

    async def fetch(self) -> None:
        """Bring the file, until it is here, it cannot be had, or the reader has closed the pipe. Never raises."""
        with self._lock, self._pipe:
            try:
                try:
                    await run_in_thread(self._resume, _LONGEST_SECONDS, "preflight-part")
                except OSError:
                    self._drop_part()
                await self._bring()
            except _ClosedError:
                return
            except OutsideError as error:
                self._error = error
                return
            finally:
                self._close_part()
            if self._part is not None:
                with contextlib.suppress(OSError):  # it is removed with the next file that comes
                    self._part.unlink(missing_ok=True)

    async def _bring(self) -> None:
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
            raise RemotePathError(f"{self.name} changed on the file server while it was read; try again")

    def _resume(self) -> None:
        """Continue where an earlier try ended, and remove other files' parts; keep nothing beside another process."""
        if self._part is None:
            return
        private_folder(self._part.parent)
        if not self._lock.enter_context(file_lock(self._part.with_name(LOCK))):
            self._part = None
            return
        for old in self._part.parent.glob("*.part"):
            if old != self._part:
                old.unlink(missing_ok=True)
        if self._part.exists() and self._part.stat().st_size > self.size:
            self._part.unlink()
        self._part_file = os.fdopen(open_private(self._part, append=True), "ab")
        with self._part.open("rb") as file:
            while block := file.read(BLOCK):
                self._write(block)

    def _take(self, block: bytes) -> None:
        if self._part_file is not None:
            try:
                self._part_file.write(block)
            except OSError:  # such as on a full disk: it is wanted only later, and the transfer goes on
                self._drop_part()
            except ValueError:  # it was closed meanwhile
                raise _ClosedError from None
        self._write(block)

    def _write(self, block: bytes) -> None:
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[self._pipe.write(rest) :]
        except (BrokenPipeError, ValueError):
            raise _ClosedError from None
        self._got += len(block)

    def _drop_part(self) -> None:
        self._close_part()
        if self._part is not None:
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)
            self._part = None

    def _close_part(self) -> None:
        file, self._part_file = self._part_file, None
        if file is not None:
            with contextlib.suppress(OSError):  # what is still to be written finds no room either
                file.close()


def _part_name(found: RemoteFile) -> str:
    told = f"{found.path}\0{found.size}\0{found.modified.isoformat() if found.modified else ''}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:16]}.part"
