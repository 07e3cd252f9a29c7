"""Reads the customer's private SSH key from its file, with a separate error for every cause."""

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
    """Return a private key in OpenSSH or PEM form (PKCS#1, PKCS#8, SEC1); KeyFileError.

    The passphrase is used only for an encrypted file. The file decides how long its decryption takes, so the caller
    limits the time.
    """
    data = in_utf_8(_read(path))
    shown = visible(str(path))
    _refuse_other_kinds(data, shown)
    try:
        return _for_ssh(_opened(data, shown, passphrase), shown)
    except UnsupportedAlgorithm as error:
        raise KeyFileError(f"{shown} has an unsupported type: {visible(str(error), 100)}") from None


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
            f"{shown} is a PuTTY key. Open it in PuTTYgen, choose Conversions > Export OpenSSH key, and use that file"
        )
    if text.startswith((b"ssh-", b"ecdsa-", b"---- BEGIN SSH2 PUBLIC KEY", b"-----BEGIN PUBLIC KEY")):
        raise KeyFileError(f"{shown} is a public key. Choose the private key")
    if b"-----BEGIN PGP" in text:
        raise KeyFileError(f"{shown} is an OpenPGP file. Choose an SSH private key")
    if b"-----BEGIN DSA PRIVATE KEY" in text:
        raise KeyFileError(f"{shown} is a DSA key, which SSH programs no longer accept. Create an RSA key")
    if b"PRIVATE KEY-----" not in text:
        raise KeyFileError(f"{shown} is not a private key file")


def _opened(data: bytes, shown: str, passphrase: Secret | None) -> object:
    openssh = b"BEGIN OPENSSH PRIVATE KEY" in data
    load = serialization.load_ssh_private_key if openssh else serialization.load_pem_private_key
    try:
        return load(data, None)
    except ValueError:
        raise KeyFileError(f"{shown} is damaged or cut off: it starts like a private key and cannot be read") from None
    except TypeError:  # it is encrypted
        pass
    if not passphrase:
        raise KeyFileError(f"{shown} is protected by a passphrase. Enter the passphrase")
    try:
        return load(data, passphrase.reveal().encode())
    except (ValueError, TypeError):
        raise KeyFileError(f"{shown} cannot be opened: the passphrase is wrong") from None


def _for_ssh(loaded: object, shown: str) -> paramiko.PKey:
    kind: type[paramiko.PKey]
    if isinstance(loaded, rsa.RSAPrivateKey):
        return paramiko.RSAKey(key=loaded)
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        kind = paramiko.Ed25519Key
    elif isinstance(loaded, ec.EllipticCurvePrivateKey):
        kind = paramiko.ECDSAKey
    else:
        raise KeyFileError(f"{shown} is a type of key that no SSH server accepts. Create an RSA key")
    # paramiko does not read PKCS#8, so other keys are converted to OpenSSH's form, in memory only
    text = loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    return kind.from_private_key(io.StringIO(text))
