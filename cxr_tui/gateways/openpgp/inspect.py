"""OpenPGP through gpg: reading a public key, and looking at a message from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from cxr_tui.domain.anomalies import Flaw
from cxr_tui.domain.errors import GpgUnusableError, OpenPgpError
from cxr_tui.domain.responsys_data import MessageInfo, PublicKeyInfo
from cxr_tui.domain.safe_text import visible
from cxr_tui.gateways.openpgp import packets
from cxr_tui.gateways.openpgp.file_type import PRIVATE_KEY, PUBLIC, UNENCRYPTED_MESSAGE, openpgp_octets, what_is
from cxr_tui.gateways.openpgp.message import read_message
from cxr_tui.gateways.openpgp.packets import announces_aead
from cxr_tui.system.gpg import gpg_home, require_worked
from cxr_tui.system.threads import run_in_thread

MOST_BYTES = 1024 * 1024
"""A public key with many signatures has some tens of kilobytes."""

MOST_USER_IDS = 100
"""A key pair of CX Audience has one; a person's own seldom more than ten."""
MOST_PARTS = 3000
"""Packets of one key; one with many signatures has some hundred."""

_NO_PART_OF_A_KEY = (
    packets.COMPRESSED,
    packets.LITERAL,
    packets.ONE_PASS_SIGNATURE,
    packets.PKESK,
    packets.SKESK,
    packets.ENCRYPTED,
    packets.ENCRYPTED_WITH_INTEGRITY,
    packets.ENCRYPTED_AEAD,
)
_ALGORITHMS = {1: "RSA", 2: "RSA", 3: "RSA", 16: "ElGamal", 17: "DSA", 18: "ECDH", 19: "ECDSA", 22: "EdDSA"}
"""RFC 4880, 9.1, and its later additions."""
_FINITE_FIELD = {"RSA", "ElGamal", "DSA"}


class GpgOpenPgp:
    """Implements `cxr_tui.domain.ports.OpenPgp`; nothing is kept from one call to the next.

    `limit_seconds` is how long one reading may take.
    """

    def __init__(self, limit_seconds: float = 30.0) -> None:
        self._limit = limit_seconds

    async def read_public_key(self, data: bytes) -> PublicKeyInfo:
        """Read one public key, armoured or binary; OpenPgpError names what the data is instead."""
        octets = _public_key_octets(data)
        try:
            return await run_in_thread(lambda: _read(octets), self._limit, "gpg")
        except TimeoutError:
            raise GpgUnusableError("gpg did not answer in time") from None

    async def read_message(self, head: bytes) -> MessageInfo:
        """Read the outer packets of a message from its first bytes; never fails, `what` says what it is."""
        return read_message(head)

    async def close(self) -> None:
        """Do nothing: every reading ends its own agent and removes its own home."""


def _public_key_octets(data: bytes) -> bytes:
    if len(data) > 2 * MOST_BYTES:  # armour makes a third more of it
        raise OpenPgpError("this is too large for one OpenPGP public key", flaw=Flaw.KEY_FILE_TOO_LARGE)
    what = what_is(data)
    if what == PRIVATE_KEY:
        raise OpenPgpError("this is an OpenPGP private key; it must never be given to anybody, and is not needed here")
    if what != PUBLIC:
        flaw = Flaw.KEY_FILE_NESTED if what == UNENCRYPTED_MESSAGE else None
        raise OpenPgpError(f"this is no OpenPGP public key, but: {what}", flaw=flaw)
    octets, complete = openpgp_octets(data)
    if not complete:
        raise OpenPgpError("this is an OpenPGP public key with truncated armour: its end is missing or was changed")
    if len(octets) > MOST_BYTES:
        raise OpenPgpError("this is too large for one OpenPGP public key", flaw=Flaw.KEY_FILE_TOO_LARGE)
    _look_over(octets)
    return octets


def _look_over(octets: bytes) -> None:
    """Refuse what gpg would work at for long, or read in its own way, before it gets to see it."""
    user_ids = count = 0
    for packet in packets.read(octets):
        count += 1
        user_ids += packet.tag in (packets.USER_ID, packets.USER_ATTRIBUTE)
        if not packet.complete:
            raise OpenPgpError(
                f"packet {count} of this OpenPGP public key claims to be longer than the file is",
                flaw=Flaw.KEY_FILE_CUT_OFF,
            )
        if packet.tag in _NO_PART_OF_A_KEY:
            raise OpenPgpError("this OpenPGP public key has packed or encrypted data in it", flaw=Flaw.KEY_FILE_NESTED)
    if user_ids > MOST_USER_IDS:
        raise OpenPgpError(
            f"this OpenPGP public key has more than {MOST_USER_IDS} user ids", flaw=Flaw.KEY_TOO_MANY_USER_IDS
        )
    if count > MOST_PARTS:
        raise OpenPgpError(f"this OpenPGP public key has more than {MOST_PARTS:,} parts", flaw=Flaw.KEY_FILE_TOO_LARGE)


def _read(octets: bytes) -> PublicKeyInfo:
    with gpg_home() as gpg:
        imported = gpg.import_keys(octets)
        require_worked(imported)
        fingerprints = sorted(set(imported.fingerprints))
        if not fingerprints:
            raise OpenPgpError("gpg could not read this OpenPGP public key: it is damaged, cut off, or of a newer kind")
        if len(fingerprints) > 1:
            raise OpenPgpError(f"this file holds {len(fingerprints)} OpenPGP public keys; one is wanted")
        listed = gpg.list_keys(keys=fingerprints)
        require_worked(listed)
        if len(listed) != 1:
            raise GpgUnusableError("gpg could not list this OpenPGP public key")
        newest_signatures = gpg.export_keys(fingerprints[0], armor=False, minimal=True)
        return _info(listed[0], newest_signatures)


def _info(listed: Mapping[str, object], exported: bytes) -> PublicKeyInfo:
    subkeys = cast("Mapping[str, Mapping[str, object]]", listed.get("subkey_info") or {})
    encrypting = [key for key in (listed, *subkeys.values()) if "e" in str(key.get("cap"))]
    usable = [key for key in encrypting if str(key.get("trust")) not in ("r", "e", "i")]
    primary_usable = str(listed.get("trust")) not in ("r", "e", "i")
    described = min(usable or encrypting or [listed], key=_strength)
    key_id = str(listed["keyid"])
    return PublicKeyInfo(
        fingerprint=str(listed["fingerprint"]),
        user_ids=tuple(visible(uid) for uid in cast("list[str]", listed["uids"])),
        algorithm=_algorithm(described),
        bits=_number(described, "length"),
        created=datetime.fromtimestamp(_number(listed, "date"), UTC),
        expires=_end(listed, usable or encrypting),
        revoked=str(listed.get("trust")) == "r"
        or (bool(encrypting) and all(str(key.get("trust")) == "r" for key in encrypting)),
        can_encrypt=bool(encrypting),
        encryption_key_ids=tuple(str(key["keyid"]) for key in usable) if primary_usable else (),
        announces_aead=announces_aead(exported, key_id),
    )


def _end(primary: Mapping[str, object], encrypting: list[Mapping[str, object]]) -> datetime | None:
    """Return when encrypting to the key ends: with the key as a whole, or with the last subkey that encrypts."""
    ends = [_number(key, "expires") for key in encrypting]
    last = 0 if 0 in ends else max(ends, default=0)
    known = [end for end in (_number(primary, "expires"), last) if end]
    return datetime.fromtimestamp(min(known), UTC) if known else None


def _algorithm(key: Mapping[str, object]) -> str:
    number, curve = _number(key, "algo"), str(key.get("curve") or "")
    name = _ALGORITHMS.get(number, f"algorithm {number}")
    return f"{name} {visible(curve, 40)}" if curve else name


def _strength(key: Mapping[str, object]) -> tuple[bool, int]:
    """Order keys by strength; an elliptic curve's 255 bits are more than the 2048 of the older kinds."""
    return _ALGORITHMS.get(_number(key, "algo")) not in _FINITE_FIELD, _number(key, "length")


def _number(key: Mapping[str, object], name: str) -> int:
    text = str(key.get(name) or "")
    return int(text) if text.isdecimal() else 0
