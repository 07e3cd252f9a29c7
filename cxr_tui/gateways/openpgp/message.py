"""An OpenPGP message seen from outside: to whom, and how well protected, without any private key."""

from __future__ import annotations

from cxr_tui.domain.responsys_data import MessageInfo
from cxr_tui.gateways.openpgp import packets
from cxr_tui.gateways.openpgp.file_type import MESSAGE, openpgp_octets, what_is

MOST_RECIPIENTS = 100
"""Of a message to more, the first are told; each one but CX Audience is one too many anyway."""
_DATA = {packets.ENCRYPTED, packets.ENCRYPTED_WITH_INTEGRITY, packets.ENCRYPTED_AEAD}


def read_message(head: bytes) -> MessageInfo:
    """Return what the first octets of a file tell, armoured or not; a few kilobytes hold the heads of all packets.

    Where the data packet itself lies beyond `head`, nothing is known of its integrity, and `what` says so.
    """
    what = what_is(head)
    if what != MESSAGE:
        return MessageInfo(encrypted=False, recipients=(), integrity=False, aead=False, what=what)
    recipients: list[str] = []
    passwords = False
    data: packets.Packet | None = None
    octets, armour_whole = openpgp_octets(head)
    for packet in packets.read(octets):
        if packet.tag == packets.PKESK:
            named = packets.recipient(packet.body)
            if named is not None:
                recipients.append(named)
        elif packet.tag == packets.SKESK:
            passwords = True
        elif packet.tag in _DATA:
            data = packet
            break
        elif packet.tag not in (packets.MARKER, packets.PADDING):
            break
    aead = data is not None and (
        data.tag == packets.ENCRYPTED_AEAD
        or (data.tag == packets.ENCRYPTED_WITH_INTEGRITY and data.body[:1] == b"\x02")
    )
    if passwords:
        what += ", readable with a password"
    if data is None:
        what += ", cut off before its data"
    return MessageInfo(
        encrypted=True,
        recipients=tuple(recipients[:MOST_RECIPIENTS]),
        integrity=data is not None and data.tag != packets.ENCRYPTED,
        aead=aead,
        what=what,
        begun=data is not None,
        complete=armour_whole and data is not None and data.complete,
    )
