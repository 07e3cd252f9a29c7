"""SFTP answers, looked over before the library reads them: no packet is large, and none claims more than it holds.

The library (paramiko 5) believes every count in a packet: one that claims four thousand million names, or attributes,
keeps it busy for an hour and fills the memory. Packets here are those of SFTP version 3 (draft-ietf-secsh-filexfer-02).
"""

from __future__ import annotations

import stat as modes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, cast

import paramiko
from paramiko.message import Message
from paramiko.sftp import CMD_ATTRS, CMD_CLOSE, CMD_DATA, CMD_HANDLE, CMD_NAME, CMD_OPENDIR, CMD_READDIR, CMD_STATUS

from cxr_tui.domain.errors import Flaw, MalformedError
from cxr_tui.domain.text import visible

MOST_PACKET_BYTES = 1024 * 1024
"""OpenSSH sends a quarter of it at most."""
MOST_FILES = 20_000
"""In one folder; an export's has a few."""
MOST_NAME_BYTES = 8 * 1024 * 1024
"""Of all names of a folder together."""

_SIZE, _OWNER, _MODE, _TIMES, _MORE = 0x01, 0x02, 0x04, 0x08, 0x80000000
_NUMBER = 4
_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_MOST_TEXT_BYTES = 400


@dataclass(frozen=True)
class Entry:
    """One line of a folder's listing; octets of the name that are no UTF-8 are kept as half characters."""

    name: str
    size: int | None
    modified: datetime | None
    is_folder: bool


class _Attributes(Protocol):
    def _from_msg(self, message: Message) -> paramiko.SFTPAttributes: ...


class GuardedSftp(paramiko.SFTPClient):
    """The library's client, with each packet looked over; MalformedError ends the call that met a bad one."""

    if TYPE_CHECKING:  # what is used of the library beneath its public surface, which its types leave out

        def _read_all(self, size: int) -> bytes: ...
        def _request(self, kind: int, *arguments: object) -> tuple[int, Message]: ...

    def _read_packet(self) -> tuple[int, bytes]:
        head = self._read_all(_NUMBER)
        length = int.from_bytes(head, "big")
        if all(octet in _TEXT for octet in head):  # as a length that would be half a gigabyte
            session = self.get_channel()
            more = session.recv(_MOST_TEXT_BYTES) if session is not None and session.recv_ready() else b""
            words = visible((head + more).decode("utf-8", "replace").strip())
            raise MalformedError(f"the file server sent text instead of SFTP: {words}", flaw=Flaw.SFTP_TEXT)
        if not 1 <= length <= MOST_PACKET_BYTES:
            raise MalformedError(f"the file server sent a packet of {length} bytes", flaw=Flaw.SFTP_BROKEN)
        packet = self._read_all(length)
        kind, body = packet[0], packet[1:]
        if not _holds_what_it_claims(kind, body):
            raise MalformedError("the file server sent a packet that claims more than it holds", flaw=Flaw.SFTP_BROKEN)
        return kind, body

    def entries(self, folder: str) -> Iterator[Entry]:
        """Yield what lies in a folder; OSError where it cannot be opened, MalformedError where it does not end."""
        kind, message = self._request(CMD_OPENDIR, folder)
        if kind != CMD_HANDLE:
            raise MalformedError("the file server opened a folder and gave no handle", flaw=Flaw.SFTP_BROKEN)
        handle = message.get_binary()
        count = octets = 0
        while True:
            try:
                kind, message = self._request(CMD_READDIR, handle)
            except EOFError:
                break
            if kind != CMD_NAME:
                raise MalformedError("the file server answered a listing with something else", flaw=Flaw.SFTP_BROKEN)
            for _ in range(message.get_int()):
                name, _ = message.get_binary(), message.get_binary()
                found = cast("_Attributes", paramiko.SFTPAttributes)._from_msg(message)
                count, octets = count + 1, octets + len(name)
                if count > MOST_FILES or octets > MOST_NAME_BYTES:
                    raise MalformedError(f"the listing goes on after {count:,} files", flaw=Flaw.LISTING_ENDLESS)
                if name not in (b".", b".."):
                    yield entry_of(name.decode("utf-8", "surrogateescape"), found)
        self._request(CMD_CLOSE, handle)


def entry_of(name: str, found: paramiko.SFTPAttributes) -> Entry:
    """Return what the attributes of a file say; None where the server leaves one out."""
    return Entry(
        name,
        found.st_size,
        None if found.st_mtime is None else datetime.fromtimestamp(found.st_mtime, UTC),
        modes.S_ISDIR(found.st_mode or 0),
    )


def _holds_what_it_claims(kind: int, body: bytes) -> bool:
    reading = _Reading(body, _NUMBER)  # after the number of the request
    try:
        match kind:
            case _ if len(body) < _NUMBER:
                return False
            case _ if kind == CMD_NAME:
                for _ in range(reading.count(3 * _NUMBER)):
                    reading.skip_text()
                    reading.skip_text()
                    reading.skip_attributes()
            case _ if kind == CMD_ATTRS:
                reading.skip_attributes()
            case _ if kind in (CMD_DATA, CMD_HANDLE):
                reading.skip_text()
            case _ if kind == CMD_STATUS:
                reading.number()
    except _EndsError:
        return False
    return True


class _EndsError(Exception):
    pass


class _Reading:
    """A place in a packet that moves on, and never beyond its end."""

    def __init__(self, body: bytes, at: int) -> None:
        self._body = body
        self._at = at

    def skip(self, size: int) -> None:
        self._at += size
        if self._at > len(self._body):
            raise _EndsError

    def number(self) -> int:
        at = self._at
        self.skip(_NUMBER)
        return int.from_bytes(self._body[at : self._at], "big")

    def count(self, least: int) -> int:
        """Return a number of things that take at least so many octets each."""
        number = self.number()
        if number * least > len(self._body) - self._at:
            raise _EndsError
        return number

    def skip_text(self) -> None:
        self.skip(self.number())

    def skip_attributes(self) -> None:
        flags = self.number()
        self.skip(2 * _NUMBER * bool(flags & _SIZE) + 2 * _NUMBER * bool(flags & _OWNER))
        self.skip(_NUMBER * bool(flags & _MODE) + 2 * _NUMBER * bool(flags & _TIMES))
        if flags & _MORE:
            for _ in range(self.count(2 * _NUMBER)):
                self.skip_text()
                self.skip_text()
