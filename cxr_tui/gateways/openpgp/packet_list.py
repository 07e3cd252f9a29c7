"""Lists the packets of OpenPGP data with `gpg --list-packets`, without any key (RFC 4880, 4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from cxr_tui.system.gpg import gpg_home

PKESK, SIGNATURE, SKESK, ONE_PASS_SIGNATURE = 1, 2, 3, 4
SECRET_KEY, PUBLIC_KEY, SECRET_SUBKEY, COMPRESSED, ENCRYPTED, MARKER, LITERAL = 5, 6, 7, 8, 9, 10, 11
USER_ID, USER_ATTRIBUTE, ENCRYPTED_WITH_INTEGRITY, ENCRYPTED_AEAD, PADDING = 13, 17, 18, 20, 21
DATA = (ENCRYPTED, ENCRYPTED_WITH_INTEGRITY, ENCRYPTED_AEAD)

ARMOUR = re.compile(rb"^-----BEGIN PGP ([A-Z ,/0-9]{1,40})-----[ \t]*\r?$", re.MULTILINE)
_BEGINNING = 4096
_SHOWN = 16
_PACKET = re.compile(r"^# off=(\d+) ctb=\w+ tag=(\d+) hlen=(\d+) plen=(\d+)(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Packet:
    """A packet of OpenPGP data."""

    tag: int
    beginning: bytes
    """The first octets of its content that were given."""
    complete: bool
    text: str
    """gpg's description of its content; a text for people, stable for twenty years."""

    @property
    def known(self) -> bool:
        """Whether gpg knows its version; half of all random octets start some packet."""
        return "[unknown version]" not in self.text

    @property
    def is_aead(self) -> bool:
        """Whether it is AEAD data: the packet of the drafts, or version 2 of the other one (RFC 9580)."""
        newer = self.tag == ENCRYPTED_WITH_INTEGRITY and self.beginning[:1] == b"\x02"
        return newer or self.tag == ENCRYPTED_AEAD


@dataclass(frozen=True)
class PacketList:
    """The packets of a file."""

    octets: bytes
    """The data without its armor."""
    armour_whole: bool
    packets: tuple[Packet, ...]
    whole: bool = True
    """Whether gpg reached the end; for other data its complaints have no end."""


def list_packets(data: bytes) -> PacketList:
    """Return the packets of binary or armored data, as far as gpg reads it; blocking. GpgUnusableError."""
    armour = ARMOUR.search(data)
    with gpg_home() as gpg:
        octets, armour_whole = data, True
        if armour:
            ran = gpg.run("--dearmor", data=data)
            octets = ran.output
            armour_whole = ran.code == 0 and b"-----END PGP " + armour[1] + b"-----" in data
        ran = gpg.run("--list-only", "--list-packets", data=octets)
        whole = not ran.endless
        if not whole:  # the start of the data is then enough
            ran = gpg.run("--list-only", "--list-packets", data=octets[:_BEGINNING])
    text = ran.output.decode("utf-8", "replace")
    heads = list(_PACKET.finditer(text))
    packets = []
    for head, following in zip_longest(heads, heads[1:]):
        offset, tag, head_length, length = (int(number) for number in head.groups()[:4])
        start = offset + head_length
        # of partial lengths gpg finds the last one missing, except in packets that it does not know
        there = " indeterminate" in head[5] or start + length <= len(octets)
        complete = ran.code == 0 if " partial" in head[5] else there
        about = text[head.end() : following.start() if following else None]
        packets.append(Packet(tag, octets[start : start + _SHOWN], complete, about))
    return PacketList(octets, armour_whole, tuple(packets), whole)
