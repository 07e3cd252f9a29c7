"""The account's SSH2 key, with which CX Audience enters external servers (facts C.8)."""

from __future__ import annotations

import asyncio
import base64
import io

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cxr_tui.sandbox.audience.offload import in_daemon_thread

MAIL_SUBJECT = "Your SSH2 public key"
ATTACHMENT = "cxaudience_ssh2.pub"
_BITS = 2048
_LINE = 70
"""RFC 4716 allows 72 bytes a line."""


class Ssh2Key:
    """One RSA key an account, made when it is first needed; whether it is always the same key is inferred."""

    def __init__(self, comment: str) -> None:
        self._comment = comment
        self._making = asyncio.Lock()
        self._key: paramiko.RSAKey | None = None

    async def private(self) -> paramiko.RSAKey:
        """Return the key itself; it never leaves the twin."""
        async with self._making:
            if self._key is None:
                self._key = await in_daemon_thread(_generate, "audience-ssh2-key")
            return self._key

    async def public_file(self) -> bytes:
        """Return the public half as it is mailed, in the SSH2 form of RFC 4716 (the form is inferred)."""
        key = await self.private()
        return ssh2_public_file(key.asbytes(), f"{key.get_bits()}-bit RSA, {self._comment}")


def ssh2_public_file(blob: bytes, comment: str) -> bytes:
    """Return a public key blob as RFC 4716 writes it: a begin line, a quoted comment, base64, an end line."""
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    quoted = comment.replace("\\", "").replace('"', "")[:50]
    parts = ["---- BEGIN SSH2 PUBLIC KEY ----", f'Comment: "{quoted}"', *lines, "---- END SSH2 PUBLIC KEY ----"]
    return ("\n".join(parts) + "\n").encode("ascii")


def _generate() -> paramiko.RSAKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode("ascii")
    return paramiko.RSAKey.from_private_key(io.StringIO(text))
