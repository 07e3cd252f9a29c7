"""The account's OpenPGP key pairs, made and used by real gpg in a home of its own."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import gnupg

_KEY_BITS = 2048
"""The page does not say which keys CX Audience makes; RSA of this size is what others can read (inferred)."""

_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed"
_LONGEST_HOME = 80
"""The agent's socket name must stay below the system's limit of about 107 bytes."""

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


class KeyPairError(Exception):
    """A key pair cannot be made or used; the text is what the product says."""


@dataclass(frozen=True)
class KeyPair:
    """One key pair in the list of the dialog."""

    name: str
    fingerprint: str
    encryption_key_ids: tuple[str, ...]
    armour: str
    """The public key as it is downloaded."""


class KeyPairs:
    """All key pairs of the account, by name; the private halves never leave the gpg home."""

    def __init__(self, directory: Path) -> None:
        home = directory / "gpg-a"
        self.home = home if len(str(home)) <= _LONGEST_HOME else Path(tempfile.mkdtemp(prefix="cxa-"))
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._making = asyncio.Lock()
        self.pairs: dict[str, KeyPair] = {}

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
        """Return what a file encrypted to the key pair holds; KeyPairError names what is wrong with it."""
        if name not in self.pairs:
            raise KeyPairError(f'There is no key pair "{name}"')
        return await asyncio.to_thread(self._open, message, self.pairs[name])

    async def close(self) -> None:
        """End the agent of this home and remove the private keys with it."""
        if self.pairs:
            end = await asyncio.create_subprocess_exec("gpgconf", "--homedir", str(self.home), "--kill", "all")
            await end.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def _gpg(self, encoding: str) -> gnupg.GPG:
        # no passphrase is ever asked for: a pinentry would take the terminal
        gpg = gnupg.GPG(gnupghome=str(self.home), options=["--pinentry-mode", "loopback"])
        gpg.encoding = encoding
        return gpg

    def _make(self, name: str, email: str) -> KeyPair:
        gpg = self._gpg("utf-8")
        # 2.3 and later announce OCB unless asked not to, which much other software cannot read; 2.2 rejects the word
        preferences = f"{_PREFERENCES} no-aead" if gpg.version >= (2, 3) else _PREFERENCES
        made = gpg.gen_key(
            gpg.gen_key_input(
                name_real=name,
                name_email=email,
                key_type="RSA",
                key_length=_KEY_BITS,
                key_usage="sign",
                subkey_type="RSA",
                subkey_length=_KEY_BITS,
                subkey_usage="encrypt",
                expire_date=0,
                preferences=preferences,
                no_protection=True,
            )
        )
        if not made.fingerprint:
            raise KeyPairError("The key pair could not be generated")
        [key] = gpg.list_keys(keys=[made.fingerprint])
        ids = tuple(str(subkey[0]).upper() for subkey in key["subkeys"] if "e" in subkey[1])
        return KeyPair(name, str(made.fingerprint), ids, str(gpg.export_keys(made.fingerprint)))

    def _open(self, message: bytes, pair: KeyPair) -> bytes:
        # gpg repeats bytes of a damaged file among its messages, and only latin-1 takes any byte as text
        result = self._gpg("latin-1").decrypt(message)
        recipients = re.findall(r"ENC_TO ([0-9A-F]{16})", str(result.stderr))
        if not recipients:
            raise KeyPairError("The file is not encrypted with a PGP/GPG key")
        if not set(recipients) & set(pair.encryption_key_ids):
            # another pair of the account might open it, but the job names this one
            raise KeyPairError(
                f'The file is encrypted with another key ({", ".join(recipients)}) than the key pair "{pair.name}"'
                f" ({', '.join(pair.encryption_key_ids)})"
            )
        if not result.ok:
            raise KeyPairError("The file could not be decrypted: it is damaged or incomplete")
        return bytes(result.data)


def looks_encrypted(content: bytes) -> bool:
    """Say whether a file begins like an OpenPGP message: an armour line, or an encrypted session key packet."""
    if content.startswith(b"-----BEGIN PGP MESSAGE-----"):
        return True
    first = content[0] if content else 0
    tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F
    return bool(first & 0x80) and tag in (1, 3, 9, 18, 20) and not _is_text(content[:64])


def _is_text(head: bytes) -> bool:
    """Say whether bytes are UTF-8 text, whose first letter can look like a packet's tag."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.reason == "unexpected end of data"
    return True
