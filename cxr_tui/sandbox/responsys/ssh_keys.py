"""SSH2 keys for the SCP user: read, added, and after a while authorized on the file server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    SSHPrivateKeyTypes,
    load_ssh_private_key,
)

from cxr_tui.domain.ssh_public_key import SshPublicKey, from_openssh, from_ssh2
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.screens import PageError
from cxr_tui.security.private_files import write_private

COMPLETED = "Completed"
MIN_BITS = 1024
"""RSA or DSA keys of at least that many bits are taken (facts B.9; documented)."""


@dataclass
class Ssh2Key:
    """One key of the account."""

    key: SshPublicKey
    ready: datetime
    """When it becomes Completed (aware, UTC)."""


class Ssh2Keys:
    """The account's SSH2 keys (facts B.9: Processing, later Completed; documented)."""

    def __init__(self, clock: Clock) -> None:
        self.delay = timedelta(days=5)
        """How long a key stays Processing: documented as 7 to 10 business days and as a couple of days (facts G)."""
        self._clock = clock
        self.by_tag: dict[str, Ssh2Key] = {}

    def add(self, tag: str, data: bytes) -> None:
        """Take a key into processing; PageError."""
        if tag in self.by_tag:
            raise PageError(f'A key with the tag name "{tag}" exists already')
        self.by_tag[tag] = Ssh2Key(read_public_key(data), self._clock.now() + self.delay)

    def add_completed(self, tag: str, key: SshPublicKey) -> None:
        """Add a key that was registered before the sandbox's story begins."""
        self.by_tag[tag] = Ssh2Key(key, self._clock.now())

    def ready_at(self, tag: str) -> datetime | None:
        """Return when the key of this tag becomes Completed (aware, UTC); None: no such key."""
        key = self.by_tag.get(tag)
        return None if key is None else key.ready

    def statuses(self) -> dict[str, str]:
        """Return the status of every key by its tag, oldest first, as the page shows it."""
        now = self._clock.now()
        return {tag: COMPLETED if now >= key.ready else "Processing" for tag, key in self.by_tag.copy().items()}

    def authorized(self) -> set[bytes]:
        """Return the wire forms of the completed keys; safe to call from the file server's threads."""
        return {self.by_tag[tag].key.blob for tag, status in self.statuses().items() if status == COMPLETED}


def read_public_key(data: bytes) -> SshPublicKey:
    """Read a public key in OpenSSH's one-line or RFC 4716's form; PageError.

    The exact form that the real page takes is not documented; both are taken (inferred).
    """
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    key = from_ssh2(text) or from_openssh(text)
    if key is None:
        raise PageError("The file is not an SSH2 public key")
    if key.algorithm not in ("ssh-rsa", "ssh-dss") or key.bits < MIN_BITS:
        wanted = f"RSA or DSA of at least {MIN_BITS} bits is required"
        raise PageError(f"The key is of the kind {key.algorithm} and has {key.bits} bits; {wanted}")
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
        write_private(path, text)
    return public_half(private)


def public_half(private: SSHPrivateKeyTypes) -> SshPublicKey:
    """Return the public key of a pair."""
    return read_public_key(private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
