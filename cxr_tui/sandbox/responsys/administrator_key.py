"""The administrator's own SSH key pair, registered on the file server before the story begins."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from cxr_tui.sandbox.responsys.ssh_keys import PublicKey, read_public_key

_BITS = 2048


def make_key_pair(path: Path) -> PublicKey:
    """Return the public key of the pair in `path`, which is made where there is none.

    The private key is written in OpenSSH form, readable by its owner only and without passphrase.
    """
    if path.exists():
        private = load_ssh_private_key(path.read_bytes(), None)
    else:
        private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
    return read_public_key(private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
