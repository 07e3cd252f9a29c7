"""OpenPGP packets, read from outside: heads and what can be known without any key (RFC 4880, RFC 9580).

Works on the first octets of a file as well as on a whole one, never looks beyond what it was given, and never fails on
what it does not understand: it stops there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PKESK = 1
SIGNATURE = 2
SKESK = 3
ONE_PASS_SIGNATURE = 4
SECRET_KEY = 5
PUBLIC_KEY = 6
SECRET_SUBKEY = 7
COMPRESSED = 8
ENCRYPTED = 9
MARKER = 10
LITERAL = 11
USER_ID = 13
USER_ATTRIBUTE = 17
ENCRYPTED_WITH_INTEGRITY = 18
ENCRYPTED_AEAD = 20
PADDING = 21

HIDDEN = "0" * 16
"""Key id of a recipient that the sender did not name."""

MOST_PACKETS = 10_000
_PARTIAL = range(224, 255)


@dataclass(frozen=True)
class Packet:
    """A packet: its tag, and its body as far as it was given."""

    tag: int
    body: bytes
    complete: bool


def read(octets: bytes) -> Iterator[Packet]:
    """Yield the packets from the start; the last one may be incomplete; stops where no packet begins."""
    at = 0
    for _ in range(MOST_PACKETS):
        if at >= len(octets) or not octets[at] & 0x80:
            return
        head = octets[at]
        if head & 0x40:
            tag, at, body, complete = head & 0x3F, *_new_format(octets, at + 1)
        else:
            tag, at, body, complete = (head >> 2) & 0x0F, *_old_format(octets, at + 1, head & 3)
        if tag == 0:  # reserved: no packet has it
            return
        yield Packet(tag, body, complete)
        if not complete:
            return


def _old_format(octets: bytes, at: int, length_type: int) -> tuple[int, bytes, bool]:
    if length_type == 3:  # goes on until the file ends, and whether that was here nobody can tell
        return len(octets), octets[at:], True
    size = 1 << length_type
    if at + size > len(octets):
        return len(octets), b"", False
    return _taken(octets, at + size, int.from_bytes(octets[at : at + size], "big"))


def _new_format(octets: bytes, at: int) -> tuple[int, bytes, bool]:
    chunks: list[bytes] = []
    while at < len(octets):
        first = octets[at]
        if first in _PARTIAL:
            at, chunk, complete = _taken(octets, at + 1, 1 << (first & 0x1F))
            chunks.append(chunk)
            if not complete:
                return at, b"".join(chunks), False
            continue
        size = 1 if first < 192 else 2 if first < 224 else 5
        if at + size > len(octets):
            break
        if size == 1:
            length = first
        elif size == 2:
            length = ((first - 192) << 8) + octets[at + 1] + 192
        else:
            length = int.from_bytes(octets[at + 1 : at + 5], "big")
        at, chunk, complete = _taken(octets, at + size, length)
        return at, b"".join([*chunks, chunk]), complete
    return len(octets), b"".join(chunks), False


def _taken(octets: bytes, at: int, length: int) -> tuple[int, bytes, bool]:
    return min(at + length, len(octets)), octets[at : at + length], at + length <= len(octets)


def recipient(body: bytes) -> str | None:
    """Return the long key id that a public-key encrypted session key packet names, None where it is not readable.

    Version 3 names a key id, version 6 a fingerprint; the id is its end (version 4 keys) or its start (version 6).
    """
    if len(body) >= 9 and body[0] == 3:
        return body[1:9].hex().upper()
    if len(body) >= 2 and body[0] == 6:
        size = body[1]
        if size == 0:
            return HIDDEN
        version, fingerprint = body[2:3], body[3 : 2 + size]
        if len(fingerprint) != size - 1 or len(fingerprint) < 20:
            return None
        return (fingerprint[-8:] if version == b"\x04" else fingerprint[:8]).hex().upper()
    return None


_ISSUER, _FEATURES, _PREFERRED_AEAD, _PREFERRED_AEAD_SUITES, _ISSUER_FINGERPRINT = 16, 30, 34, 39, 33
_SELF_SIGNATURES = {0x10, 0x11, 0x12, 0x13, 0x18, 0x1F}
_AEAD_FEATURES = 0x02 | 0x08
"""Packet 20 as GnuPG makes it (drafts), and version 2 of packet 18 (RFC 9580)."""


def announces_aead(octets: bytes, key_id: str) -> bool:
    """Say whether a binary public key tells senders that its owner reads AEAD packets.

    Looks at the signatures that the key `key_id` (long) made itself: features, and preferred AEAD modes. Whoever
    encrypts to such a key may use packets that other OpenPGP programs cannot read.
    """
    for packet in read(octets):
        if packet.tag != SIGNATURE or len(packet.body) < 6 or packet.body[0] not in (4, 5, 6):
            continue
        if packet.body[1] not in _SELF_SIGNATURES:
            continue
        found = dict(_subpackets(packet.body))
        fingerprint, issuer = found.get(_ISSUER_FINGERPRINT, b""), found.get(_ISSUER, b"")
        if issuer and issuer.hex().upper() != key_id:
            continue
        if fingerprint and key_id not in (fingerprint[-8:].hex().upper(), fingerprint[1:9].hex().upper()):
            continue
        if found.get(_PREFERRED_AEAD) or found.get(_PREFERRED_AEAD_SUITES):
            return True
        if found.get(_FEATURES, b"\0")[:1] and found.get(_FEATURES, b"\0")[0] & _AEAD_FEATURES:
            return True
    return False


def _subpackets(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of a signature's subpackets, the hashed ones last, so that in a mapping they win."""
    size = 4 if body[0] == 6 else 2
    hashed_at = 4 + size
    hashed_length = int.from_bytes(body[4:hashed_at], "big")
    plain_at = hashed_at + hashed_length + size
    plain_length = int.from_bytes(body[hashed_at + hashed_length : plain_at], "big")
    yield from _area(body[plain_at : plain_at + plain_length])
    yield from _area(body[hashed_at : hashed_at + hashed_length])


def _area(octets: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(octets):
        first = octets[at]
        size = 1 if first < 192 else 2 if first < 255 else 5
        if size == 1:
            length = first
        elif size == 2:
            length = ((first - 192) << 8) + int.from_bytes(octets[at + 1 : at + 2], "big") + 192
        else:
            length = int.from_bytes(octets[at + 1 : at + 5], "big")
        content = octets[at + size : at + size + length]
        if length == 0 or len(content) < length:
            return
        yield content[0] & 0x7F, content[1:]
        at += size + length
