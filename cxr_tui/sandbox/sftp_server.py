"""The Responsys file server: SFTP over SSH, public keys only, one home with upload, download and archive."""

from __future__ import annotations

import errno
import functools
import io
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Container
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)
from paramiko.sftp import SFTP_EOF, SFTP_PERMISSION_DENIED

from cxr_tui.domain.ssh_public_key import HostKey
from cxr_tui.sandbox.faults.registry import FILES, FaultController

FOLDERS = ("upload", "download", "archive")
"""What a file server account starts with (facts B.9; documented)."""

MOVED = ".moved"
"""Added to the name of a file that was moved away."""

_STALL_SECONDS = 0.02
"""Between two looks whether the server may go on."""

_log = logging.getLogger(__name__)


class FileServer:
    """A real SSH server on a port of 127.0.0.1 that the system chooses; it serves from its own threads.

    Only public keys open it, never a password (facts B.9; documented), and only those that `authorized` names for the
    user at that moment, so that an SSH2 key works as soon as it is Completed.
    """

    def __init__(self, user: str, directory: Path, authorized: Callable[[], Container[bytes]]) -> None:
        """`directory` holds the home; `authorized` returns SSH wire forms of keys, and is called in threads."""
        self.user = user
        self.host = "127.0.0.1"
        self.port = 0
        self.shown_port = 0
        """Port of the proxy before it; 0: no proxy."""
        self.faults = FaultController()
        self.home = (directory / "home").resolve()
        self._authorized = authorized
        self._host_key = _new_host_key()
        self._listener: socket.socket | None = None
        self._transports: set[paramiko.Transport] = set()
        for folder in FOLDERS:
            (self.home / folder).mkdir(parents=True, exist_ok=True)

    @property
    def server(self) -> str:
        """Return the server as the Destination Connectivity page shows it: the port only where it is not 22."""
        port = self.shown_port or self.port
        return self.host if port == 22 else f"{self.host}:{port}"

    @property
    def fingerprint(self) -> str:
        """Return the host key's SHA256 fingerprint, as OpenSSH prints it."""
        return HostKey.of(self._host_key.get_name(), self._host_key.asbytes()).fingerprint

    def replace_host_key(self) -> None:
        """Show a new host key to every later connection, as after a move to another machine."""
        self._host_key = _new_host_key()

    def start(self) -> None:
        """Bind and serve; OSError."""
        self._listener = socket.create_server((self.host, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._listen, args=(self._listener,), name="sftp-listener", daemon=True).start()

    def stop(self) -> None:
        """Close the listening socket and all connections; nothing happens when it was not started."""
        if self._listener is not None:
            with suppress(OSError):
                # Wakes the accept() of the listening thread; closing alone would not.
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for transport in tuple(self._transports):
            transport.close()

    def path(self, relative: str) -> Path:
        """Return the local path of a path on the server; ValueError when it leaves the home or has a zero byte."""
        if "\0" in relative:
            raise ValueError(relative)
        inside = os.path.normpath("/" + relative).lstrip("/")  # `..` above the top stays at the top, as in a chroot
        found = self.home / inside
        if not found.resolve().is_relative_to(self.home):
            raise ValueError(relative)
        return found

    def has_folder(self, relative: str) -> bool:
        """Return whether there is such a folder on the server."""
        try:
            return self.path(relative).is_dir()
        except ValueError:
            return False

    def authorizes(self, user: str, key: bytes) -> bool:
        """Decide on a public key that a client offers, in its wire form."""
        return user == self.user and key in self._authorized()

    def _listen(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the socket was closed
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._serve, args=(client,), name="sftp-connection", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        transport: paramiko.Transport | None = None
        try:
            transport = paramiko.Transport(client)
            self._transports.add(transport)
            transport.add_server_key(self._host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, SftpHome, self, transport)
            transport.start_server(server=_SshAuth(self))
            transport.join()
        except (OSError, EOFError, paramiko.SSHException) as error:
            _log.debug("a connection ended early: %s", error)
        finally:
            if transport is not None:
                transport.close()
                self._transports.discard(transport)
            client.close()


class _SshAuth(paramiko.ServerInterface):
    """Lets a client in by public key and into nothing but SFTP."""

    def __init__(self, server: FileServer) -> None:
        self._server = server

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return AUTH_SUCCESSFUL if self._server.authorizes(username, key.asbytes()) else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


_Operation: TypeAlias = Callable[..., Any]


def _in_home(operation: _Operation) -> _Operation:
    """Give an operation the local path; answer with the protocol's error where that or the operation fails."""

    @functools.wraps(operation)
    def call(self: SftpHome, path: str, *rest: object) -> Any:  # noqa: ANN401 - attributes, a handle or a number
        self.before_answer()
        try:
            return operation(self, self.server.path(path), *rest)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)
        except ValueError:
            return SFTP_PERMISSION_DENIED

    return call


class SftpHome(paramiko.SFTPServerInterface):
    """The home, read only; a path that would leave it is refused."""

    def __init__(self, _: paramiko.ServerInterface, server: FileServer, transport: paramiko.Transport) -> None:
        super().__init__(_)
        self.server = server
        self._transport = transport
        self._read = 0
        """Bytes of this session so far."""

    def before_answer(self) -> None:
        """Let the server stay silent at any request for a file."""
        faults = self.server.faults
        if faults.trigger("sftp-stall", FILES):
            while faults.find("sftp-stall", FILES) is not None and self._transport.is_active():
                time.sleep(_STALL_SECONDS)

    def length(self, offset: int, wanted: int) -> int:
        """Return how many bytes of a read are answered; 0: the file ends here."""
        self._read += wanted
        faults = self.server.faults
        if faults.trigger("sftp-disconnect", FILES, lambda limit: self._read > limit.number):
            self._transport.close()
        end = faults.trigger("sftp-ends-at", FILES, lambda end: offset + wanted > end.number)
        return wanted if end is None else max(end.number - offset, 0)

    @_in_home
    def list_folder(self, folder: Path) -> list[paramiko.SFTPAttributes]:
        """Return the entries of a folder; one of the files may be moved away then."""
        with os.scandir(folder) as entries:
            found = [
                paramiko.SFTPAttributes.from_stat(entry.stat(follow_symlinks=False), entry.name) for entry in entries
            ]
        for path in (folder / one.filename for one in found):
            if path.suffix != MOVED and path.is_file() and self.server.faults.trigger("sftp-rename", FILES):
                path.rename(path.with_name(path.name + MOVED))
                break
        return found

    @_in_home
    def stat(self, path: Path) -> paramiko.SFTPAttributes:
        """Return size and time of one file."""
        return paramiko.SFTPAttributes.from_stat(path.stat())

    lstat = stat
    """The same: the home has no links."""

    @_in_home
    def open(self, path: Path, flags: int, _: paramiko.SFTPAttributes) -> paramiko.SFTPHandle:
        """Open a file for reading; nothing that the procedure needs is written by a client."""
        if path.is_dir() or flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, path.name)
        return _Handle(path.open("rb"), self)


class _Handle(paramiko.SFTPHandle):
    """An open file."""

    def __init__(self, file: BinaryIO, home: SftpHome) -> None:
        super().__init__()
        self.readfile = file
        self._home = home

    def read(self, offset: int, length: int) -> bytes | int:
        self._home.before_answer()
        length = self._home.length(offset, length)
        return super().read(offset, length) if length else SFTP_EOF

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


def _new_host_key() -> paramiko.PKey:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return paramiko.Ed25519Key(file_obj=io.StringIO(pem.decode()))
