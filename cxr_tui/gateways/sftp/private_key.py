"""The customer's private SSH key, read from its file; every way in which that fails is told apart."""

from __future__ import annotations

import base64
import binascii
import io
import re
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from cxr_tui.domain.errors import KeyFileError
from cxr_tui.domain.safe_text import visible
from cxr_tui.domain.secret import Secret
from cxr_tui.security.private_files import open_named

MOST_BYTES = 64 * 1024
MOST_ROUNDS = 500
"""OpenSSH makes 16 to 24; each takes some milliseconds."""
_HEAD_SIGNS = 512
_OPENSSH = b"openssh-key-v1\0"


def load_private_key(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    """Return a private key in OpenSSH or PEM form (PKCS#1, PKCS#8, SEC1); KeyFileError names what is wrong.

    The passphrase is used where the file is encrypted and ignored where it is not.
    """
    data = _read(path)
    shown = visible(str(path))
    _refuse_other_kinds(data, shown)
    encrypted = _is_encrypted(data)
    if encrypted and not passphrase:
        raise KeyFileError(f"{shown} is protected by a passphrase, and none was given")
    if encrypted and _rounds(data) > MOST_ROUNDS:
        raise KeyFileError(f"{shown} wants {_rounds(data):,} rounds to check its passphrase, which takes minutes")
    try:
        loaded = _load(data, passphrase.reveal().encode() if encrypted and passphrase else None)
    except UnsupportedAlgorithm as error:
        raise KeyFileError(f"{shown} is of a kind that cannot be used here: {visible(str(error), 100)}") from None
    except (ValueError, TypeError):
        if encrypted:
            raise KeyFileError(f"{shown} cannot be opened with this passphrase: the passphrase is wrong") from None
        raise KeyFileError(f"{shown} is damaged or cut off: it begins like a private key, and cannot be read") from None
    return _for_ssh(loaded, shown)


def _read(path: Path) -> bytes:
    shown = visible(str(path))
    try:
        with open_named(path) as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise KeyFileError(f"{shown} does not exist") from None
    except OSError as error:
        raise KeyFileError(f"{shown} cannot be read: {visible(error.strerror or str(error))}") from None
    if not data.strip():
        raise KeyFileError(f"{shown} is empty")
    if len(data) > MOST_BYTES:
        raise KeyFileError(f"{shown} is too large for a private key")
    return data


def _refuse_other_kinds(data: bytes, shown: str) -> None:
    text = data.lstrip()
    if text.startswith(b"PuTTY-User-Key-File"):
        raise KeyFileError(
            f"{shown} is a PuTTY key; open it in PuTTYgen, choose Conversions > Export OpenSSH key, and use that file"
        )
    if text.startswith((b"ssh-", b"ecdsa-", b"---- BEGIN SSH2 PUBLIC KEY", b"-----BEGIN PUBLIC KEY")):
        raise KeyFileError(f"{shown} is the public half of a key; the private half is needed here")
    if b"-----BEGIN PGP" in text:
        raise KeyFileError(f"{shown} is an OpenPGP file; an SSH private key is needed here")
    if b"-----BEGIN DSA PRIVATE KEY" in text:
        raise KeyFileError(f"{shown} is a DSA key, which no current SSH program uses any more; make an RSA key")
    if b"PRIVATE KEY-----" not in text:
        raise KeyFileError(f"{shown} is no private key file")


def _is_encrypted(data: bytes) -> bool:
    if b"BEGIN ENCRYPTED PRIVATE KEY" in data or b"Proc-Type: 4,ENCRYPTED" in data:
        return True
    if b"BEGIN OPENSSH PRIVATE KEY" not in data:
        return False
    head = _openssh_head(data)
    # openssh-key-v1: the magic, then the name of the cipher as a counted text (OpenSSH, PROTOCOL.key)
    return head.startswith(_OPENSSH) and not head[len(_OPENSSH) :].startswith(b"\0\0\0\4none")


def _openssh_head(data: bytes) -> bytes:
    lines = [line.strip() for line in data.splitlines() if not line.startswith(b"-----")]
    try:
        return base64.b64decode(b"".join(lines)[:_HEAD_SIGNS])
    except (binascii.Error, ValueError):
        return b""


def _rounds(data: bytes) -> int:
    """Return how often an OpenSSH key has its passphrase hashed; 0 where it is of another form."""
    # cipher, name of the hash, and as its options a counted text that ends with the rounds (OpenSSH, PROTOCOL.key)
    found = re.search(rb"\0\0\0\x06bcrypt\0\0\0.(.{0,255})", _openssh_head(data), re.DOTALL)
    if found is None:
        return 0
    size = int.from_bytes(found[0][10:14], "big")
    return int.from_bytes(found[1][size - 4 : size], "big") if size >= 4 else 0


def _load(data: bytes, passphrase: bytes | None) -> object:
    if b"BEGIN OPENSSH PRIVATE KEY" in data:
        return serialization.load_ssh_private_key(data, passphrase)
    return serialization.load_pem_private_key(data, passphrase)


def _for_ssh(loaded: object, shown: str) -> paramiko.PKey:
    kind: type[paramiko.PKey]
    if isinstance(loaded, rsa.RSAPrivateKey):
        return paramiko.RSAKey(key=loaded)
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        kind = paramiko.Ed25519Key
    elif isinstance(loaded, ec.EllipticCurvePrivateKey):
        kind = paramiko.ECDSAKey
    else:
        raise KeyFileError(f"{shown} is a key of a kind that no SSH server takes; make an RSA key")
    # paramiko does not read PKCS#8, so every other key is handed over in OpenSSH's form, in memory only
    text = loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    return kind.from_private_key(io.StringIO(text))
