"""The account's OpenPGP key pairs, made and used by real gpg in a home of its own."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cxr_tui.sandbox.shared.gpg import run_gpg

_KEY_BITS = 2048
"""The page does not say which keys CX Audience makes; RSA of this size is what others can read (inferred)."""

_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed"
_LONGEST_HOME = 80
"""The agent's socket name must stay below the system's limit of about 107 bytes."""

_LOOPBACK = ("--pinentry-mode", "loopback")
"""No passphrase is ever asked for: a pinentry would take the terminal."""

_PARAMETERS = """\
%no-protection
Key-Type: RSA
Key-Length: {bits}
Key-Usage: sign
Subkey-Type: RSA
Subkey-Length: {bits}
Subkey-Usage: encrypt
Name-Real: {name}
Name-Email: {email}
Expire-Date: 0
Preferences: {preferences}
"""

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
            self.pairs[name] = await self._make(name, email)
            return self.pairs[name]

    async def decrypt(self, message: bytes, name: str) -> bytes:
        """Return what a file encrypted to the key pair holds; KeyPairError names what is wrong with it."""
        if name not in self.pairs:
            raise KeyPairError(f'There is no key pair "{name}"')
        own = self.pairs[name].encryption_key_ids
        ok, content, said = await run_gpg(self.home, *_LOOPBACK, "--status-fd", "2", "--decrypt", data=message)
        recipients = [found.decode() for found in re.findall(rb"ENC_TO ([0-9A-F]{16})", said)]
        if not recipients:
            raise KeyPairError("The file is not encrypted with a PGP/GPG key")
        if not set(recipients) & set(own):
            # another pair of the account might open it, but the job names this one
            raise KeyPairError(
                f'The file is encrypted with another key ({", ".join(recipients)}) than the key pair "{name}"'
                f" ({', '.join(own)})"
            )
        if not ok:
            raise KeyPairError("The file could not be decrypted: it is damaged or incomplete")
        return content

    async def close(self) -> None:
        """End the agent of this home and remove the private keys with it."""
        if self.pairs:
            end = await asyncio.create_subprocess_exec("gpgconf", "--homedir", str(self.home), "--kill", "all")
            await end.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    async def _make(self, name: str, email: str) -> KeyPair:
        _, version, _ = await run_gpg(self.home, "--version")
        # 2.3 and later announce OCB unless asked not to, which much other software cannot read; 2.2 rejects the word
        aead = "" if re.match(rb"gpg \(GnuPG[^)]*\) 2\.[012]\.", version) else " no-aead"
        parameters = _PARAMETERS.format(bits=_KEY_BITS, name=name, email=email, preferences=_PREFERENCES + aead)
        made = await run_gpg(self.home, *_LOOPBACK, "--status-fd", "1", "--generate-key", data=parameters.encode())
        created = re.search(rb"KEY_CREATED B ([0-9A-F]{40})", made[1])
        if created is None:
            raise KeyPairError("The key pair could not be generated")
        fingerprint = created[1].decode()
        _, armour, _ = await run_gpg(self.home, "--armor", "--export", fingerprint)
        _, listed, _ = await run_gpg(self.home, "--with-colons", "--list-keys", fingerprint)
        records = [line.split(":") for line in listed.decode().splitlines()]
        ids = tuple(record[4] for record in records if record[0] == "sub" and "e" in record[11])
        return KeyPair(name, fingerprint, ids, armour.decode())


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
