"""Reads OpenPGP public keys with gpg."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cxr_tui.domain.errors import Flaw, OpenPgpError, PrivateKeyFileError
from cxr_tui.domain.responsys_data import PublicKeyInfo
from cxr_tui.domain.text import utf_16_of, visible
from cxr_tui.gateways.openpgp import packet_list
from cxr_tui.gateways.openpgp.file_type import PRIVATE_KEY, PUBLIC, UNENCRYPTED_MESSAGE, examine
from cxr_tui.gateways.openpgp.packet_list import PacketList, list_packets
from cxr_tui.system.gpg import gpg_home

MOST_BYTES = 1024 * 1024
"""A public key with many signatures has some tens of kilobytes."""

MOST_USER_IDS = 100
"""A key of CX Audience has one, a person's key rarely more than ten. gpg is slow with very many."""
_NO_PART_OF_A_KEY = (
    packet_list.COMPRESSED,
    packet_list.LITERAL,
    packet_list.ONE_PASS_SIGNATURE,
    packet_list.PKESK,
    packet_list.SKESK,
    *packet_list.DATA,
)
_AEAD_FEATURES = 0x02 | 0x08
"""Packet 20 as GnuPG makes it (drafts), and version 2 of packet 18 (RFC 9580)."""
_ALGORITHMS = {1: "RSA", 2: "RSA", 3: "RSA", 16: "ElGamal", 17: "DSA", 18: "ECDH", 19: "ECDSA", 22: "EdDSA"}
"""RFC 4880, 9.1, and its later additions."""
_FINITE_FIELD = {"RSA", "ElGamal", "DSA"}


_Part: TypeAlias = dict[str, Any]
"""A key or subkey, with fields named as python-gnupg does."""
_GONE = ("r", "e", "i")
"""Validity of a key that is revoked, has expired or is invalid (GnuPG, doc/DETAILS)."""


def read_public_key(data: bytes) -> PublicKeyInfo:
    """Read one public key, armored or binary; blocking. OpenPgpError names the type of other data."""
    if len(data) > 2 * MOST_BYTES:  # armor adds a third
        raise OpenPgpError("this is too large for one OpenPGP public key", flaw=Flaw.KEY_FILE_TOO_LARGE)
    what, listed = examine(data)
    if what == PRIVATE_KEY:
        raise PrivateKeyFileError(f"this is an {what}. Never give it to anybody. Choose the public key")
    if what != PUBLIC:
        flaw = Flaw.KEY_FILE_NESTED if what == UNENCRYPTED_MESSAGE else None
        raise OpenPgpError(f"this is not an OpenPGP public key but: {what}", flaw=flaw)
    if utf_16_of(data):
        raise OpenPgpError(
            f"this is an {what} saved as UTF-16 text, as PowerShell and Notepad do. OpenPGP programs cannot read it"
        )
    if not listed.armour_whole:
        raise OpenPgpError("the armor of this OpenPGP public key is cut off or was changed")
    _check_packets(listed)
    return _read(listed.octets)


def _check_packets(listed: PacketList) -> None:
    """Refuse keys that gpg would read slowly or only in part."""
    if len(listed.octets) > MOST_BYTES:
        raise OpenPgpError("this is too large for one OpenPGP public key", flaw=Flaw.KEY_FILE_TOO_LARGE)
    for number, packet in enumerate(listed.packets, 1):
        if packet.tag in _NO_PART_OF_A_KEY:
            raise OpenPgpError("this OpenPGP public key contains packed or encrypted data", flaw=Flaw.KEY_FILE_NESTED)
        if not packet.complete:
            raise OpenPgpError(
                f"packet {number} of this OpenPGP public key claims to be longer than the file is",
                flaw=Flaw.KEY_FILE_CUT_OFF,
            )
    user_ids = [one for one in listed.packets if one.tag in (packet_list.USER_ID, packet_list.USER_ATTRIBUTE)]
    if not listed.whole:
        raise OpenPgpError("this OpenPGP public key is damaged", flaw=Flaw.KEY_FILE_TOO_LARGE)
    if len(user_ids) > MOST_USER_IDS:
        raise OpenPgpError(
            f"this OpenPGP public key has more than {MOST_USER_IDS} user ids", flaw=Flaw.KEY_TOO_MANY_USER_IDS
        )


def _read(octets: bytes) -> PublicKeyInfo:
    with gpg_home() as gpg:
        found = gpg.public_keys(octets)
        minimal = gpg.run("--import-options", "import-minimal,import-export", "--import", data=octets).output
    if not found:
        raise OpenPgpError("gpg cannot read this OpenPGP public key: it is damaged, cut off, or of a newer version")
    if len(found) > 1:
        raise OpenPgpError(f"this file holds {len(found)} OpenPGP public keys. Choose a file with only one")
    [primary] = found
    parts: list[_Part] = [primary, *primary.get("subkey_info", {}).values()]
    encrypting = [part for part in parts if "e" in part["cap"]]
    usable = [part for part in encrypting if part["trust"] not in _GONE]
    described = min(usable or encrypting or [primary], key=_strength)
    return PublicKeyInfo(
        fingerprint=primary["fingerprint"],
        user_ids=tuple(visible(user_id) for user_id in primary["uids"]),
        algorithm=_algorithm(described),
        bits=_number(described["length"]),
        created=datetime.fromtimestamp(_number(primary["date"]), UTC),
        expires=_end(primary, usable or encrypting),
        revoked=primary["trust"] == "r" or (bool(encrypting) and all(part["trust"] == "r" for part in encrypting)),
        can_encrypt=bool(encrypting),
        encryption_key_ids=tuple(part["keyid"] for part in usable) if primary["trust"] not in _GONE else (),
        announces_aead=announces_aead(minimal),
        key_ids=tuple(part["keyid"] for part in parts),
    )


def announces_aead(key: bytes) -> bool:
    """Return whether a public key announces support for AEAD packets, in its features or preferred AEAD modes.

    A program that encrypts to such a key may use packets that other OpenPGP programs cannot read. `key` must hold only
    the newest self-signatures.
    """
    signatures = "".join(packet.text for packet in list_packets(key).packets if packet.tag == packet_list.SIGNATURE)
    features = re.findall(r"\bhashed subpkt 30 len \d+ \(features: ([0-9a-f]{2})", signatures)
    preferred = re.search(r"\bhashed subpkt (34|39) len [1-9]", signatures)
    return preferred is not None or any(int(octet, 16) & _AEAD_FEATURES for octet in features)


def _end(primary: _Part, encrypting: list[_Part]) -> datetime | None:
    """Return when encryption to the key ends: with the key itself, or with its last subkey that encrypts."""
    ends = [_number(part["expires"]) for part in encrypting]
    last = 0 if 0 in ends else max(ends, default=0)
    known = [end for end in (_number(primary["expires"]), last) if end]
    return datetime.fromtimestamp(min(known), UTC) if known else None


def _algorithm(part: _Part) -> str:
    name, curve = _ALGORITHMS.get(_number(part["algo"]), f"algorithm {part['algo']}"), part["curve"]
    return f"{name} {visible(curve, 40)}" if curve else name


def _strength(part: _Part) -> tuple[bool, int]:
    """Order keys by strength; an elliptic curve of 255 bits is stronger than an older kind of 2048."""
    return _ALGORITHMS.get(_number(part["algo"])) not in _FINITE_FIELD, _number(part["length"])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
