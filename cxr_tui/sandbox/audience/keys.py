"""The account's OpenPGP key pairs, made and used by gpg, and its SSH2 key for external servers (facts C.8)."""

from __future__ import annotations

import asyncio
import base64
import re
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cxr_tui.domain.errors import OpenPgpError
from cxr_tui.domain.ssh_public_key import SshPublicKey, in_ssh2_form
from cxr_tui.system.gpg import Gpg, gpg_home

_KEY_BITS = 2048
"""The page does not say which keys CX Audience makes; RSA of this size is what others can read (inferred)."""

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")

MAIL_SUBJECT = "Your SSH2 public key"
ATTACHMENT = "cxaudience_ssh2.pub"


class KeyPairError(Exception):
    """A key pair cannot be made or used; the text is the product's."""


@dataclass(frozen=True)
class KeyPair:
    """One key pair in the list of the dialog."""

    name: str
    encryption_key_ids: tuple[str, ...]
    armour: str
    """The public key as it is downloaded."""


class KeyPairs:
    """All key pairs of the account, by name; the private halves never leave the gpg home."""

    def __init__(self) -> None:
        self.pairs: dict[str, KeyPair] = {}
        self._making = asyncio.Lock()
        self._closing = ExitStack()

    @cached_property
    def gpg(self) -> Gpg:
        """Return gpg with its home, which is made at the first use; blocking. GpgUnusableError."""
        return self._closing.enter_context(gpg_home())

    async def generate(self, name: str, email: str) -> KeyPair:
        """Make a key pair; KeyPairError for a name that is taken, or a name or address that gpg cannot hold."""
        name, email = name.strip(), email.strip()
        if not name or not name.isprintable() or any(char in "<>()" for char in name):
            # a line break would smuggle a directive into gpg's parameter file
            raise KeyPairError("Enter a name for the key pair without control characters and brackets")
        if not email.isprintable() or _EMAIL.fullmatch(email) is None:
            raise KeyPairError("Enter a valid email address")
        async with self._making:
            if name in self.pairs:
                raise KeyPairError(f'A key pair named "{name}" exists already')
            self.pairs[name] = await asyncio.to_thread(self._make, name, email)
            return self.pairs[name]

    async def decrypt(self, message: bytes, name: str) -> bytes:
        """Return the content of a file that is encrypted to the key pair; KeyPairError names its defect."""
        if name not in self.pairs:
            raise KeyPairError(f'There is no key pair "{name}"')
        own = self.pairs[name].encryption_key_ids
        ran = await asyncio.to_thread(lambda: self.gpg.run("--decrypt", data=message, agent=True))
        recipients = [text.split()[0] for word, text in ran.status() if word == "ENC_TO"]
        if not recipients:
            raise KeyPairError("The file is not encrypted with a PGP/GPG key")
        if not set(recipients) & set(own):
            # another pair of the account might open it, but the job names this one
            raise KeyPairError(
                f'The file is encrypted with another key ({", ".join(recipients)}) than the key pair "{name}"'
                f" ({', '.join(own)})"
            )
        if ran.code != 0:
            raise KeyPairError("The file could not be decrypted: it is damaged or incomplete")
        return ran.output

    async def close(self) -> None:
        """End gpg's agent and remove the private keys with the home."""
        await asyncio.to_thread(self._closing.close)

    def _make(self, name: str, email: str) -> KeyPair:
        try:
            fingerprint = self.gpg.generate(name, email, _KEY_BITS, "0", None)
        except OpenPgpError:
            raise KeyPairError("The key pair could not be generated") from None
        armour = self.gpg.run("--armor", "--export", fingerprint).output.decode()
        rows = self.gpg.run("--with-colons", "--list-keys", fingerprint).rows()
        ids = tuple(row[4] for row in rows if row[0] == "sub" and "e" in row[11])
        return KeyPair(name, ids, armour)


def looks_encrypted(content: bytes) -> bool:
    """Return whether a file begins like an OpenPGP message: an armour line, or an encrypted session key packet."""
    if content.startswith(b"-----BEGIN PGP MESSAGE-----"):
        return True
    first = content[0] if content else 0
    tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F
    return bool(first & 0x80) and tag in (1, 3, 9, 18, 20) and not _is_text(content[:64])


def _is_text(head: bytes) -> bool:
    """Return whether bytes are UTF-8 text, whose first letter can look like a packet's tag."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.reason == "unexpected end of data"
    return True


class SshKey:
    """One RSA key per account, made when it is first needed; whether it is always the same key is inferred.

    The private half is not kept: the other twin is asked directly whether it knows the key.
    """

    def __init__(self, comment: str) -> None:
        self._comment = comment

    @cached_property
    def blob(self) -> bytes:
        """The public key as SSH sends it."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS).public_key()
        return base64.b64decode(key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1])

    def public_file(self) -> bytes:
        """Return the public key as it is mailed, in the SSH2 form of RFC 4716 (the form is inferred)."""
        key = SshPublicKey("ssh-rsa", self.blob, _KEY_BITS, f"{_KEY_BITS}-bit RSA, {self._comment}")
        return in_ssh2_form(key).encode("ascii")
