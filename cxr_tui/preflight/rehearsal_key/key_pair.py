"""An OpenPGP pair of our own for one rehearsal export, because only CX Audience can open the real one.

Its public key is imported in Responsys beside that of CX Audience, one export runs with it, and its file can be read
here. Afterwards the export has to go back to the right key; the next file proves that it did, and the pair is removed.
The private key lies encrypted on disk, its passphrase in the keyring.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast

from cxr_tui.domain.errors import GpgUnusableError, OpenPgpError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.safe_text import visible
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.openpgp import packets
from cxr_tui.gateways.openpgp.file_type import openpgp_octets
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.security.private_files import private_folder, write_private
from cxr_tui.system.gpg import gpg_home
from cxr_tui.system.threads import run_in_thread

PASSPHRASE_ITEM = "rehearsal-pair-passphrase"  # nosec B105  # noqa: S105 - the name of an item in the keyring
KEY_BITS = 3072
NAME = "cxr-tui rehearsal"
_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed"
_ABOUT, _PUBLIC, _PRIVATE = "pair.json", "rehearsal-public.asc", "rehearsal-private.asc"
_QUICK_TO_OPEN = "s2k-count 65536\n"
"""Stretching makes guessing slow; this passphrase has 256 random bits, and nobody guesses it."""
_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+")
_LONGEST_SECONDS = 120.0
_SCREEN = "Destination Specification of the export job: press Select or import key"


class _Generated(Protocol):
    """What came of making a key."""

    stderr: str


class _Gpg(Protocol):
    """What is used of python-gnupg to make keys."""

    version: tuple[int, ...]
    gnupghome: str

    def gen_key_input(self, **said: object) -> str: ...
    def gen_key(self, parameters: str) -> _Generated: ...
    def export_keys(self, keyids: str, secret: bool = ..., *, passphrase: str = ...) -> str: ...
    def list_keys(self) -> list[dict[str, object]]: ...


@dataclass(frozen=True)
class RehearsalPair:
    """The pair as it lies on disk."""

    fingerprint: str
    key_ids: tuple[str, ...]
    """Long ids that a message to it names as recipient."""
    made: datetime
    public_key: Path
    """To be imported in Responsys."""
    private_key: Path
    """Encrypted with the passphrase in the keyring; never leaves this machine."""


def find_pair(folder: Path) -> RehearsalPair | None:
    """Return the pair that was made in a folder, None where there is none."""
    try:
        told = json.loads((folder / _ABOUT).read_text())
        return RehearsalPair(
            str(told["fingerprint"]),
            tuple(str(one) for one in told["key_ids"]),
            datetime.fromisoformat(told["made"]),
            folder / _PUBLIC,
            folder / _PRIVATE,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def make_pair(folder: Path, email: str, credentials: Credentials) -> RehearsalPair:
    """Make a pair, or return the one that is there; OpenPgpError, StoreUnusableError.

    The passphrase is in the keyring before the private key is on disk, so that no key is ever without one.
    """
    found = find_pair(folder)
    if found is not None and await credentials.has(PASSPHRASE_ITEM):
        return found
    if not email.isprintable() or _EMAIL.fullmatch(email) is None:
        # a line break would smuggle a directive into gpg's parameter file
        raise OpenPgpError(f"{visible(email, 80)} is no email address that a key could carry")
    passphrase = Secret(secrets.token_urlsafe(32))
    await credentials.put(PASSPHRASE_ITEM, passphrase)
    try:
        return await run_in_thread(lambda: _make(folder, email, passphrase), _LONGEST_SECONDS, "gpg")
    except TimeoutError:
        raise GpgUnusableError("gpg did not make a key pair in time") from None
    except OSError as error:
        raise GpgUnusableError(_not_written(folder, error)) from None


async def secret_key(pair: RehearsalPair, credentials: Credentials) -> SecretKey:
    """Return what opens messages to the pair; NothingStoredError, StoreUnusableError."""
    return SecretKey(pair.private_key, await credentials.get(PASSPHRASE_ITEM))


async def remove_pair(folder: Path, credentials: Credentials) -> None:
    """Remove both halves and the passphrase, if they are there; StoreUnusableError, GpgUnusableError."""
    await credentials.drop(PASSPHRASE_ITEM)
    try:
        await run_in_thread(lambda: _remove(folder), _LONGEST_SECONDS, "pair")
    except OSError as error:  # a timeout among them
        raise GpgUnusableError(_not_written(folder, error)) from None


def key_name(pair: RehearsalPair) -> str:
    """Return the name for its public key in Responsys; names there are taken once, and an earlier pair may be left."""
    return f"{NAME} {pair.fingerprint[-8:]}"


def how_to_use(pair: RehearsalPair) -> str:
    """Say in a sentence or two what to do in Responsys with a fresh pair."""
    return (
        f"In Responsys, open {_SCREEN}, import {pair.public_key} under the name {key_name(pair)!r}, choose it alone, "
        f"and let the job run once. Then preflight the file. Its fingerprint is {pair.fingerprint}."
    )


def _make(folder: Path, email: str, passphrase: Secret) -> RehearsalPair:
    with gpg_home() as home:
        gpg = cast("_Gpg", home)
        with (Path(gpg.gnupghome) / "gpg-agent.conf").open("a") as settings:
            settings.write(_QUICK_TO_OPEN)
        # 2.3 and later announce OCB unless told not to, which other software cannot read; 2.2 rejects the word
        preferences = f"{_PREFERENCES} no-aead" if gpg.version >= (2, 3) else _PREFERENCES
        parameters = gpg.gen_key_input(
            name_real=NAME,
            name_email=email,
            key_type="RSA",
            key_length=KEY_BITS,
            key_usage="sign",
            subkey_type="RSA",
            subkey_length=KEY_BITS,
            subkey_usage="encrypt",
            expire_date="3m",
            preferences=preferences,
            passphrase=passphrase.reveal(),
        )
        listed, said = _generated(gpg, parameters)
        if len(listed) != 1:
            raise OpenPgpError(f"gpg could not make a key pair: {visible(said, 200)}")
        fingerprint = str(listed[0]["fingerprint"])
        subkeys = cast("list[list[str]]", listed[0]["subkeys"])
        key_ids = tuple(key_id.upper() for key_id, usage, *_ in subkeys if "e" in usage)
        public = gpg.export_keys(fingerprint)
        private = gpg.export_keys(fingerprint, secret=True, passphrase=passphrase.reveal())
    if not key_ids or "PRIVATE KEY" not in private:
        raise OpenPgpError("gpg made a key pair that cannot be used")
    if packets.announces_aead(openpgp_octets(public.encode())[0], fingerprint[-16:]):
        raise OpenPgpError("the key that gpg made announces AEAD, which Responsys may not read")
    private_folder(folder)
    made = datetime.now(UTC)
    write_private(folder / _PRIVATE, private.encode())
    write_private(folder / _PUBLIC, public.encode())
    about = {"fingerprint": fingerprint, "key_ids": key_ids, "made": made.isoformat()}
    write_private(folder / _ABOUT, json.dumps(about).encode())
    return RehearsalPair(fingerprint, key_ids, made, folder / _PUBLIC, folder / _PRIVATE)


def _not_written(folder: Path, error: OSError) -> str:
    return f"{visible(error.filename or str(folder))} cannot be written: {error.strerror or 'the disk does not answer'}"


def _generated(gpg: _Gpg, parameters: str) -> tuple[list[dict[str, object]], str]:
    """Make the key; once more where there is none, for gpg does not wait long for its agent."""
    said = ""
    for _ in range(2):
        said = gpg.gen_key(parameters).stderr
        listed = gpg.list_keys()
        if listed:
            return listed, ""
    words = [line for line in said.splitlines() if line and not line.startswith("[GNUPG:]")]
    return [], words[-1] if words else "it said nothing"


def _remove(folder: Path) -> None:
    for name in (_ABOUT, _PRIVATE, _PUBLIC):
        (folder / name).unlink(missing_ok=True)
