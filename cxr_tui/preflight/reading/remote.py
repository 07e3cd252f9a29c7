"""Fetches a file from the file server while it is validated, and resumes a broken transfer.

The received part of an encrypted file is kept next to the journal, so a later attempt resumes there. An unencrypted
file is never written to disk and is fetched again from its start.
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
"""Folder for parts of encrypted files only, so its content may be removed."""
LOCK = "fetching.lock"
TRIES = 5
"""Attempts in a row without a new byte."""
_FIRST_WAIT = 0.5
_LONGEST_SECONDS = 7 * 24 * 3600.0


class Streaming(Protocol):
    """The file server as preflight uses it."""

    async def stat(self, path: str) -> RemoteFile | None:
        """Return size and time of a file, None if it does not exist."""

    async def read(self, path: str, size: int) -> bytes:
        """Return the first bytes of a file."""

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        """Pass the bytes of a file from `offset` to its end to `take`, in order."""


class _ClosedError(Exception):
    """The reader has closed its end of the pipe."""


class FetchedFile:
    """A file of the file server; `fetch` writes it into a pipe while another thread, or gpg, reads `file`.

    The pipe is small, so a slow reader slows the transfer down.
    """

    def __init__(self, server: Streaming, found: RemoteFile, size: int, head: bytes, folder: Path | None) -> None:
        """`folder` is where an encrypted file may be kept during the transfer; None: nowhere."""
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
        """Return how many bytes have been received."""
        return self._got

    def check(self) -> None:
        """Raise the OutsideError that ended the transfer."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Close the pipe, which ends the transfer; a part of an encrypted file stays."""
        self.file.close()

    async def fetch(self) -> None:
        """Fetch the file to its end, unless that fails or the reader closes the pipe. Never raises; see `check`."""
        with self._lock, self._pipe:
            try:
                try:
                    await run_in_thread(self._resume, _LONGEST_SECONDS, "preflight-part")
                except OSError:
                    self._drop_part()
                await self._receive()
            except _ClosedError:
                return
            except OutsideError as error:
                self._error = error
                return
            finally:
                self._close_part()
            if self._part is not None:
                with contextlib.suppress(OSError):  # the next transfer removes it
                    self._part.unlink(missing_ok=True)

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

    def _resume(self) -> None:
        """Resume an earlier transfer, and remove parts of other files; keep no part if another process does."""
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
            except OSError:  # such as on a full disk: the transfer continues without a part to resume from
                self._drop_part()
            except ValueError:  # the file was closed meanwhile
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
            with contextlib.suppress(OSError):  # buffered bytes may not fit on a full disk
                file.close()


def _part_name(found: RemoteFile) -> str:
    version = f"{found.path}\0{found.size}\0{found.modified.isoformat() if found.modified else ''}"
    return f"{hashlib.sha256(version.encode()).hexdigest()[:16]}.part"
