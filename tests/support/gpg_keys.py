"""Real OpenPGP keys and messages for tests: made by gpg, and by hand where gpg 2.2 cannot make them."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from support.servers.real_parts import need


class GpgBench:
    """A gpg home directory for a test."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def gpg(self, *arguments: str, given: bytes = b"") -> bytes:
        """Run gpg and return what it prints."""
        command = ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--pinentry-mode", "loopback"]
        command += ["--passphrase", "", "--trust-model", "always", *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=True).stdout

    def make(self, name: str, kind: str, usage: str = "default", expires: str = "never", *options: str) -> str:
        """Make a key and return its fingerprint."""
        self.gpg(*options, "--quick-gen-key", f"{name} <{name}@example.com>", kind, usage, expires)
        return self.fingerprint(name)

    def add(self, fingerprint: str, kind: str, expires: str = "never", *options: str) -> None:
        """Give a key one more subkey that encrypts."""
        self.gpg(*options, "--quick-add-key", fingerprint, kind, "encr", expires)

    def fingerprint(self, name: str) -> str:
        """Return the fingerprint of the key with this name."""
        return next(row[9] for row in self.rows(name) if row[0] == "fpr")

    def key_ids(self, name: str) -> list[str]:
        """Return the long key ids of a key and its subkeys."""
        return [row[4] for row in self.rows(name) if row[0] in ("pub", "sub")]

    def rows(self, name: str) -> list[list[str]]:
        """Return gpg's colon listing of a key."""
        listed = self.gpg("--list-keys", "--with-colons", _exactly(name)).decode()
        return [line.split(":") for line in listed.splitlines()]

    def public(self, name: str, *, armoured: bool = True) -> bytes:
        """Return a public key."""
        return self.gpg(*(["--armor"] if armoured else []), "--export", _exactly(name))

    def private(self, name: str, *, armoured: bool = True) -> bytes:
        """Return a private key."""
        return self.gpg(*(["--armor"] if armoured else []), "--export-secret-keys", _exactly(name))

    def encrypted(self, text: bytes, *arguments: str) -> bytes:
        """Return an encrypted message."""
        return self.gpg(*arguments, "--encrypt", given=text)

    def revoke(self, fingerprint: str) -> None:
        """Revoke a key with the certificate that gpg made together with it."""
        certificate = (self.home / "openpgp-revocs.d" / f"{fingerprint}.rev").read_text()
        self.gpg("--import", given=certificate.replace(":-----BEGIN", "-----BEGIN").encode())


def _exactly(name: str) -> str:
    """Return how gpg finds the key with this name and no other that begins alike."""
    return f"<{name}@example.com>"


@contextmanager
def gpg_bench() -> Iterator[GpgBench]:
    """Open a gpg home with a short name and end its agent afterwards."""
    need("gpg", "gpgconf")
    home = Path(tempfile.mkdtemp(prefix="gpg-", dir="/tmp" if os.name == "posix" else None))
    try:
        yield GpgBench(home)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)


def packet(tag: int, body: bytes) -> bytes:
    """Return a packet in the new format with a five-octet length."""
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def armoured(octets: bytes, kind: bytes = b"MESSAGE") -> bytes:
    """Return binary data in armour, without the checksum, which is optional."""
    lines = base64.encodebytes(octets)
    return b"-----BEGIN PGP " + kind + b"-----\n\n" + lines + b"-----END PGP " + kind + b"-----\n"


def _mpi(number: int) -> bytes:
    return number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _subpacket(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content


class HandMadeKey:
    """An RSA key whose self-signatures say whatever a test wants (RFC 4880, 5.2)."""

    def __init__(self, created: int = 1_700_000_000, user_id: bytes = b"Hand Made <hand@example.com>") -> None:
        self._private = rsa.generate_private_key(65537, 2048)
        numbers = self._private.public_key().public_numbers()
        self._body = b"\x04" + created.to_bytes(4, "big") + b"\x01" + _mpi(numbers.n) + _mpi(numbers.e)
        self._hashed = b"\x99" + len(self._body).to_bytes(2, "big") + self._body
        self.fingerprint = hashlib.sha1(self._hashed, usedforsecurity=False).hexdigest().upper()
        self._user_id = user_id

    def public(self, *signatures: bytes) -> bytes:
        """Return the binary public key with these self-signatures."""
        return packet(6, self._body) + packet(13, self._user_id) + b"".join(signatures)

    def self_signature(self, created: int, *said: tuple[int, bytes]) -> bytes:
        """Return a self-signature made at this time that says these subpackets."""
        fingerprint = bytes.fromhex(self.fingerprint)
        stated = (2, created.to_bytes(4, "big")), (27, b"\x0f"), (33, b"\x04" + fingerprint), *said
        area = b"".join(_subpacket(kind, content) for kind, content in stated)
        head = b"\x04\x13\x01\x08" + len(area).to_bytes(2, "big") + area
        user_id = b"\xb4" + len(self._user_id).to_bytes(4, "big") + self._user_id
        signed = self._hashed + user_id + head + b"\x04\xff" + len(head).to_bytes(4, "big")
        signature = self._private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        issuer = _subpacket(16, fingerprint[-8:])
        tail = len(issuer).to_bytes(2, "big") + issuer + hashlib.sha256(signed).digest()[:2]
        return packet(2, head + tail + _mpi(int.from_bytes(signature, "big")))
