"""An OpenPGP key pair of our own for one rehearsal export, because only CX Audience can decrypt the real one.

Its public key is imported in Responsys in addition to that of CX Audience, one export runs with it, and preflight reads
its file. Then the export goes back to the right key, the next file proves that, and the pair is removed. The private
key is encrypted on disk, its passphrase is in the keyring.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cxr_tui.domain.errors import GpgUnusableError, OpenPgpError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.gateways.openpgp.public_key import announces_aead
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.security.private_files import private_folder, write_private
from cxr_tui.system.gpg import gpg_home
from cxr_tui.system.threads import run_in_thread

PASSPHRASE_ITEM = "rehearsal-pair-passphrase"  # nosec B105  # noqa: S105 - the name of an item in the keyring
KEY_BITS = 3072
NAME = "cxr-tui rehearsal"
_ABOUT, _PUBLIC, _PRIVATE = "pair.json", "rehearsal-public.asc", "rehearsal-private.asc"
_QUICK_TO_OPEN = "s2k-count 65536\n"
"""Key stretching slows down guessing; a passphrase of 256 random bits does not need it."""
_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+")
_LONGEST_SECONDS = 120.0


@dataclass(frozen=True)
class RehearsalPair:
    """The pair on disk."""

    fingerprint: str
    key_ids: tuple[str, ...]
    """Long ids of its parts that encrypt."""
    public_key: Path
    """The file to import in Responsys."""
    private_key: Path
    """Encrypted with the passphrase in the keyring; it never leaves this computer."""


def find_pair(folder: Path) -> RehearsalPair | None:
    """Return the pair in a folder, None if there is none."""
    try:
        about = json.loads((folder / _ABOUT).read_text())
        return RehearsalPair(
            str(about["fingerprint"]),
            tuple(str(one) for one in about["key_ids"]),
            folder / _PUBLIC,
            folder / _PRIVATE,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def make_pair(folder: Path, email: str, credentials: Credentials) -> RehearsalPair:
    """Make a pair, or return the existing one; OpenPgpError, StoreUnusableError.

    The passphrase is stored before the private key, so that a key always has one.
    """
    found = find_pair(folder)
    if found is not None and await credentials.has(PASSPHRASE_ITEM):
        return found
    if not email.isprintable() or _EMAIL.fullmatch(email) is None:
        # a line break would smuggle a directive into gpg's parameter file
        raise OpenPgpError(f"{visible(email, 80)} is not an email address that a key can hold")
    passphrase = Secret(secrets.token_urlsafe(32))
    await credentials.put(PASSPHRASE_ITEM, passphrase)
    try:
        return await run_in_thread(lambda: _make(folder, email, passphrase), _LONGEST_SECONDS, "gpg")
    except TimeoutError:
        raise GpgUnusableError("gpg did not make a key pair in time") from None
    except OSError as error:
        raise GpgUnusableError(_not_written(folder, error)) from None


async def secret_key(pair: RehearsalPair, credentials: Credentials) -> SecretKey:
    """Return the private key of the pair; NothingStoredError, StoreUnusableError."""
    return SecretKey(pair.private_key, await credentials.get(PASSPHRASE_ITEM))


async def remove_pair(folder: Path, credentials: Credentials) -> None:
    """Remove both keys and the passphrase, if they exist; StoreUnusableError, GpgUnusableError."""
    await credentials.drop(PASSPHRASE_ITEM)
    try:
        await run_in_thread(lambda: _remove(folder), _LONGEST_SECONDS, "pair")
    except OSError as error:  # a timeout among them
        raise GpgUnusableError(_not_written(folder, error)) from None


def key_name(pair: RehearsalPair) -> str:
    """Return the name of its public key in Responsys, unique because keys of earlier pairs may still be there."""
    return f"{NAME} {pair.fingerprint[-8:]}"


def _make(folder: Path, email: str, passphrase: Secret) -> RehearsalPair:
    with gpg_home() as gpg:
        with (gpg.home / "gpg-agent.conf").open("a") as settings:
            settings.write(_QUICK_TO_OPEN)
        fingerprint = gpg.generate(NAME, email, KEY_BITS, "3m", passphrase)
        rows = gpg.run("--with-colons", "--list-keys", fingerprint).rows()
        public = gpg.run("--armor", "--export", fingerprint).output
        private = gpg.run("--armor", "--export-secret-keys", fingerprint, passphrase=passphrase, agent=True).output
    key_ids = tuple(row[4] for row in rows if row[0] == "sub" and "e" in row[11])
    if not key_ids or b"PRIVATE KEY" not in private:
        raise OpenPgpError("gpg made a key pair that cannot be used")
    if announces_aead(public):
        raise OpenPgpError("the key that gpg made announces AEAD, which Responsys may not read")
    private_folder(folder)
    write_private(folder / _PRIVATE, private)
    write_private(folder / _PUBLIC, public)
    write_private(folder / _ABOUT, json.dumps({"fingerprint": fingerprint, "key_ids": key_ids}).encode())
    return RehearsalPair(fingerprint, key_ids, folder / _PUBLIC, folder / _PRIVATE)


def _not_written(folder: Path, error: OSError) -> str:
    return f"{visible(error.filename or str(folder))} cannot be written: {error.strerror or 'the disk does not answer'}"


def _remove(folder: Path) -> None:
    for name in (_ABOUT, _PRIVATE, _PUBLIC):
        (folder / name).unlink(missing_ok=True)
