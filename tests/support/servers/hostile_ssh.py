"""SSH servers that misbehave: real ones as far as the login, and whatever a test wants in SFTP after it."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from paramiko.common import AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.sftp import (
    CMD_ATTRS,
    CMD_CLOSE,
    CMD_DATA,
    CMD_FSTAT,
    CMD_HANDLE,
    CMD_INIT,
    CMD_NAME,
    CMD_OPEN,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_STAT,
    CMD_STATUS,
    CMD_VERSION,
)

from support.servers.real_parts import LOOPBACK

_OK, _EOF = 0, 1


def number(value: int, size: int = 4) -> bytes:
    return value.to_bytes(size, "big")


def text(content: bytes, claimed: int | None = None) -> bytes:
    """Return a counted text; `claimed` is the length that is said in front of it."""
    return number(len(content) if claimed is None else claimed) + content


def attributes(size: int = 10, time: int = 1_796_108_400, mode: int = 0o100644) -> bytes:
    return number(0x01 | 0x04 | 0x08) + number(size, 8) + number(mode) + number(time) * 2


def names(*entries: bytes, claimed: int | None = None, attrs: bytes | None = None) -> bytes:
    """Return the body of a list of names; `claimed` is the count that is said in front of it."""
    attrs = attributes() if attrs is None else attrs
    return number(len(entries) if claimed is None else claimed) + b"".join(
        text(one) + text(b"-rw " + one[:50]) + attrs for one in entries
    )


@dataclass
class SftpScript:
    """What the SFTP side answers."""

    listing: Callable[[int], bytes | None] = lambda turn: names(b"a.csv") if turn == 0 else None
    """Body of the answer to a READDIR, by turn; None: the end."""
    file_size: int = 10
    stat: bytes | None = None
    """Body of the answer to a STAT, in the place of plain attributes."""
    data: Callable[[int], bytes] = lambda length: text(b"x" * length)
    """Body of the answer to a READ of so many bytes."""
    whole_packet: Callable[[int], bytes | None] = lambda kind: None
    """A packet, length included, in the place of the answer to a request of this kind."""
    version: bytes = number(3)
    asked: list[tuple[int, bytes]] = field(default_factory=list)
    """Requests by kind, with what follows their number."""


class _Sftp(paramiko.SubsystemHandler):
    """Speaks SFTP by the script, packet by packet."""

    def __init__(
        self, channel: paramiko.Channel, name: str, server: paramiko.ServerInterface, script: SftpScript
    ) -> None:
        super().__init__(channel, name, server)
        self._script = script
        self._turn = 0

    def start_subsystem(self, name: str, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            while True:
                length = int.from_bytes(_exactly(channel, 4), "big")
                packet = _exactly(channel, length)
                channel.sendall(self._answer(packet[0], packet[1:5], packet[5:]))

    def _answer(self, kind: int, request: bytes, rest: bytes) -> bytes:
        script = self._script
        script.asked.append((kind, rest))
        whole = script.whole_packet(kind)
        if whole is not None:
            return whole.replace(b"#ID#", request)
        if kind == CMD_INIT:
            return _packet(CMD_VERSION, script.version)
        if kind in (CMD_OPENDIR, CMD_OPEN):
            self._turn = 0
            return _packet(CMD_HANDLE, request + text(b"h"))
        if kind == CMD_READDIR:
            body = script.listing(self._turn)
            self._turn += 1
            return _packet(CMD_NAME, request + body) if body is not None else _status(request, _EOF)
        if kind in (CMD_STAT, CMD_FSTAT):
            return _packet(CMD_ATTRS, request + (script.stat or attributes(script.file_size)))
        if kind == CMD_READ:
            return _packet(CMD_DATA, request + script.data(int.from_bytes(rest[-4:], "big")))
        return _status(request, _OK if kind == CMD_CLOSE else 4)


def _packet(kind: int, body: bytes) -> bytes:
    return number(len(body) + 1) + bytes([kind]) + body


def _status(request: bytes, code: int) -> bytes:
    return _packet(CMD_STATUS, request + number(code) + text(b"") + text(b""))


def _exactly(channel: paramiko.Channel, size: int) -> bytes:
    got = b""
    while len(got) < size:
        more = channel.recv(size - len(got))
        if not more:
            raise EOFError
        got += more
    return got


class _Host(paramiko.ServerInterface):
    def __init__(self, auth: int, more: str) -> None:
        self._auth = auth
        self._more = more

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._auth

    def get_allowed_auths(self, username: str) -> str:
        return self._more


@contextlib.contextmanager
def hostile_ssh(
    keys: Sequence[paramiko.PKey],
    script: SftpScript | None = None,
    *,
    auth: int = AUTH_SUCCESSFUL,
    more: str = "publickey",
    signatures: Sequence[str] = (),
) -> Iterator[int]:
    """Run an SSH server with these host keys that lets everybody in; yields the port.

    `signatures` are those that it says it takes; without them it names all that the library knows.
    """

    class Announcing(paramiko.Transport):
        preferred_pubkeys = tuple(signatures)

    script = script or SftpScript()
    ending = threading.Event()
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while not ending.is_set():
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                line, _ = listener.accept()
                transport = (Announcing if signatures else paramiko.Transport)(line)
                transports.append(transport)
                for key in keys:
                    transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", _Sftp, script)
                transport.start_server(threading.Event(), _Host(auth, more))

    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ending.set()
            thread.join(5)
            for transport in transports:
                transport.close()


def kexinit(*host_keys: str) -> bytes:
    """Return a server's first packets: a banner, and that it knows host keys of these kinds only."""
    both_ways = ("aes128-ctr", "hmac-sha2-256", "none", "")
    exchanges = "curve25519-sha256@libssh.org,ecdh-sha2-nistp256"
    lists = [exchanges, ",".join(host_keys), *(one for one in both_ways for _ in range(2))]
    payload = bytes([20]) + bytes(16) + b"".join(text(one.encode()) for one in lists) + bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    return b"SSH-2.0-old\r\n" + number(len(payload) + padding + 1) + bytes([padding]) + payload + bytes(padding)


def ed25519_key() -> paramiko.PKey:
    """Make a host key; the library itself cannot make one of this kind."""
    made = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return paramiko.Ed25519Key.from_private_key(io.StringIO(made.decode()))


def user_key(path: Path) -> Path:
    """Write a private key that the servers here take as any other."""
    paramiko.ECDSAKey.generate().write_private_key_file(str(path))
    return path
