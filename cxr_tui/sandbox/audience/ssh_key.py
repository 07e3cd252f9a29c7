"""The account's SSH2 key, with which CX Audience enters external servers (facts C.8)."""

from __future__ import annotations

import base64
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAIL_SUBJECT = "Your SSH2 public key"
ATTACHMENT = "cxaudience_ssh2.pub"
_BITS = 2048
_LINE = 70
"""RFC 4716 allows 72 bytes per line."""


class SshKey:
    """One RSA key per account, made when it is first needed; whether it is always the same key is inferred.

    The private half is not kept: the other twin is asked directly whether it knows the key.
    """

    def __init__(self, comment: str) -> None:
        self._comment = comment

    @cached_property
    def blob(self) -> bytes:
        """The public key as SSH sends it."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS).public_key()
        return base64.b64decode(key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1])

    def public_file(self) -> bytes:
        """Return the public key as it is mailed, in the SSH2 form of RFC 4716 (the form is inferred)."""
        text = base64.b64encode(self.blob).decode("ascii")
        lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
        comment = f'Comment: "{_BITS}-bit RSA, {self._comment}"'
        parts = ["---- BEGIN SSH2 PUBLIC KEY ----", comment, *lines, "---- END SSH2 PUBLIC KEY ----", ""]
        return "\n".join(parts).encode("ascii")
