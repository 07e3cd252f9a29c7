"""Reading a whole remote file at the speed of the line, however long the way, in bounded memory.

The library's own prefetch limits what was asked for and not yet answered, not what was answered and not yet used; a
slow reader would gather the whole file in memory. This one asks only as far ahead as its window goes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol, cast

from paramiko.message import Message
from paramiko.sftp import CMD_DATA, CMD_READ, CMD_STATUS, int64

from cxr_tui.domain.errors import Flaw, MalformedError
from cxr_tui.gateways.sftp.guard import GuardedSftp

REQUEST_BYTES = 255 * 1024
"""The most that OpenSSH answers at once."""
WINDOW_BYTES = 16 * 1024 * 1024
"""A line of 1 Gbit/s with a round trip of 80 ms holds 10 MB."""
REQUESTS = 64
"""Some managed servers hang when more is asked for at once."""
GENTLE_REQUEST_BYTES = 32 * 1024
GENTLE_REQUESTS = 8
"""For servers that hang all the same: what every server answers, and little of it at once."""


class _Wire(Protocol):
    """What is used of the library beneath its public surface, which has no bounded read-ahead (paramiko 5)."""

    def _async_request(self, told: object, kind: int, handle: bytes, offset: int64, length: int) -> int: ...
    def _read_response(self) -> None: ...
    def _convert_status(self, message: Message) -> None: ...


class ShorterFileError(OSError):
    """The file ended earlier than it did when it was opened."""


class RemoteBlocks:
    """One remote file from an offset to its end, in order; blocking, for one thread."""

    def __init__(self, sftp: GuardedSftp, path: str, offset: int, *, gentle: bool = False) -> None:
        """Open the file; OSError where it is not there, may not be read, or has no known size."""
        self._file = sftp.open(path, "rb")
        self._wire = cast("_Wire", sftp)
        self._handle = cast("bytes", self._file.handle)  # the stubs take it for the server's side of a file
        size = self._file.stat().st_size
        if size is None:
            self._file.close()
            raise OSError("the file server does not report its size")
        self.size = size
        self._at = offset
        self._next = offset
        self._request_bytes = GENTLE_REQUEST_BYTES if gentle else REQUEST_BYTES
        self._requests = GENTLE_REQUESTS if gentle else REQUESTS
        self._under_way: dict[int, tuple[int, int]] = {}
        self._arrived: dict[int, bytes] = {}
        self._missing: deque[tuple[int, int]] = deque()
        self._failed: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes; ShorterFileError, and what the connection raises."""
        try:
            while self._at < self.size:
                self._ask()
                block = self._arrived.pop(self._at, None)
                if block is None:
                    self._wire._read_response()
                    if self._failed is not None:
                        raise self._failed
                    continue
                self._at += len(block)
                yield block
        finally:
            self._file.close()

    def _ask(self) -> None:
        """Ask as far ahead as the window goes; first for what came too short."""
        while len(self._under_way) + len(self._arrived) < self._requests and self._next - self._at < WINDOW_BYTES:
            if self._missing:
                offset, length = self._missing.popleft()
            elif self._next < self.size:
                offset, length = self._next, min(self._request_bytes, self.size - self._next)
                self._next += length
            else:
                return
            self._send(offset, length)

    def _send(self, offset: int, length: int) -> None:
        number = self._wire._async_request(self, CMD_READ, self._handle, int64(offset), length)
        self._under_way[number] = (offset, length)

    def _async_response(self, kind: int, message: Message, number: int) -> None:
        """Take one answer; the library calls this for every request that was made in this object's name."""
        offset, length = self._under_way.pop(number)
        if kind == CMD_STATUS:
            try:
                self._wire._convert_status(message)
            except EOFError:
                self._failed = ShorterFileError("the file became shorter while it was read")
            except OSError as error:
                self._failed = error
            return
        if kind != CMD_DATA:
            self._failed = MalformedError("the file server answered a read with something else", flaw=Flaw.SFTP_BROKEN)
            return
        data = message.get_string()
        if len(data) > length:
            words = f"{len(data)} bytes came where {length} were asked for"
            self._failed = MalformedError(words, flaw=Flaw.FILE_ANSWER_TOO_LARGE)
            return
        if not data:
            self._failed = ShorterFileError("the file became shorter while it was read")
            return
        self._arrived[offset] = data
        if len(data) < length:
            # this is the most that the server answers; what is missing holds up everything after it
            self._request_bytes = min(self._request_bytes, max(len(data), GENTLE_REQUEST_BYTES))
            self._missing.append((offset + len(data), length - len(data)))
            self._ask_missing()

    def _ask_missing(self) -> None:
        while self._missing:
            self._send(*self._missing.popleft())
