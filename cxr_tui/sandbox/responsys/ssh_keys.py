"""SSH2 keys for the SCP user: read, added, and after a while authorized on the file server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from cxr_tui.domain.ssh_public_key import SshPublicKey, from_openssh, from_ssh2
from cxr_tui.sandbox.clock import Clock

PROCESSING = "Processing"
COMPLETED = "Completed"
MIN_BITS = 1024
"""RSA or DSA keys of at least that many bits are taken (facts B.9; documented)."""

_BEGIN = "---- BEGIN SSH2 PUBLIC KEY ----"
_END = "---- END SSH2 PUBLIC KEY ----"


class Ssh2KeyRefusedError(Exception):
    """The page refuses a key; the text gives the reason."""


@dataclass
class Ssh2Key:
    """One key of the account under its tag."""

    tag: str
    key: SshPublicKey
    status: str
    ready: datetime


class Ssh2Keys:
    """The account's SSH2 keys (facts B.9: Processing, later Completed; documented)."""

    def __init__(self, clock: Clock) -> None:
        self.delay = timedelta(days=5)
        """How long a key stays Processing: documented as 7 to 10 business days and as a couple of days (facts G)."""
        self._clock = clock
        self._keys: dict[str, Ssh2Key] = {}

    def all(self) -> list[Ssh2Key]:
        """Return every key, oldest first."""
        return list(self._keys.values())

    def find(self, tag: str) -> Ssh2Key | None:
        """Return the key of this tag."""
        return self._keys.get(tag)

    def add(self, tag: str, data: bytes) -> Ssh2Key:
        """Take a key into processing; Ssh2KeyRefusedError."""
        if not tag.strip():
            raise Ssh2KeyRefusedError("Enter a tag name for the key")
        if tag in self._keys:
            raise Ssh2KeyRefusedError(f'A key with the tag name "{tag}" exists already')
        key = Ssh2Key(tag, read_public_key(data), PROCESSING, self._clock.now() + self.delay)
        self._keys[tag] = key

        async def complete() -> None:
            key.status = COMPLETED

        self._clock.at(key.ready, complete, f"SSH2 key {tag}")
        return key

    def add_completed(self, tag: str, key: SshPublicKey) -> None:
        """Add a key that was registered before the sandbox's story begins."""
        self._keys[tag] = Ssh2Key(tag, key, COMPLETED, self._clock.now())

    def ready_at(self, tag: str) -> datetime | None:
        """Return when the key of this tag becomes Completed (aware, UTC); None: no such key."""
        key = self._keys.get(tag)
        return None if key is None else key.ready

    def remove(self, tag: str) -> Ssh2Key:
        """Forget a key and return it; KeyError."""
        return self._keys.pop(tag)

    def authorized(self) -> Iterator[bytes]:
        """Yield the wire forms of the completed keys; safe to call from the file server's threads."""
        return iter([one.key.blob for one in list(self._keys.values()) if one.status == COMPLETED])


def read_public_key(data: bytes) -> SshPublicKey:
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
    text = text.replace("\r\n", "\n")
    if _BEGIN in text and _END not in text:
        raise Ssh2KeyRefusedError("The SSH2 public key is incomplete")
    key = from_ssh2(text) if _BEGIN in text else from_openssh(text)
    if key is None and _BEGIN not in text:
        raise Ssh2KeyRefusedError("The file is not an SSH2 public key")
    if key is None:
        raise Ssh2KeyRefusedError("The SSH2 public key is damaged")
    if key.algorithm not in ("ssh-rsa", "ssh-dss"):
        raise Ssh2KeyRefusedError(f"Keys of the kind {key.algorithm} are not supported; use RSA or DSA")
    if key.bits < MIN_BITS:
        raise Ssh2KeyRefusedError(f"The key has {key.bits} bits; at least {MIN_BITS} are required")
    return key


def make_key_pair(path: Path) -> SshPublicKey:
    """Return the public key of the administrator's own pair in `path`, which is made where there is none.

    The private key is written in OpenSSH form (RSA 2048), readable by its owner only and without passphrase.
    """
    if path.exists():
        private = load_ssh_private_key(path.read_bytes(), None)
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
    return read_public_key(private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
