"""The account's OpenPGP key pairs, made and used by real gpg in a home of its own."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess  # nosec B404  # fixed words and our own paths only, never a shell
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gnupg

from cxr_tui.sandbox.audience.offload import in_daemon_thread

_KEY_BITS = 2048
"""The page does not say which keys CX Audience makes; RSA of this size is what others can read (inferred)."""

_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed"
_LONGEST_HOME = 80
"""The agent's socket name must stay below the system's limit of about 107 bytes."""

_BATCH_OPTIONS = ("--pinentry-mode", "loopback")
"""No passphrase is ever asked for: a pinentry would take the terminal."""

_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


class KeyPairError(Exception):
    """A key pair cannot be made or used; the text is what the product says."""


@dataclass(frozen=True)
class KeyPair:
    """One key pair in the list of the dialog."""

    name: str
    email: str
    fingerprint: str
    encryption_key_ids: tuple[str, ...]
    armour: str
    """The public key as it is downloaded."""


class KeyPairs:
    """All key pairs of the account, by name; the private halves never leave the gpg home."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._home: Path | None = None
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
            pair = await in_daemon_thread(lambda: self._make(name, email), "audience-gpg")
            self.pairs[name] = pair
            return pair

    async def decrypt(self, message: bytes, name: str) -> bytes:
        """Return what a file encrypted to the key pair holds; KeyPairError names what is wrong with it."""
        pair = self.pairs.get(name)
        if pair is None:
            raise KeyPairError(f'There is no key pair "{name}"')
        return await in_daemon_thread(lambda: self._open(message, pair), "audience-gpg")

    async def close(self) -> None:
        """End the agent of this home and remove the private keys with it."""
        if self._home is not None:
            home, self._home = self._home, None
            await in_daemon_thread(lambda: _dismantle(home), "audience-gpg")

    def _gpg(self, encoding: str) -> gnupg.GPG:
        if self._home is None:
            self._home = _short_home(self._directory)
        gpg = gnupg.GPG(gnupghome=str(self._home), options=list(_BATCH_OPTIONS))
        gpg.encoding = encoding
        return gpg

    def _make(self, name: str, email: str) -> KeyPair:
        gpg = self._gpg("utf-8")
        # 2.3 and later announce OCB unless told not to, which much other software cannot read; 2.2 rejects the word
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
        fingerprint = str(made.fingerprint or "")
        if not fingerprint:
            raise KeyPairError("The key pair could not be generated")
        armour = str(gpg.export_keys(fingerprint))
        if _announces_aead(armour, Path(gpg.gnupghome)):
            raise KeyPairError("The generated key announces AEAD, which other products cannot read")
        key = next(one for one in gpg.list_keys() if one["fingerprint"] == fingerprint)
        ids = tuple(str(subkey[0]).upper() for subkey in key["subkeys"] if "e" in subkey[1])
        return KeyPair(name, email, fingerprint, ids, armour)

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


def _announces_aead(armour: str, home: Path) -> bool:
    listing = subprocess.run(  # nosec B603 B607  # noqa: S603 - fixed words and our own path; the key goes in by standard input
        ["gpg", "--homedir", str(home), "--batch", "--list-packets"],  # noqa: S607 - found as python-gnupg finds it
        input=armour.encode(),
        capture_output=True,
        check=False,
        timeout=30,
    ).stdout
    features = re.search(rb"features: ([0-9a-f]{2})", listing)
    return b"pref-aead" in listing or (features is not None and int(features[1], 16) & 0x02 != 0)


def _short_home(directory: Path) -> Path:
    home = directory / "gpg-a"
    if len(str(home)) > _LONGEST_HOME:
        return Path(tempfile.mkdtemp(prefix="cxa-"))
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _dismantle(home: Path) -> None:
    _quietly("gpgconf", "--homedir", str(home), "--kill", "all")
    shutil.rmtree(home, ignore_errors=True)


def _quietly(*command: Sequence[str] | str) -> None:
    words = [str(word) for word in command]
    subprocess.run(words, capture_output=True, check=False, timeout=30)  # nosec B603  # noqa: S603 - fixed words and our own path
