"""The channel of an SFTP session for paramiko's client: limits packets and converts file names to UTF-8.

The client (paramiko 5) trusts the length of a packet and the count of its names, and fails at a name in another
character set. Packets are those of SFTP version 3 (draft-ietf-secsh-filexfer-02).
"""

from __future__ import annotations

from struct import error, pack, unpack_from

import paramiko
from paramiko.sftp import CMD_ATTRS, CMD_NAME

from cxr_tui.domain.errors import Flaw, MalformedError
from cxr_tui.domain.text import visible

MOST_PACKET_BYTES = 1024 * 1024
"""OpenSSH sends at most a quarter of it."""
CLOSED = "Socket is closed"
"""Paramiko's message for a closed channel; like a server's refusal it has no error number."""
_MOST_TEXT_BYTES = 400
_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_SIZE, _OWNER, _MODE, _TIMES, _MORE = 0x01, 0x02, 0x04, 0x08, 0x80000000
_ATTRIBUTES_AT = 5
"""After packet type and request number."""
_NAMES_AT = 9
"""After packet type, request number and count of names."""
_STAND_INS = {0xDC80 + octet: 0xF780 + octet for octet in range(0x80)}
"""Private-use characters that replace octets that are not UTF-8."""
_OCTETS = {stand_in: octet for octet, stand_in in _STAND_INS.items()}


class SftpChannel:
    """The part of a channel that `paramiko.SFTPClient` uses; MalformedError for data that is not SFTP."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._packet = memoryview(b"")

    @property
    def closed(self) -> bool:
        """Whether the channel is closed."""
        return self._channel.closed

    def get_name(self) -> str:
        """Return the name of the channel for paramiko's log."""
        return self._channel.get_name()

    def send(self, data: bytes) -> int:
        """Send as much as fits, and return how much; OSError if the stream closes meanwhile.

        For nothing sent, paramiko would end a file early, as if it were shorter.
        """
        sent = self._channel.send(data)
        if data and not sent:
            raise OSError(CLOSED)
        return sent

    def recv(self, size: int) -> bytes:
        """Return at most `size` bytes of the current packet; empty at the end."""
        if not self._packet:
            self._packet = memoryview(self._next())
        taken, self._packet = self._packet[:size], self._packet[size:]
        return bytes(taken)

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _next(self) -> bytes:
        head = self._exactly(4)
        if not head:
            return b""
        if all(octet in _TEXT for octet in head):  # as a length, this would be half a gigabyte
            more = self._channel.recv(_MOST_TEXT_BYTES) if self._channel.recv_ready() else b""
            words = visible((head + more).decode("utf-8", "replace").strip())
            raise self._malformed(f"the file server sent text instead of SFTP: {words}", Flaw.SFTP_TEXT)
        length = int.from_bytes(head, "big")
        if not 1 <= length <= MOST_PACKET_BYTES:
            raise self._malformed(f"the file server sent a packet of {length} bytes", Flaw.SFTP_BROKEN)
        packet = self._exactly(length)
        if packet[:1] == bytes([CMD_NAME]):
            packet = _with_utf_8_names(packet)
        elif packet[:1] == bytes([CMD_ATTRS]):
            _after_attributes(packet, _ATTRIBUTES_AT)
        return pack(">I", len(packet)) + packet if packet else b""

    def _malformed(self, words: str, flaw: Flaw) -> MalformedError:
        self._channel.close()  # the start of the next packet is not known
        return MalformedError(words, flaw=flaw)

    def _exactly(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = self._channel.recv(size)
            if not part:
                return b""
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def octets_kept(name: str) -> str:
    """Return a name with surrogates for its octets that are not UTF-8."""
    return name.translate(_OCTETS)


def _with_utf_8_names(packet: bytes) -> bytes:
    """Return a packet with its names in UTF-8; struct.error if it claims more than it holds."""
    (count,) = unpack_from(">I", packet, _NAMES_AT - 4)
    made, at = [packet[:_NAMES_AT]], _NAMES_AT
    for _ in range(count):
        for _ in range(2):  # the name, and a line of `ls`
            end = _after_text(packet, at)
            text = packet[at + 4 : end].decode("utf-8", "surrogateescape").translate(_STAND_INS).encode()
            made += [pack(">I", len(text)), text]
            at = end
        end = _after_attributes(packet, at)
        made.append(packet[at:end])
        at = end
    return b"".join(made)


def _after_text(packet: bytes, at: int) -> int:
    (size,) = unpack_from(">I", packet, at)
    return _within(packet, at + 4 + int(size))


def _after_attributes(packet: bytes, at: int) -> int:
    (flags,) = unpack_from(">I", packet, at)
    size = 8 * bool(flags & _SIZE) + 8 * bool(flags & _OWNER) + 4 * bool(flags & _MODE) + 8 * bool(flags & _TIMES)
    at = _within(packet, at + 4 + size)
    if flags & _MORE:
        (count,) = unpack_from(">I", packet, at)
        at += 4
        for _ in range(2 * count):
            at = _after_text(packet, at)
    return at


def _within(packet: bytes, at: int) -> int:
    if at > len(packet):
        raise error("it ends before its content")
    return at
