"""OpenPGP through gpg: reading a public key, and looking at a message from outside."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cxr_tui.domain.errors import Flaw, GpgUnusableError, OpenPgpError, PrivateKeyFileError
from cxr_tui.domain.responsys_data import HIDDEN_RECIPIENT, MessageInfo, PublicKeyInfo
from cxr_tui.domain.text import utf_16_of, visible
from cxr_tui.gateways.openpgp import packet_list
from cxr_tui.gateways.openpgp.file_type import MESSAGE, PRIVATE_KEY, PUBLIC, UNENCRYPTED_MESSAGE, examine
from cxr_tui.gateways.openpgp.packet_list import Packet, PacketList, list_packets
from cxr_tui.system.gpg import gpg_home
from cxr_tui.system.threads import run_in_thread

MOST_BYTES = 1024 * 1024
"""A public key with many signatures has some tens of kilobytes."""

MOST_USER_IDS = 100
"""A key pair of CX Audience has one; a person's own seldom more than ten. gpg works long at very many."""
MOST_RECIPIENTS = 100
"""Of a message to more, the first are reported; each one but CX Audience is one too many anyway."""

_KEY_ID_BYTES = 8
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


class GpgOpenPgp:
    """Implements `cxr_tui.domain.ports.OpenPgp`; nothing is kept from one call to the next.

    `limit_seconds` is how long one reading may take.
    """

    def __init__(self, limit_seconds: float = 30.0) -> None:
        self._limit = limit_seconds

    async def read_public_key(self, data: bytes) -> PublicKeyInfo:
        """Read one public key, armoured or binary; OpenPgpError names what the data is instead."""
        try:
            return await run_in_thread(lambda: read_public_key(data), self._limit, "gpg")
        except TimeoutError:
            raise GpgUnusableError("gpg did not answer in time") from None

    async def read_message(self, head: bytes) -> MessageInfo:
        """Read the outer packets of a message from its first bytes; `what` says what it is. GpgUnusableError."""
        try:
            return await run_in_thread(lambda: read_message(head), self._limit, "gpg")
        except TimeoutError:
            raise GpgUnusableError("gpg did not answer in time") from None


def read_message(head: bytes) -> MessageInfo:
    """Return what the first bytes of a file show, armoured or not; blocking. GpgUnusableError.

    A few kilobytes hold the heads of all packets. Where the data packet itself begins beyond `head`, nothing is known
    of its integrity, and `what` says so.
    """
    what, listed = examine(head)
    if what != MESSAGE:
        return MessageInfo(encrypted=False, recipients=(), integrity=False, aead=False, what=what)
    recipients: list[str] = []
    passwords = False
    data: Packet | None = None
    for packet in listed.packets:
        if packet.tag == packet_list.PKESK:
            named = re.search(r"keyid ([0-9A-F]{16})", packet.text)
            if len(packet.beginning) > _KEY_ID_BYTES:  # gpg does not read the names of RFC 9580
                recipients.append(named[1] if named else HIDDEN_RECIPIENT)
        elif packet.tag == packet_list.SKESK:
            passwords = True
        elif packet.tag in packet_list.DATA:
            data = packet
            break
        elif packet.tag not in (packet_list.MARKER, packet_list.PADDING):
            break
    if passwords:
        what += ", readable with a password"
    if data is None:
        what += ", cut off before its data"
    return MessageInfo(
        encrypted=True,
        recipients=tuple(recipients[:MOST_RECIPIENTS]),
        integrity=data is not None and data.tag != packet_list.ENCRYPTED,
        aead=data is not None and data.is_aead,
        what=what,
        by_password=passwords,
        begun=data is not None,
        complete=listed.armour_whole and data is not None and (data.complete or data.is_aead),
    )


def read_public_key(data: bytes) -> PublicKeyInfo:
    """Read one public key, armoured or binary; blocking. OpenPgpError names what the data is instead."""
    if len(data) > 2 * MOST_BYTES:  # armour makes a third more of it
        raise OpenPgpError("this is too large for one OpenPGP public key", flaw=Flaw.KEY_FILE_TOO_LARGE)
    what, listed = examine(data)
    if what == PRIVATE_KEY:
        raise PrivateKeyFileError(f"this is an {what}; it must never be given to anybody, and is not needed here")
    if what != PUBLIC:
        flaw = Flaw.KEY_FILE_NESTED if what == UNENCRYPTED_MESSAGE else None
        raise OpenPgpError(f"this is no OpenPGP public key, but: {what}", flaw=flaw)
    if utf_16_of(data):
        raise OpenPgpError(
            f"this is an {what} saved as UTF-16 text, as PowerShell and Notepad do; no program reads that"
        )
    if not listed.armour_whole:
        raise OpenPgpError("this is an OpenPGP public key with truncated armour: its end is missing or was changed")
    _check_packets(listed)
    return _read(listed.octets)


def _check_packets(listed: PacketList) -> None:
    """Refuse what gpg would work at for long, or read in its own way."""
    if len(listed.octets) > MOST_BYTES:
        raise OpenPgpError("this is too large for one OpenPGP public key", flaw=Flaw.KEY_FILE_TOO_LARGE)
    for number, packet in enumerate(listed.packets, 1):
        if packet.tag in _NO_PART_OF_A_KEY:
            raise OpenPgpError("this OpenPGP public key has packed or encrypted data in it", flaw=Flaw.KEY_FILE_NESTED)
        if not packet.complete:
            raise OpenPgpError(
                f"packet {number} of this OpenPGP public key claims to be longer than the file is",
                flaw=Flaw.KEY_FILE_CUT_OFF,
            )
    user_ids = [one for one in listed.packets if one.tag in (packet_list.USER_ID, packet_list.USER_ATTRIBUTE)]
    if not listed.whole:
        raise OpenPgpError("this OpenPGP public key has damaged parts without end", flaw=Flaw.KEY_FILE_TOO_LARGE)
    if len(user_ids) > MOST_USER_IDS:
        raise OpenPgpError(
            f"this OpenPGP public key has more than {MOST_USER_IDS} user ids", flaw=Flaw.KEY_TOO_MANY_USER_IDS
        )


def _read(octets: bytes) -> PublicKeyInfo:
    with gpg_home() as gpg:
        found = gpg.public_keys(octets)
        minimal = gpg.run("--import-options", "import-minimal,import-export", "--import", data=octets).output
    if not found:
        raise OpenPgpError("gpg could not read this OpenPGP public key: it is damaged, cut off, or of a newer kind")
    if len(found) > 1:
        raise OpenPgpError(f"this file holds {len(found)} OpenPGP public keys; one is wanted")
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
    """Say whether a public key announces that its owner reads AEAD packets: features, and preferred AEAD modes.

    Whoever encrypts to such a key may use packets that other OpenPGP programs cannot read. `key` has nothing but its
    newest self-signatures.
    """
    said = "".join(packet.text for packet in list_packets(key).packets if packet.tag == packet_list.SIGNATURE)
    features = re.findall(r"\bhashed subpkt 30 len \d+ \(features: ([0-9a-f]{2})", said)
    preferred = re.search(r"\bhashed subpkt (34|39) len [1-9]", said)
    return preferred is not None or any(int(octet, 16) & _AEAD_FEATURES for octet in features)


def _end(primary: _Part, encrypting: list[_Part]) -> datetime | None:
    """Return when encrypting to the key ends: with the key as a whole, or with the last subkey that encrypts."""
    ends = [_number(part["expires"]) for part in encrypting]
    last = 0 if 0 in ends else max(ends, default=0)
    known = [end for end in (_number(primary["expires"]), last) if end]
    return datetime.fromtimestamp(min(known), UTC) if known else None


def _algorithm(part: _Part) -> str:
    name, curve = _ALGORITHMS.get(_number(part["algo"]), f"algorithm {part['algo']}"), part["curve"]
    return f"{name} {visible(curve, 40)}" if curve else name


def _strength(part: _Part) -> tuple[bool, int]:
    """Order keys by strength; an elliptic curve's 255 bits are more than the 2048 of the older kinds."""
    return _ALGORITHMS.get(_number(part["algo"])) not in _FINITE_FIELD, _number(part["length"])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
