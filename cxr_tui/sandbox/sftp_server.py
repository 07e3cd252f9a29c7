"""The Responsys file server: SFTP over SSH, public keys only, one home with upload, download and archive."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from cxr_tui.sandbox.faults.sftp_faults import FileFaults
from cxr_tui.sandbox.faults.switch import Switch
from cxr_tui.sandbox.sftp_home import Home, SftpHome

FOLDERS = ("upload", "download", "archive")
"""What a file server account starts with (facts B.9; documented)."""

_log = logging.getLogger(__name__)
_NEGOTIATION_SECONDS = 30.0


@dataclass(frozen=True)
class Attempt:
    """One key that a client offered, kept for tests."""

    at: datetime
    user: str
    kind: str
    fingerprint: str
    accepted: bool


class FileServer:
    """A real SSH server on a port of 127.0.0.1 that the system chooses; it serves from threads of its own.

    Only public keys open it, never a password (facts B.9; documented), and only those that `authorized` names for the
    user at that moment, so that an SSH2 key works as soon as it is Completed.
    """

    def __init__(
        self,
        user: str,
        directory: Path,
        authorized: Callable[[], Iterable[bytes]],
        now: Callable[[], datetime],
    ) -> None:
        """`directory` holds home and host key; `authorized` returns SSH wire forms of keys and is called in threads."""
        self.user = user
        self.host = "127.0.0.1"
        self.port = 0
        self.inside_port = 0
        """Where CX Audience comes in, past the line and its faults."""
        self.shown_port: int | None = None
        """Port of the line that stands before it; None: there is none."""
        self.faults: Switch | None = None
        self.home = directory / "home"
        self.attempts: list[Attempt] = []
        self._authorized = authorized
        self._now = now
        self._host_key = _new_host_key()
        self._listening: list[tuple[socket.socket, threading.Thread]] = []
        self._transports: set[paramiko.Transport] = set()
        self._lock = threading.Lock()
        for folder in FOLDERS:
            (self.home / folder).mkdir(parents=True, exist_ok=True)

    @property
    def server(self) -> str:
        """Return the server as the Destination Connectivity page shows it: the port only where it is not 22."""
        port = self.port if self.shown_port is None else self.shown_port
        return self.host if port == 22 else f"{self.host}:{port}"

    @property
    def fingerprint(self) -> str:
        """Return the host key's fingerprint in OpenSSH's form."""
        return fingerprint(self._host_key.asbytes())

    def replace_host_key(self) -> None:
        """Serve a new host key to whoever connects from now on, as after a move to another machine."""
        self._host_key = _new_host_key()

    def start(self) -> None:
        """Bind and serve; OSError."""
        self.port = self._listen_at(by_line=True)
        self.inside_port = self._listen_at(by_line=False)

    def stop(self) -> None:
        """Close the listening socket and all connections; nothing happens when it never started."""
        for listening, thread in self._listening:
            with suppress(OSError):
                # Wakes the accept() of the listening thread; closing alone would not.
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(5)
        self._listening.clear()
        with self._lock:
            transports = list(self._transports)
        for transport in transports:
            transport.close()

    def path(self, relative: str) -> Path:
        """Return the local path of a path on the server; ValueError when it leaves the home."""
        return Home(self.home).local(relative)

    def has_folder(self, relative: str) -> bool:
        """Say whether there is such a folder on the server."""
        try:
            return self.path(relative).is_dir()
        except ValueError:
            return False

    def authorizes(self, user: str, key: paramiko.PKey) -> bool:
        """Decide on a key that a client offers, and note the attempt; RSA (or DSA) only (facts B.9; documented)."""
        known = user == self.user and key.get_name() in ("ssh-rsa", "ssh-dss")
        accepted = known and key.asbytes() in set(self._authorized())
        self.attempts.append(Attempt(self._now(), user, key.get_name(), fingerprint(key.asbytes()), accepted))
        return accepted

    def _listen_at(self, *, by_line: bool) -> int:
        listening = socket.create_server((self.host, 0))
        thread = threading.Thread(target=self._listen, args=(listening, by_line), name="sftp-listener", daemon=True)
        self._listening.append((listening, thread))
        thread.start()
        return int(listening.getsockname()[1])

    def _listen(self, listening: socket.socket, by_line: bool) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            serving = threading.Thread(target=self._serve, args=(client, by_line), name="sftp-connection", daemon=True)
            serving.start()

    def _serve(self, client: socket.socket, by_line: bool) -> None:
        try:
            transport = paramiko.Transport(client)
        except (OSError, EOFError, paramiko.SSHException):
            client.close()
            return
        transport.add_server_key(self._host_key)
        faults = None
        if by_line and self.faults is not None:
            faults = FileFaults(self.faults, transport.close, lambda: not transport.is_active())
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, SftpHome, Home(self.home), self._now, faults)
        with self._lock:
            self._transports.add(transport)
        try:
            transport.start_server(server=_Door(self))
            transport.join()
        except (OSError, EOFError, paramiko.SSHException) as error:
            _log.debug("a connection ended early: %s", error)
        finally:
            transport.close()
            with self._lock:
                self._transports.discard(transport)


class _Door(paramiko.ServerInterface):
    """Lets a client in by public key and into nothing but SFTP."""

    def __init__(self, server: FileServer) -> None:
        self._server = server

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return AUTH_SUCCESSFUL if self._server.authorizes(username, key) else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


def fingerprint(blob: bytes) -> str:
    """Return the SHA256 fingerprint of a key's wire form, as OpenSSH prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _new_host_key() -> paramiko.PKey:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return paramiko.Ed25519Key(file_obj=io.StringIO(pem.decode()))
