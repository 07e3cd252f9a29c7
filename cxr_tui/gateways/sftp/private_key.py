"""The customer's private SSH key, read from its file; every way in which that fails is told apart."""

from __future__ import annotations

import io
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from cxr_tui.domain.errors import KeyFileError
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import in_utf_8, visible
from cxr_tui.security.private_files import open_named

MOST_BYTES = 64 * 1024


def load_private_key(path: Path, passphrase: Secret | None) -> paramiko.PKey:
    """Return a private key in OpenSSH or PEM form (PKCS#1, PKCS#8, SEC1); KeyFileError names what is wrong.

    The passphrase is used where the file is encrypted and ignored where it is not. How long an encrypted file takes to
    open is in the file: the caller limits the time.
    """
    data = in_utf_8(_read(path))
    shown = visible(str(path))
    _refuse_other_kinds(data, shown)
    try:
        return _for_ssh(_opened(data, shown, passphrase), shown)
    except UnsupportedAlgorithm as error:
        raise KeyFileError(f"{shown} is of a kind that cannot be used here: {visible(str(error), 100)}") from None


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


def _opened(data: bytes, shown: str, passphrase: Secret | None) -> object:
    openssh = b"BEGIN OPENSSH PRIVATE KEY" in data
    load = serialization.load_ssh_private_key if openssh else serialization.load_pem_private_key
    try:
        return load(data, None)
    except ValueError:
        raise KeyFileError(f"{shown} is damaged or cut off: it begins like a private key, and cannot be read") from None
    except TypeError:  # it is encrypted
        pass
    if not passphrase:
        raise KeyFileError(f"{shown} is protected by a passphrase, and none was given")
    try:
        return load(data, passphrase.reveal().encode())
    except (ValueError, TypeError):
        raise KeyFileError(f"{shown} cannot be opened with this passphrase: the passphrase is wrong") from None


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
