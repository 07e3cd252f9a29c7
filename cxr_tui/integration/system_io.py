"""The ways by which an integration reaches files, programs and servers, in one place."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cxr_tui.domain.errors import KeyFileError
from cxr_tui.domain.ports import FileServer, OpenPgp
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.security.private_files import open_named, private_folder, write_private
from cxr_tui.system.threads import run_in_thread

if TYPE_CHECKING:
    from cxr_tui.gateways.rest.http_client import HttpClient


DISK_SECONDS = 60.0
"""How long a disk may take for a small file; one on the network may never answer."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class SftpLogin:
    """Where a file server is, and what it is opened with."""

    host: str
    port: int
    user: str
    key_path: Path
    passphrase: Callable[[], Awaitable[Secret]] | None
    """Fetches the key's passphrase when it is needed; None where it has none."""
    pinned: str
    """The confirmed host key's fingerprint, empty while none is."""


class SystemIo:
    """Every way out of this process but REST and keyring; the libraries behind them are loaded at first use."""

    def http(self, clock: ServerClock) -> HttpClient | None:
        """Leave every gateway a client of its own."""
        return None

    def file_server(self, login: SftpLogin) -> FileServer:
        """Return the file server over SSH."""
        from cxr_tui.gateways.sftp.client import SftpFileServer

        return SftpFileServer(login.host, login.port, login.user, login.key_path, login.passphrase, login.pinned)

    def openpgp(self) -> OpenPgp:
        """Return gpg."""
        from cxr_tui.gateways.openpgp.inspect import GpgOpenPgp

        return GpgOpenPgp()

    async def open_private_key(self, path: Path, passphrase: Secret) -> None:
        """Open a private key file; KeyFileError."""
        from cxr_tui.gateways.sftp.private_key import load_private_key

        try:
            await run_in_thread(lambda: load_private_key(path, passphrase), DISK_SECONDS, "private key")
        except TimeoutError:
            raise KeyFileError(f"{visible(str(path))} cannot be read: the disk does not answer") from None

    async def read_file(self, path: Path, limit: int) -> bytes:
        """Return at most `limit` bytes of a local file; OSError."""

        def read() -> bytes:
            with open_named(path) as file:
                return file.read(limit)

        return await _on_disk(read)

    async def keep_file(self, target: Path, content: bytes) -> Path:
        """Write a file beside its place and move it there; OSError."""

        def keep() -> Path:
            write_private(private_folder(target.parent) / target.name, content)
            return target

        return await _on_disk(keep)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)


async def _on_disk(work: Callable[[], Result]) -> Result:
    """Do something with a file without holding the screen up; OSError."""
    try:
        return await run_in_thread(work, DISK_SECONDS, "file")
    except TimeoutError:
        raise OSError(errno.ETIMEDOUT, "the disk does not answer") from None
