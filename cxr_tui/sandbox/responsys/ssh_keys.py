"""SSH2 keys for the SCP user: read, added, and after a while really authorized on the file server."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.sandbox.clock import Clock

PROCESSING = "Processing"
COMPLETED = "Completed"
MIN_BITS = 1024
"""RSA or DSA keys of at least that many bits are taken (facts B.9; documented)."""

_BEGIN = "---- BEGIN SSH2 PUBLIC KEY ----"
_END = "---- END SSH2 PUBLIC KEY ----"


class Ssh2KeyRefusedError(Exception):
    """The page does not take a key; the text says why."""


@dataclass(frozen=True)
class PublicKey:
    """A public key: SSH wire form, kind (`ssh-rsa`, `ssh-dss`) and strength in bits."""

    blob: bytes
    kind: str
    bits: int


@dataclass
class Ssh2Key:
    """One key of the account under its tag."""

    tag: str
    scp_user: str
    key: PublicKey
    status: str
    ready: datetime


class Ssh2Keys:
    """The account's SSH2 keys (facts B.9: Processing, later Completed; documented)."""

    def __init__(self, clock: Clock, delay: timedelta) -> None:
        self.delay = delay
        """How long a key stays Processing: documented as 7 to 10 business days and as a couple of days (facts G)."""
        self._clock = clock
        self._keys: dict[str, Ssh2Key] = {}

    def all(self) -> list[Ssh2Key]:
        """Return every key, oldest first."""
        return list(self._keys.values())

    def find(self, tag: str) -> Ssh2Key | None:
        """Return the key of this tag."""
        return self._keys.get(tag)

    def add(self, scp_user: str, tag: str, data: bytes) -> Ssh2Key:
        """Take a key into processing; Ssh2KeyRefusedError."""
        if not tag.strip():
            raise Ssh2KeyRefusedError("Enter a tag name for the key")
        if tag in self._keys:
            raise Ssh2KeyRefusedError(f'A key with the tag name "{tag}" exists already')
        key = Ssh2Key(tag, scp_user, read_public_key(data), PROCESSING, self._clock.now() + self.delay)
        self._keys[tag] = key

        async def complete() -> None:
            key.status = COMPLETED

        self._clock.at(key.ready, complete, f"SSH2 key {tag}")
        return key

    def add_completed(self, scp_user: str, tag: str, key: PublicKey) -> None:
        """Add a key that was registered before the sandbox's story begins."""
        self._keys[tag] = Ssh2Key(tag, scp_user, key, COMPLETED, self._clock.now())

    def remove(self, tag: str) -> None:
        """Forget a key; KeyError."""
        del self._keys[tag]

    def authorized(self) -> Iterator[bytes]:
        """Yield the wire forms of the completed keys; safe to call from the file server's threads."""
        return iter([one.key.blob for one in list(self._keys.values()) if one.status == COMPLETED])


def read_public_key(data: bytes) -> PublicKey:
    """Read a public key in OpenSSH's one-line or RFC 4716's form; Ssh2KeyRefusedError.

    The exact form that the real page takes is not documented; both are taken (inferred).
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Ssh2KeyRefusedError("The file is not an SSH2 public key") from None
    if "PRIVATE KEY" in text:
        raise Ssh2KeyRefusedError("The file holds a private key; choose the public key")
    if "PuTTY-User-Key-File" in text:
        raise Ssh2KeyRefusedError("The file is a PuTTY key; export the public key in SSH2 form")
    blob = _rfc4716(text) if _BEGIN in text else _one_line(text)
    key = _described(blob)
    if key.bits < MIN_BITS:
        raise Ssh2KeyRefusedError(f"The key has {key.bits} bits; at least {MIN_BITS} are required")
    return key


def _one_line(text: str) -> bytes:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    parts = lines[0].split() if len(lines) == 1 else []
    if len(parts) < 2 or not parts[0].startswith(("ssh-", "ecdsa-", "sk-")):
        raise Ssh2KeyRefusedError("The file is not an SSH2 public key")
    blob = _base64(parts[1])
    if not blob.startswith(struct.pack(">I", len(parts[0])) + parts[0].encode()):
        raise Ssh2KeyRefusedError("The file is not an SSH2 public key")
    return blob


def _rfc4716(text: str) -> bytes:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines[0] != _BEGIN or lines[-1] != _END:
        raise Ssh2KeyRefusedError("The SSH2 public key is incomplete")
    body = []
    in_header = False
    for line in lines[1:-1]:
        if in_header or ":" in line:
            in_header = line.endswith("\\")  # a header goes on in the next line (RFC 4716, section 3.3)
        else:
            body.append(line)
    return _base64("".join(body))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Ssh2KeyRefusedError("The SSH2 public key is damaged") from None


def _described(blob: bytes) -> PublicKey:
    """Return kind and strength from the wire form: RSA's modulus, DSA's p (RFC 4253, section 6.6)."""
    try:
        fields = list(_fields(blob))
        kind = fields[0].decode("ascii", "replace")
        number = {"ssh-rsa": 2, "ssh-dss": 1}.get(kind)
        if number is None:
            raise Ssh2KeyRefusedError(f"Keys of the kind {kind} are not supported; use RSA or DSA")
        return PublicKey(blob, kind, int.from_bytes(fields[number], "big").bit_length())
    except (struct.error, IndexError):
        raise Ssh2KeyRefusedError("The SSH2 public key is damaged") from None


def _fields(blob: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(blob):
        (length,) = struct.unpack_from(">I", blob, place)
        place += 4 + length
        if place > len(blob):
            raise struct.error
        yield blob[place - length : place]
