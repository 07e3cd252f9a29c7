"""What a file is that was given in the place of an OpenPGP one, in words."""

from __future__ import annotations

from cxr_tui.gateways.openpgp import packets
from cxr_tui.gateways.openpgp.armour import find_armour

EMPTY = "empty file"
PAGE = "HTML page, such as an error or login page that was saved instead of the file"
PLAIN_TEXT = "plain text"
UNKNOWN = "binary data of an unknown kind"

PRIVATE_KEY = "OpenPGP private key"
PUBLIC = "OpenPGP public key"
MESSAGE = "OpenPGP message"
SIGNATURE_ONLY = "OpenPGP signature"
UNENCRYPTED_MESSAGE = "OpenPGP message that is not encrypted"

_STARTS = (
    (b"PuTTY-User-Key-File", "PuTTY private key (SSH)"),
    (b"-----BEGIN OPENSSH PRIVATE KEY", "SSH private key"),
    (b"-----BEGIN RSA PRIVATE KEY", "SSH or TLS private key"),
    (b"-----BEGIN PRIVATE KEY", "SSH or TLS private key"),
    (b"-----BEGIN ENCRYPTED PRIVATE KEY", "SSH or TLS private key"),
    (b"---- BEGIN SSH2 PUBLIC KEY", "SSH public key"),
    (b"ssh-", "SSH public key"),
    (b"ecdsa-sha2-", "SSH public key"),
    (b"-----BEGIN PUBLIC KEY", "TLS public key"),
    (b"-----BEGIN CERTIFICATE", "TLS certificate"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "gzip file"),
    (b"%PDF-", "PDF document"),
    (b"{\\rtf", "text processor's document"),
)

_TAGS = {
    packets.PKESK: MESSAGE,
    packets.SKESK: MESSAGE,
    packets.ENCRYPTED: MESSAGE,
    packets.ENCRYPTED_WITH_INTEGRITY: MESSAGE,
    packets.ENCRYPTED_AEAD: MESSAGE,
    packets.COMPRESSED: UNENCRYPTED_MESSAGE,
    packets.LITERAL: UNENCRYPTED_MESSAGE,
    packets.ONE_PASS_SIGNATURE: UNENCRYPTED_MESSAGE,
    packets.SIGNATURE: SIGNATURE_ONLY,
    packets.PUBLIC_KEY: PUBLIC,
    packets.SECRET_KEY: PRIVATE_KEY,
    packets.SECRET_SUBKEY: PRIVATE_KEY,
}


def openpgp_octets(data: bytes) -> tuple[bytes, bool]:
    """Return the binary form of OpenPGP data, armoured or not, and whether the armour (if any) is whole."""
    if data[:1] and data[0] & 0x80 and not data.startswith(b"\xef\xbb\xbf"):
        return data, True
    armour = find_armour(data)
    return (armour.octets, armour.complete) if armour else (b"", True)


def what_is(data: bytes) -> str:
    """Return what the data is; only its first octets are looked at, except for OpenPGP."""
    if not data.strip(b"\0 \t\r\n"):
        return EMPTY
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = head[:1024].lower()
    if lower.startswith((b"<!doctype html", b"<html")) or (lower.startswith(b"<") and b"<html" in lower):
        return PAGE
    for start, meaning in _STARTS:
        if head.startswith(start):
            return meaning
    armour = find_armour(data)
    if armour is None and _is_text(data[:4096]):
        return PLAIN_TEXT
    found = [packet for packet in packets.read(openpgp_octets(data)[0]) if packet.body]
    what = _TAGS.get(found[0].tag) if found and _plausible(found[0]) else None
    if what == PUBLIC and any(_TAGS.get(packet.tag) == PRIVATE_KEY and _plausible(packet) for packet in found):
        return PRIVATE_KEY  # one key after the other, the private one among them
    if what is None and armour is not None:
        return _armoured(armour.kind)
    return what or UNKNOWN


def _plausible(packet: packets.Packet) -> bool:
    """Say whether a packet's first octet is one that its tag allows; of random octets every other begins a packet."""
    first = packet.body[0]
    match packet.tag:
        case packets.PKESK:
            return first in (3, 6)
        case packets.COMPRESSED:
            return first <= 3
        case packets.LITERAL:
            return first in b"btul1m"
        case packets.ENCRYPTED_WITH_INTEGRITY:
            return first in (1, 2)
        case packets.ENCRYPTED_AEAD:
            return first == 1
        case packets.ENCRYPTED:
            return False  # without a session key before it, only PGP 2 of the nineties wrote it
        case _:  # keys, signatures, session keys: a version
            return 3 <= first <= 6


def _armoured(kind: str) -> str:
    if "PRIVATE KEY" in kind:
        return PRIVATE_KEY
    if "PUBLIC KEY" in kind:
        return PUBLIC
    return SIGNATURE_ONLY if "SIGNATURE" in kind or "SIGNED" in kind else MESSAGE


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3 or error.start == 0:  # not just a character that was cut in two
            return False
        text = head[: error.start].decode("utf-8")
    return all(char.isprintable() or char in "\t\r\n\f" for char in text)
