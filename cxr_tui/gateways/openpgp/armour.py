"""OpenPGP's ASCII armour: what kind of block it announces, the octets in it, and whether all of them came."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from itertools import islice

_BEGIN = re.compile(rb"^-----BEGIN PGP ([A-Z ,/0-9]{1,40})-----[ \t]*\r?$", re.MULTILINE)
_CRC_START = 0xB704CE
_CRC_POLYNOMIAL = 0x1864CFB


@dataclass(frozen=True)
class Armour:
    """One armoured block."""

    kind: str
    """What its first line says, such as `PUBLIC KEY BLOCK`."""
    octets: bytes
    complete: bool
    """Whether the last line is there and belongs to the first, and the checksum, where one is given, fits."""


def find_armour(data: bytes) -> Armour | None:
    """Return the first armoured block, decoded as far as it goes; None where there is none."""
    data = data.removeprefix(b"\xef\xbb\xbf")  # some editors put a mark before the first line
    begin = _BEGIN.search(data)
    if begin is None:
        return None
    kind = begin[1].decode("ascii")
    lines = data[begin.end() :].lstrip(b"\r").removeprefix(b"\n").split(b"\n")
    lines = [line.strip() for line in lines]
    start = next((at for at, line in enumerate(lines) if b":" not in line), len(lines))  # behind Version, Comment ...
    encoded: list[bytes] = []
    checksum: bytes | None = None
    ended = False
    for line in islice(lines, start, None):
        if line.startswith(b"-----END"):
            ended = line == b"-----END PGP " + begin[1] + b"-----"
            break
        if line.startswith(b"="):
            checksum = line[1:]
        elif checksum is None:
            encoded.append(line)
    octets, clean = _decode(b"".join(encoded))
    complete = ended and clean and (checksum is None or _checksum_fits(checksum, octets))
    return Armour(kind, octets, complete)


def _decode(encoded: bytes) -> tuple[bytes, bool]:
    """Return what base64 stands for, up to the first octet that is none of it, and whether that was all."""
    usable = re.match(rb"[A-Za-z0-9+/]*={0,2}", encoded)
    text = usable[0] if usable else b""
    clean = len(text) == len(encoded) and len(text) % 4 == 0
    text = text.rstrip(b"=") if not clean else text
    text = text[: len(text) - len(text) % 4]
    try:
        return base64.b64decode(text, validate=True), clean
    except binascii.Error:
        return b"", False


def _checksum_fits(checksum: bytes, octets: bytes) -> bool:
    try:
        expected = base64.b64decode(checksum, validate=True)
    except binascii.Error:
        return False
    return len(expected) == 3 and int.from_bytes(expected, "big") == crc24(octets)


def crc24(octets: bytes) -> int:
    """Return the checksum of the armour (RFC 4880, 6.1)."""
    crc = _CRC_START
    for octet in octets:
        crc = (crc << 8) & 0xFFFFFF ^ _CRC_TABLE[crc >> 16 ^ octet]
    return crc


def _crc_of(octet: int) -> int:
    crc = octet << 16
    for _ in range(8):
        crc <<= 1
        if crc & 0x1000000:
            crc ^= _CRC_POLYNOMIAL
    return crc


_CRC_TABLE = tuple(_crc_of(octet) for octet in range(256))
