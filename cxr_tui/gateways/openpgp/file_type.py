"""Recognizes the type of a file that may be an OpenPGP file."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from cxr_tui.domain.text import in_utf_8
from cxr_tui.gateways.openpgp import packet_list
from cxr_tui.gateways.openpgp.packet_list import ARMOUR, Packet, PacketList, list_packets

EMPTY = "empty file"
PAGE = "HTML page, such as an error or login page that was saved instead of the file"
PLAIN_TEXT = "plain text"
UNKNOWN = "binary data of an unknown kind"

PRIVATE_KEY = "OpenPGP private key"
PUBLIC = "OpenPGP public key"
MESSAGE = "OpenPGP message"
SIGNATURE_ONLY = "OpenPGP signature"
UNENCRYPTED_MESSAGE = "OpenPGP message that is not encrypted"

PACKED = {
    b"PK\x03\x04": "zip file",
    b"\x1f\x8b": "gzip file",
    b"BZh": "bzip2 file",
    b"\xfd7zXZ": "xz file",
    b"7z\xbc\xaf": "7z file",
    b"\x28\xb5\x2f\xfd": "zstd file",
}
"""Compressed files by their first octets."""
TAR = "tar file"
_TAR_OFFSET = 257
_STARTS = (
    *PACKED.items(),
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
    (b"%PDF-", "PDF document"),
    (b"{\\rtf", "text processor's document"),
)

_TAGS = {
    packet_list.PKESK: MESSAGE,
    packet_list.SKESK: MESSAGE,
    packet_list.ENCRYPTED: MESSAGE,
    packet_list.ENCRYPTED_WITH_INTEGRITY: MESSAGE,
    packet_list.ENCRYPTED_AEAD: MESSAGE,
    packet_list.COMPRESSED: UNENCRYPTED_MESSAGE,
    packet_list.LITERAL: UNENCRYPTED_MESSAGE,
    packet_list.ONE_PASS_SIGNATURE: UNENCRYPTED_MESSAGE,
    packet_list.SIGNATURE: SIGNATURE_ONLY,
    packet_list.PUBLIC_KEY: PUBLIC,
    packet_list.SECRET_KEY: PRIVATE_KEY,
    packet_list.SECRET_SUBKEY: PRIVATE_KEY,
}


def what_is(data: bytes) -> str:
    """Return the type of a file by its first octets or all of them; blocking. GpgUnusableError if gpg is needed."""
    return examine(data)[0]


def examine(data: bytes) -> tuple[str, PacketList]:
    """Return the type of a file, and its packets if it is an OpenPGP file; blocking. GpgUnusableError."""
    data = in_utf_8(data)
    none = PacketList(b"", True, ())
    if not data.strip(b"\0 \t\r\n"):
        return EMPTY, none
    head = data.lstrip()
    lower = head[:1024].lower()
    if lower.startswith((b"<!doctype html", b"<html")) or (lower.startswith(b"<") and b"<html" in lower):
        return PAGE, none
    for start, meaning in _STARTS:
        if head.startswith(start):
            return meaning, none
    if data.startswith(b"ustar", _TAR_OFFSET):
        return TAR, none
    blocks = [kind.decode() for kind in ARMOUR.findall(data)]
    if any("PRIVATE KEY" in kind for kind in blocks):
        return PRIVATE_KEY, none
    if not blocks and _is_text(data[:4096]):
        return PLAIN_TEXT, none
    if not blocks and not data[0] & 0x80:  # every packet begins with that bit
        return UNKNOWN, none
    listed = list_packets(data)
    what = _by_packets(listed.packets)
    if what is None and blocks:
        what = _armoured(blocks[0])
    return what or UNKNOWN, listed


def _by_packets(packets: tuple[Packet, ...]) -> str | None:
    if not packets:
        return None
    first = packets[0]
    what = _TAGS.get(first.tag)
    if first.tag == packet_list.PKESK and not first.known:  # as of RFC 9580, which gpg does not read
        return MESSAGE if any(packet.tag in packet_list.DATA for packet in packets) else None
    if what == PUBLIC and any(packet.known and _TAGS.get(packet.tag) == PRIVATE_KEY for packet in packets):
        return PRIVATE_KEY  # one key after the other, the private one among them
    return what if first.known and _plausible(first) else None


def _plausible(packet: Packet) -> bool:
    """Return whether programs write such a first packet; half of all random octets start some packet."""
    match packet.tag:
        case packet_list.COMPRESSED:
            return re.search(r"algo=[0-3]\b", packet.text) is not None
        case packet_list.LITERAL:
            return re.search(r"mode [btul1m] ", packet.text) is not None
        case packet_list.ENCRYPTED:
            return False  # without a session key before it, only PGP 2 of the 1990s wrote it
        case _:
            return True


def _armoured(kind: str) -> str:
    if "PRIVATE KEY" in kind:
        return PRIVATE_KEY
    if "PUBLIC KEY" in kind:
        return PUBLIC
    return SIGNATURE_ONLY if "SIGNATURE" in kind or "SIGNED" in kind else MESSAGE


def _is_text(head: bytes) -> bool:
    try:
        text = getincrementaldecoder("utf-8")().decode(head)  # its last character may be cut in two
    except UnicodeDecodeError:
        return False
    return text != "" and all(char.isprintable() or char in "\t\r\n\f" for char in text)
