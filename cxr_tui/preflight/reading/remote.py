"""A file on the file server as a source: fetched while it is judged, taken up again where a line broke.

An encrypted file is kept beside the journal as far as it came, so that a later try goes on from there. One that is not
encrypted is never written: whatever a broken try brought of it is fetched again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from cxr_tui.domain.errors import OutsideError, Reach, RemotePathError, UnreachableError
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.text import visible
from cxr_tui.preflight.reading.decode import BLOCK
from cxr_tui.preflight.reading.stream import HEAD, Kind, kind_of
from cxr_tui.security.locks import file_lock
from cxr_tui.security.private_files import open_private, private_folder
from cxr_tui.system.threads import run_in_thread

PARTS = "fetched"
"""Folder for what has come of encrypted files: nothing else is in it, so all of it may be removed."""
LOCK = "fetching.lock"
TRIES = 5
"""Attempts in a row that bring nothing new."""
_FIRST_WAIT = 0.5
_BLOCKS_AHEAD = 32
"""Of some 255 KB each, between the line and gpg."""
_PATIENCE = 0.1
_LONGEST_SECONDS = 7 * 24 * 3600.0


class Streaming(Protocol):
    """What is asked of the file server."""

    async def stat(self, path: str) -> RemoteFile | None:
        """Return size and time, None where there is no such file."""

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        """Give a file's bytes from `offset` to its end to `take`, in order."""


class _EnoughError(Exception):
    """Nobody wants more of it."""


class FetchedFile:
    """One file of the file server; `fetch` brings it while somebody else reads `blocks` in another thread."""

    def __init__(self, server: Streaming, found: RemoteFile, size: int, folder: Path | None) -> None:
        """`size` is the file's; `folder` is where an encrypted file may be kept while it comes; None: nowhere."""
        self.name = visible(found.name, 200)
        self.size = size
        self._server = server
        self._found = found
        self._got = 0
        self._head = b""
        self._ready: queue.Queue[bytes | BaseException | None] = queue.Queue(_BLOCKS_AHEAD)
        self._stopped = threading.Event()
        self._part = folder / PARTS / _part_name(found) if folder is not None else None
        self._keeping: BinaryIO | None = None
        self._lock = contextlib.ExitStack()
        """Held while the part is read or written, so that two processes never share it."""

    @property
    def file(self) -> None:
        """There is none on this machine."""

    def position(self) -> int:
        """Return how many bytes have come."""
        return self._got

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes; raises the OutsideError that ended the fetching."""
        while True:
            try:
                found = self._ready.get(timeout=_PATIENCE)
            except queue.Empty:
                if self._stopped.is_set():
                    return
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            yield found

    def close(self) -> None:
        """Have the fetching end; what was kept of an encrypted file stays, unless all of it has come."""
        self._stopped.set()

    async def fetch(self) -> None:
        """Bring the file; ends when it is here, when it cannot be had, or when nobody wants more. Never raises."""
        with self._lock:
            end: BaseException | None = None
            try:
                try:
                    await run_in_thread(self._take_up, _LONGEST_SECONDS, "preflight-part")
                except OSError:
                    self._give_up_keeping()
                await self._bring()
            except _EnoughError:
                return
            except OutsideError as error:
                end = error
            finally:
                self._let_go()
            if end is None and self._part is not None:
                with contextlib.suppress(OSError):  # it is removed with the next file that comes
                    self._part.unlink(missing_ok=True)
        with contextlib.suppress(_EnoughError):
            await run_in_thread(lambda: self._put(end), _LONGEST_SECONDS, "preflight-end")

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

    def _take_up(self) -> None:
        """Continue what an earlier try left, and remove other files' parts; keep nothing beside another process."""
        if self._part is None:
            return
        private_folder(self._part.parent)
        if not self._lock.enter_context(file_lock(self._part.with_name(LOCK))):
            self._part = None
            return
        for old in self._part.parent.glob("*.part"):
            if old != self._part:
                old.unlink(missing_ok=True)
        if not self._part.exists() or self._part.stat().st_size > self.size:
            self._part.unlink(missing_ok=True)
            return
        with self._part.open("rb") as file:
            while block := file.read(BLOCK):
                self._got += len(block)
                self._put(block)
        self._keeping = os.fdopen(open_private(self._part, append=True), "ab")

    def _take(self, block: bytes) -> None:
        if len(self._head) < HEAD and self._keeping is None:
            self._head += block[: HEAD - len(self._head)]
            if self._got == 0 and self._part is not None and kind_of(self._head) is Kind.OPENPGP:
                with self._or_not_kept():
                    self._keeping = os.fdopen(open_private(self._part), "wb")
        if self._keeping is not None:
            with self._or_not_kept():
                self._keeping.write(block)
        self._put(block)
        self._got += len(block)

    @contextlib.contextmanager
    def _or_not_kept(self) -> Iterator[None]:
        """Go on without keeping what comes where it cannot be written, such as on a full disk: it is wanted only later.

        The file server knows nothing of it, so none of its errors may come of it.
        """
        try:
            yield
        except OSError:
            self._give_up_keeping()

    def _give_up_keeping(self) -> None:
        self._let_go()
        if self._part is not None:
            with contextlib.suppress(OSError):
                self._part.unlink(missing_ok=True)
            self._part = None

    def _let_go(self) -> None:
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            with contextlib.suppress(OSError):  # what is still to be written finds no room either
                keeping.close()

    def _put(self, what: bytes | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._ready.put(what, timeout=_PATIENCE)
            except queue.Full:
                continue
            return
        raise _EnoughError


def _part_name(found: RemoteFile) -> str:
    told = f"{found.path}\0{found.size}\0{found.modified.isoformat() if found.modified else ''}"
    return f"{hashlib.sha256(told.encode()).hexdigest()[:16]}.part"
