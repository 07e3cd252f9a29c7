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
from cxr_tui.gateways.sftp.channel import octets_kept
from cxr_tui.gateways.sftp.connection import BROKEN, SshConnection, SshLimits, compare
from cxr_tui.gateways.sftp.private_key import load_private_key
from cxr_tui.system.threads import run_in_thread

Got = TypeVar("Got")

_HOST_KEY_KINDS = (
    ("ssh-ed25519",),
    ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
)
"""A server mostly holds one key of each kind, and the fingerprint that somebody was given may be of any of them."""

HANDLES = 4
REQUESTS_AHEAD = 24
"""Read requests of 32 KiB under way for each handle, together somewhat more than OpenSSH's sftp has; some managed
servers hang at very many."""
GENTLE_REQUESTS = 2
"""For servers that hang all the same."""
MOST_FILES = 20_000
"""In one folder; an export's has a few."""
MOST_NAME_BYTES = 8 * 1024 * 1024
"""Of all names of a folder together."""
SLOWEST_BYTES_A_SECOND = 100_000
CLOSE_SECONDS = 5.0
LONGEST_SECONDS = 7 * 24 * 3600.0
"""Of one transfer; it is a silence on the line that ends it."""

_LIBRARY_CLOSED = "Socket is closed"
"""What paramiko says, without an error number too, where its own channel has ended."""


class SftpFileServer:
    """Implements `cxr_tui.domain.ports.FileServer` over one connection, made at the first call and kept.

    `passphrase` is the key's, as a secret or as what fetches it from the keyring when it is needed. `pinned` is the
    confirmed host key or its fingerprint in any notation; where it names none, none is confirmed. It is compared before
    anything of the user is sent. Calls wait for one another. Raises UnreachableError, HostKeyUnconfirmedError,
    HostKeyChangedError, KeyFileError, SftpLoginError, RemotePathError.
    """

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        key_path: Path,
        passphrase: Secret | Callable[[], Awaitable[Secret]] | None,
        pinned: str,
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
        """Return the key that the server shows, without logging in; the pinned one where it is among its keys."""
        connection, shown = await self._meet()
        await _close(connection)
        return shown

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        """Return what lies in a folder, in the order of names; a path without a leading slash starts at home."""

        def read(sftp: paramiko.SFTPClient) -> tuple[RemoteFile, ...]:
            found = sorted(_entries(sftp, folder or "."), key=lambda one: one.filename)
            return tuple(_remote(one, one.filename, posixpath.join(folder, one.filename)) for one in found)

        return await self._ask(read, folder)

    async def stat(self, path: str) -> RemoteFile | None:
        """Return one file's size and time, None where it does not exist."""

        def read(sftp: paramiko.SFTPClient) -> RemoteFile | None:
            try:
                return _remote(sftp.stat(path), posixpath.basename(path), path)
            except FileNotFoundError:
                return None

        return await self._ask(read, path)

    async def read(self, path: str, limit: int, offset: int = 0) -> bytes:
        """Return at most `limit` bytes of a file from `offset`; fewer only where the file ends."""

        def read(sftp: paramiko.SFTPClient) -> bytes:
            size = sftp.stat(path).st_size
            if size is not None:
                found = bytearray()
                with contextlib.suppress(FileShortenedError):  # the caller compares with the size
                    for block in read_ahead(sftp, path, offset, min(size, offset + limit), REQUESTS_AHEAD):
                        found += block
                return bytes(found)
            with sftp.open(path, "rb") as file:  # where its end is not known nothing may be asked ahead
                file.seek(offset)
                return file.read(limit)

        return await self._ask(read, path, seconds=self._limits.silent + limit / SLOWEST_BYTES_A_SECOND)

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        """Give a file's bytes from `offset` to its end to `take`, in order, as fast as the line allows.

        `take` is called in a thread of its own, may block, and ends the transfer by raising. A connection of its own is
        used, so that other calls need not wait. `gentle` asks for little at once, for servers that hang otherwise. A
        line that is lost is not taken up again here: only the caller knows how far it came.
        """
        connection = await self._opened()

        def call() -> None:
            try:
                sftp = connection.files()
                size = sftp.stat(path).st_size
                if size is None:
                    raise OSError("the file server does not report the size of this file")
                for block in read_ahead(sftp, path, offset, size, GENTLE_REQUESTS if gentle else REQUESTS_AHEAD):
                    take(block)
            except BROKEN as error:
                raise _told_apart(error, path, connection) from None

        try:
            await self._off(connection, call, LONGEST_SECONDS)
        finally:
            await _close(connection)

    async def close(self) -> None:
        """Close the connection; the next call makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await _close(connection)

    async def _ask(self, read: Callable[[paramiko.SFTPClient], Got], path: str, seconds: float | None = None) -> Got:
        async with self._lock:
            kept = self._connection is not None and self._connection.usable
            try:
                return await self._once(read, path, seconds)
            except MalformedError:
                await self.close()  # nothing more is to be had of a server that answers so
                raise
            except UnreachableError as error:
                await self.close()  # a line that was lost may still look whole for a moment
                # the file server is known to drop connections that rest (facts B.9; observed)
                if not kept or error.reach is not Reach.CUT:
                    raise
            return await self._once(read, path, seconds)

    async def _once(self, read: Callable[[paramiko.SFTPClient], Got], path: str, seconds: float | None) -> Got:
        connection = await self._connected()

        def call() -> Got:
            try:
                return read(connection.files())
            except BROKEN as error:
                raise _told_apart(error, path, connection) from None

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
        connection, shown = await self._meet()
        try:
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

    async def _meet(self) -> tuple[SshConnection, HostKey]:
        """Connect and have the host key shown; asks for other kinds of key while it is not the pinned one."""
        first, shown = await self._shown(())
        if not self._pinned or shown.in_form_of(self._pinned) == self._pinned:
            return first, shown
        try:
            other = await self._with_pinned_key(shown.kind)
        except BaseException:
            _abandon(first)
            raise
        if other is None:
            return first, shown
        await _close(first)
        return other

    async def _with_pinned_key(self, known_kind: str) -> tuple[SshConnection, HostKey] | None:
        for kinds in _HOST_KEY_KINDS:
            if known_kind in kinds:
                continue
            try:
                connection, shown = await self._shown(kinds)
            except UnreachableError:  # the server has no key of this kind
                continue
            if shown.in_form_of(self._pinned) == self._pinned:
                return connection, shown
            await _close(connection)
        return None

    async def _shown(self, kinds: tuple[str, ...]) -> tuple[SshConnection, HostKey]:
        connection = SshConnection(self._host, self._port, self._limits)
        try:
            return connection, await self._off(connection, lambda: connection.show_key(kinds))
        except OutsideError:
            await _close(connection)
            raise

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


def _is_answer(error: Exception) -> bool:
    """Say whether a call failed because the server refused it; what the library makes of that has no error number."""
    return isinstance(error, OSError) and error.errno is None and str(error) != _LIBRARY_CLOSED


def _told_apart(error: Exception, path: str, connection: SshConnection) -> OutsideError:
    """Return what went wrong with a path, or with the connection."""
    name = visible(path)
    if isinstance(error, FileNotFoundError):
        return RemotePathError(f"{name} does not exist on the file server")
    if isinstance(error, PermissionError):
        return RemotePathError(f"{name} may not be read by this user")
    if _is_answer(error) and not isinstance(error, TimeoutError):
        return RemotePathError(f"{name}: {visible(str(error))}")
    return connection.lost(error)


class FileShortenedError(OSError):
    """A file ends before its size."""


def read_ahead(sftp: paramiko.SFTPClient, path: str, start: int, end: int, requests: int) -> Iterator[bytes]:
    """Yield a file's bytes from `start` to `end`, at the speed of the line and in bounded memory; blocking.

    Some handles take turns: while the window of one is read, those of the others, `requests` long, are on their way.
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
    """Close without waiting, which ends the thread that is blocked in it."""
    threading.Thread(target=connection.close, name="sftp close", daemon=True).start()
