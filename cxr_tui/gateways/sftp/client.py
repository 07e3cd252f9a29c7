"""The Responsys file server over SFTP with the customer's own key (facts B.9)."""

from __future__ import annotations

import asyncio
import contextlib
import posixpath
import stat
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import TypeVar

import paramiko

from cxr_tui.domain.errors import (
    Flaw,
    KeyFileError,
    MalformedError,
    OutsideError,
    Reach,
    RemotePathError,
    UnreachableError,
)
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.ssh_public_key import HostKey, confirmed_fingerprint
from cxr_tui.domain.text import visible
from cxr_tui.gateways.sftp.channel import CLOSED, octets_kept
from cxr_tui.gateways.sftp.connection import BROKEN, SshConnection, SshLimits, compare
from cxr_tui.gateways.sftp.private_key import load_private_key
from cxr_tui.system.threads import run_in_thread

Got = TypeVar("Got")

HANDLES = 4
REQUESTS_AHEAD = 24
"""Read requests of 32 KiB in flight for each handle, in total slightly more than OpenSSH's sftp; some managed servers
hang with very many."""
GENTLE_REQUESTS = 2
"""For servers that hang even so."""
MOST_FILES = 20_000
"""In one folder; the folder of an export has a few."""
MOST_NAME_BYTES = 8 * 1024 * 1024
"""Of all names in a folder."""
SLOWEST_BYTES_A_SECOND = 100_000
CLOSE_SECONDS = 5.0
LONGEST_SECONDS = 7 * 24 * 3600.0
"""Of one transfer; usually a silent connection ends it."""


class SftpFileServer:
    """Implements `cxr_tui.domain.ports.FileServer` over one connection, opened by the first call and kept.

    `passphrase` of the key is a secret or a function that reads it from the keyring. `pinned` is the confirmed host key
    or its fingerprint in any notation, or empty; it is compared before the user name is sent. Calls run one after the
    other. Without a user, only the host key can be read. Raises UnreachableError, HostKeyUnconfirmedError,
    HostKeyChangedError, KeyFileError, SftpLoginError, RemotePathError.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str = "",
        key_path: Path = Path(),
        passphrase: Secret | Callable[[], Awaitable[Secret]] | None = None,
        pinned: str = "",
        *,
        limits: SshLimits | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._user = user
        self._key_path = key_path
        self._passphrase = passphrase
        self._pinned = confirmed_fingerprint(pinned)
        self._limits = limits or SshLimits()
        self._connection: SshConnection | None = None
        self._lock = asyncio.Lock()

    async def host_key(self) -> HostKey:
        """Return the host key of the server without a login; the pinned one if the server has it."""
        connection = SshConnection(self._host, self._port, self._limits)
        try:
            return await self._off(connection, lambda: connection.meet(self._pinned))
        finally:
            await _close(connection)

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        """Return the content of a folder, sorted by name; a path without a leading slash starts at home."""

        def read(sftp: paramiko.SFTPClient) -> tuple[RemoteFile, ...]:
            found = sorted(_entries(sftp, folder or "."), key=lambda one: one.filename)
            return tuple(_remote(one, one.filename, posixpath.join(folder, one.filename)) for one in found)

        return await self._ask(read, folder)

    async def stat(self, path: str) -> RemoteFile | None:
        """Return size and time of a file, None if it does not exist."""

        def read(sftp: paramiko.SFTPClient) -> RemoteFile | None:
            try:
                return _remote(sftp.stat(path), posixpath.basename(path), path)
            except FileNotFoundError:
                return None

        return await self._ask(read, path)

    async def read(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a file from its beginning; fewer only at its end.

        All of them are requested at once, so `limit` is some megabytes at most.
        """

        def read(sftp: paramiko.SFTPClient) -> bytes:
            size = sftp.stat(path).st_size
            with sftp.open(path, "rb") as file:
                if size is not None:  # without a known end, no reading ahead
                    file.prefetch(min(size, limit))
                return file.read(limit)

        return await self._ask(read, path, seconds=self._limits.silent + limit / SLOWEST_BYTES_A_SECOND)

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        """Pass the bytes of a file from `offset` to its end to `take`, in order, as fast as the connection allows.

        `take` is called in another thread, may block, and ends the transfer by raising. The transfer has its own
        connection, so other calls need not wait. `gentle` sends few requests at once, for servers that hang otherwise.
        After a lost connection the caller resumes, because only it knows how far it got.
        """

        def pass_on(sftp: paramiko.SFTPClient) -> None:
            size = sftp.stat(path).st_size
            if size is None:
                raise OSError("the file server does not report the size of this file")
            for block in read_ahead(sftp, path, offset, size, GENTLE_REQUESTS if gentle else REQUESTS_AHEAD):
                take(block)

        connection = await self._opened()
        try:
            await self._call(connection, pass_on, path, LONGEST_SECONDS)
        finally:
            await _close(connection)

    async def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _close(connection)

    async def _ask(self, read: Callable[[paramiko.SFTPClient], Got], path: str, seconds: float | None = None) -> Got:
        async with self._lock:
            kept = self._connection is not None and self._connection.usable
            try:
                return await self._call(await self._connected(), read, path, seconds)
            except MalformedError:
                await self.close()  # the connection is out of step
                raise
            except UnreachableError as error:
                await self.close()  # a lost connection may look usable for a moment
                # the file server drops idle connections (facts B.9; observed)
                if not kept or error.reach is not Reach.CUT:
                    raise
            return await self._call(await self._connected(), read, path, seconds)

    async def _call(
        self, connection: SshConnection, read: Callable[[paramiko.SFTPClient], Got], path: str, seconds: float | None
    ) -> Got:
        def call() -> Got:
            try:
                return read(connection.files())
            except BROKEN as error:
                raise _call_error(error, path, connection) from None

        return await self._off(connection, call, seconds)

    async def _connected(self) -> SshConnection:
        if self._connection is not None:
            if self._connection.usable:
                return self._connection
            await self.close()
        self._connection = await self._opened()
        return self._connection

    async def _opened(self) -> SshConnection:
        """Connect, compare the host key and log in."""
        connection = SshConnection(self._host, self._port, self._limits)
        try:
            shown = await self._off(connection, lambda: connection.meet(self._pinned))
            compare(shown, self._pinned)
            key = await self._key()
            await self._off(connection, lambda: connection.log_in(self._user, key))
        except OutsideError:
            await _close(connection)
            raise
        except BaseException:
            _abandon(connection)
            raise
        return connection

    async def _key(self) -> paramiko.PKey:
        held = self._passphrase
        passphrase = held if held is None or isinstance(held, Secret) else await held()
        path = self._key_path
        try:
            return await run_in_thread(lambda: load_private_key(path, passphrase), self._limits.silent, "key file")
        except TimeoutError:
            raise KeyFileError(f"{visible(str(path))} cannot be read in time") from None

    async def _off(self, connection: SshConnection, call: Callable[[], Got], seconds: float | None = None) -> Got:
        limits = self._limits
        try:
            return await run_in_thread(call, seconds or limits.connect + 2 * limits.handshake + limits.silent, "sftp")
        except TimeoutError:
            _abandon(connection)
            raise UnreachableError(Reach.TIMEOUT, connection.where, "no answer in time") from None
        except asyncio.CancelledError:
            _abandon(connection)
            raise


def _call_error(error: Exception, path: str, connection: SshConnection) -> OutsideError:
    """Return the error of a path or of the connection."""
    name = visible(path)
    if isinstance(error, FileNotFoundError):
        return RemotePathError(f"{name} does not exist on the file server")
    if isinstance(error, PermissionError):
        return RemotePathError(f"{name} may not be read by this user")
    # the library's error for a call that the server refused has no error number
    refused = isinstance(error, OSError) and error.errno is None and str(error) != CLOSED
    if refused and not isinstance(error, TimeoutError):
        return RemotePathError(f"{name}: {visible(str(error))}")
    return connection.lost(error)


class FileShortenedError(OSError):
    """A file ends before its size."""


def read_ahead(sftp: paramiko.SFTPClient, path: str, start: int, end: int, requests: int) -> Iterator[bytes]:
    """Yield the bytes of a file from `start` to `end`, at the speed of the connection and in bounded memory; blocking.

    Several handles take turns: while the window of one is read, those of the others are in flight. One prefetch of the
    whole file with the library's own limit stops reading ahead as soon as no request is in flight for a moment.
    """
    window = requests * paramiko.SFTPFile.MAX_REQUEST_SIZE
    starts = range(start, end, window)
    under_way: deque[tuple[paramiko.SFTPFile, int]] = deque()
    with ExitStack() as stack:
        files = [stack.enter_context(sftp.open(path, "rb")) for _ in starts[:HANDLES]]
        for file, at in zip(cycle(files), starts, strict=False):
            if len(under_way) == len(files):
                yield from _pieces(*under_way.popleft())
            size = min(window, end - at)
            file.seek(at)
            file.prefetch(at + size)
            under_way.append((file, size))
        for file, size in under_way:
            yield from _pieces(file, size)


def _pieces(file: paramiko.SFTPFile, size: int) -> Iterator[bytes]:
    while size:
        data = file.read(min(size, file.MAX_REQUEST_SIZE))
        if not data:
            raise FileShortenedError("the file became shorter while it was read")
        size -= len(data)
        yield data


def _entries(sftp: paramiko.SFTPClient, folder: str) -> Iterator[paramiko.SFTPAttributes]:
    count = octets = 0
    for found in sftp.listdir_iter(folder):
        count, octets = count + 1, octets + len(found.filename)
        if count > MOST_FILES or octets > MOST_NAME_BYTES:
            raise MalformedError(f"the listing goes on after {count:,} files", flaw=Flaw.LISTING_ENDLESS)
        found.filename = octets_kept(found.filename)
        yield found


def _remote(found: paramiko.SFTPAttributes, name: str, path: str) -> RemoteFile:
    modified = None if found.st_mtime is None else datetime.fromtimestamp(found.st_mtime, UTC)
    return RemoteFile(name, path, found.st_size, modified, stat.S_ISDIR(found.st_mode or 0))


async def _close(connection: SshConnection) -> None:
    with contextlib.suppress(TimeoutError):
        await run_in_thread(connection.close, CLOSE_SECONDS, "sftp close")


def _abandon(connection: SshConnection) -> None:
    """Close without waiting; this ends the thread that uses the connection."""
    threading.Thread(target=connection.close, name="sftp close", daemon=True).start()
