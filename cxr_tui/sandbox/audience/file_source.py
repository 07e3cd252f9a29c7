"""Fetching the file of an import run, and moving it to the archive afterwards; everything here blocks."""

from __future__ import annotations

import posixpath
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import paramiko

from cxr_tui.sandbox.audience.import_plan import Source
from cxr_tui.sandbox.audience.responsys_login import is_loopback
from cxr_tui.sandbox.faults import inside

_TIMEOUT = 15.0
_ARCHIVE = "archive"
_REQUESTS_AHEAD = 64
"""Some servers stop answering when all of a file is asked for at once."""


class SourceError(Exception):
    """The file cannot be had; the text is the log line that says why."""


class FileSource(Protocol):
    """A place that files are imported from."""

    def fetch(self, directory: str, name: str) -> bytes:
        """Return a file's content; SourceError."""

    def archive(self, directory: str, name: str) -> str:
        """Move a file to the archive and return its path there; SourceError."""

    def test(self, directory: str) -> None:
        """Try whether the place can be entered and the directory read; SourceError."""


class OwnServer:
    """CX Audience's own file server, as a folder of the sandbox with `upload`, `download` and `archive` (facts C.7)."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def fetch(self, directory: str, name: str) -> bytes:
        """Return a file's content; SourceError."""
        try:
            return (self._folder(directory) / posixpath.basename(name)).read_bytes()
        except OSError:
            raise SourceError(f"The file {name} was not found in {directory}") from None

    def archive(self, directory: str, name: str) -> str:
        """Move a file to the archive and return its path there; SourceError."""
        base = posixpath.basename(name)
        target = self._root / _ARCHIVE / base
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            (self._folder(directory) / base).replace(target)
        except OSError:
            raise SourceError(f"The file {name} could not be moved to {_ARCHIVE}") from None
        return f"{_ARCHIVE}/{base}"

    def test(self, directory: str) -> None:
        """Try whether the directory exists; SourceError."""
        if not self._folder(directory).is_dir():
            raise SourceError(f"The directory {directory} was not found")

    def _folder(self, directory: str) -> Path:
        folder = (self._root / directory.strip("/")).resolve()
        if not folder.is_relative_to(self._root.resolve()):
            raise SourceError(f"The directory {directory} was not found")
        return folder


class ExternalServer:
    """An external server by SFTP, entered with the account's SSH2 key (or a password where the job has one).

    The server's host key is taken as it comes: which one CX Audience expects is not documented, and Support has
    permitted the host by name.
    """

    def __init__(self, source: Source, key: paramiko.PKey) -> None:
        self._source = source
        self._key = key

    def fetch(self, directory: str, name: str) -> bytes:
        """Return a file's content; SourceError."""
        path = posixpath.join(directory, name)
        with self._session() as sftp:
            try:
                with sftp.open(path, "rb") as file:
                    size = file.stat().st_size or 0
                    file.prefetch(size, max_concurrent_requests=_REQUESTS_AHEAD)
                    return file.read()
            except FileNotFoundError:
                raise SourceError(f"The file {name} was not found in {directory} on {self._source.host}") from None
            except OSError as error:
                raise SourceError(f"The file {path} could not be read: {error.strerror or error}") from None

    def archive(self, directory: str, name: str) -> str:
        """Move a file to the archive and return its path there; SourceError.

        The newest file keeps its plain name there, an older one of that name gets its own time added.
        """
        target = posixpath.join(_ARCHIVE, name)
        with self._session() as sftp:
            try:
                if not _exists(sftp, _ARCHIVE):
                    sftp.mkdir(_ARCHIVE)
                if _exists(sftp, target):
                    written = datetime.fromtimestamp(sftp.stat(target).st_mtime or 0, UTC)
                    sftp.rename(target, f"{target}.{written:%Y%m%d_%H%M%S}")
                sftp.rename(posixpath.join(directory, name), target)
            except OSError as error:
                raise SourceError(f"The file {name} could not be moved to {_ARCHIVE}: {error}") from None
        return target

    def test(self, directory: str) -> None:
        """Try whether the server lets the account in and shows the directory; SourceError."""
        with self._session() as sftp:
            try:
                sftp.listdir(directory or ".")
            except OSError:
                raise SourceError(f"The directory {directory} was not found on {self._source.host}") from None

    @contextmanager
    def _session(self) -> Iterator[paramiko.SFTPClient]:
        host, port = _address(self._source.host)
        if not is_loopback(host):
            raise SourceError(f"{host} could not be reached")  # the sandbox never leaves this machine
        transport: paramiko.Transport | None = None
        try:
            transport = paramiko.Transport(socket.create_connection((host, inside.way(port)), _TIMEOUT))
            transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = _TIMEOUT
            transport.start_client(timeout=_TIMEOUT)
            self._enter(transport)
            with paramiko.SFTPClient.from_transport(transport) or _no_sftp() as sftp:
                sftp.get_channel().settimeout(_TIMEOUT)  # type: ignore[union-attr]  # an open client has its channel
                yield sftp
        except paramiko.AuthenticationException:
            how = "password" if self._source.password else "SSH2 key of CX Audience"
            raise SourceError(
                f"Authentication failed: {self._source.host} does not accept the {how} for {self._source.user_name}"
            ) from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise SourceError(f"{self._source.host} could not be reached: {error or type(error).__name__}") from None
        finally:
            if transport is not None:
                transport.close()

    def _enter(self, transport: paramiko.Transport) -> None:
        if self._source.password is not None:
            transport.auth_password(self._source.user_name, self._source.password.reveal())
        else:
            transport.auth_publickey(self._source.user_name, self._key)


def _no_sftp() -> paramiko.SFTPClient:
    raise SourceError("The server offers no SFTP")


def _exists(sftp: paramiko.SFTPClient, path: str) -> bool:
    try:
        sftp.stat(path)
    except FileNotFoundError:
        return False
    return True


def _address(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    return (name.strip("[]"), int(port)) if colon and port.isdigit() else (host, 22)
