"""Reads the outer packets of an OpenPGP message, above all the key ids of its recipients, without decrypting it."""

from __future__ import annotations

import re

from cxr_tui.domain.responsys_data import HIDDEN_RECIPIENT, MessageInfo
from cxr_tui.gateways.openpgp import packet_list
from cxr_tui.gateways.openpgp.file_type import MESSAGE, examine
from cxr_tui.gateways.openpgp.packet_list import Packet

MOST_RECIPIENTS = 100
"""Only the first are reported; any recipient besides CX Audience is a problem anyway."""
_KEY_ID_BYTES = 8


def read_message(head: bytes) -> MessageInfo:
    """Return the outer packets of an armored or binary message; blocking. GpgUnusableError.

    A few kilobytes hold the heads of all packets. If the data packet begins after `head`, its integrity is not known,
    and `what` contains "cut off before its data".
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
            if len(packet.beginning) > _KEY_ID_BYTES:  # gpg does not read the recipients of RFC 9580
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
