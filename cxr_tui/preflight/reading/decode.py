"""Converts the bytes of a file to chunks of whole lines in UTF-8, for any character set and any line ends.

A byte that the character set does not have becomes a byte that UTF-8 does not have, so that only its own record
becomes undecodable.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from enum import StrEnum

from cxr_tui.gateways.openpgp.file_type import (
    EMPTY,
    MESSAGE,
    PLAIN_TEXT,
    UNENCRYPTED_MESSAGE,
    UNKNOWN,
    what_is,
)
from cxr_tui.preflight.import_options import UTF_16
from cxr_tui.preflight.reading.local import HEAD
from cxr_tui.preflight.validation.rules import BOMB_FROM_BYTES, BOMB_RATIO, MOST_LINE_BYTES

BLOCK = 1024 * 1024
_NO_CHARACTER = b"\xff"
_PACKED = {
    b"\x1f\x8b": "gzip file",
    b"PK\x03\x04": "zip file",
    b"BZh": "bzip2 file",
    b"\xfd7zXZ": "xz file",
    b"7z\xbc\xaf": "7z file",
    b"\x28\xb5\x2f\xfd": "zstd file",
}
_TAR, _TAR_OFFSET = b"ustar", 257


class Kind(StrEnum):
    """Type of a file by its first bytes."""

    TEXT = "text"
    PACKED = "packed"
    OPENPGP = "OpenPGP message"
    OPEN_MESSAGE = "OpenPGP message that is not encrypted"


class ReadingError(Exception):
    """The text of a file cannot be read to its end."""


class LineTooLongError(ReadingError):
    """The line after the last chunk has no end."""


class BombError(ReadingError):
    """The text is far larger than a list that was compressed to the size of the file."""


class OtherTypeError(ReadingError):
    """The text is another type of file."""

    def __init__(self, what: str, *, packed: bool) -> None:
        super().__init__(what)
        self.packed = packed


class HeaderTooWideError(ReadingError):
    """The header has more columns than any list."""

    def __init__(self, columns: int) -> None:
        super().__init__(f"{columns} columns")
        self.columns = columns


def kind_of(head: bytes) -> Kind:
    """Return the type of a file by its first bytes."""
    if packing_of(head):
        return Kind.PACKED
    what = what_is(head)
    if what.startswith(UNENCRYPTED_MESSAGE):
        return Kind.OPEN_MESSAGE
    return Kind.OPENPGP if what.startswith(MESSAGE) else Kind.TEXT


def packing_of(head: bytes) -> str:
    """Return the packed or compressed format of a file by its first bytes; empty for none."""
    if head[_TAR_OFFSET:].startswith(_TAR):
        return "tar file"
    return next((name for start, name in _PACKED.items() if head.startswith(start)), "")


def require_text(head: bytes) -> None:
    """Raise OtherTypeError where text begins like another type of file."""
    kind = kind_of(head)
    if kind is not Kind.TEXT:
        raise OtherTypeError(packing_of(head) or kind.value, packed=True)
    what = "JSON document" if head.lstrip()[:1] in (b"{", b"[") else what_is(head)
    if what not in (PLAIN_TEXT, UNKNOWN, EMPTY):
        raise OtherTypeError(what, packed=False)


def taken(blocks: Iterator[bytes], size: int = HEAD) -> bytes:
    """Take at least `size` bytes off a stream, or all there are."""
    head = b""
    while len(head) < size and (block := next(blocks, None)) is not None:
        head += block
    return head


def limited(blocks: Iterator[bytes], source_bytes: int) -> Iterator[bytes]:
    """Yield blocks; BombError where they are far more than a file of this size can hold."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > BOMB_FROM_BYTES and total > BOMB_RATIO * source_bytes:
            raise BombError(f"{source_bytes:,} bytes unpack to more than {BOMB_RATIO} times their size")
        yield block


def line_chunks(blocks: Iterator[bytes], charset: str, size: int) -> Iterator[bytes]:
    """Cut a stream into chunks of about `size` bytes: whole lines of UTF-8, each ending with a line feed.

    They hold no carriage returns. `charset` is Python's name; plain `utf-16` takes its byte order from the mark, and
    is little-endian without one. Needs memory for two chunks. LineTooLongError.
    """
    kept: list[bytes] = []
    total = begun = 0
    for piece in _line_feeds(_utf_8(blocks, charset)):
        end = piece.rfind(b"\n") + 1
        begun += piece.find(b"\n") if end else len(piece)
        if begun > MOST_LINE_BYTES:
            text = b"".join(kept)
            yield text[: text.rfind(b"\n") + 1]
            raise LineTooLongError
        if end:
            begun = len(piece) - end
        total += len(piece)
        if end and total >= size:
            yield b"".join([*kept, piece[:end]])
            kept, total = [piece[end:]], begun
        else:
            kept.append(piece)
    rest = b"".join(kept)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Replace every line end by a line feed; a block may end between the two characters of a line end."""
    waiting = False
    for block in blocks:
        if waiting:
            block = b"\r" + block
        waiting = block.endswith(b"\r")
        if waiting:
            block = block[:-1]
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if block:
            yield block
    if waiting:
        yield b"\n"


def _utf_8(blocks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    if charset.startswith(UTF_16):
        yield from _from_utf_16(blocks, charset)
    elif charset == "utf-8":
        yield taken(blocks, len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
        yield from blocks
    else:
        for block in blocks:
            ascii_alone = block.isascii()
            yield block if ascii_alone else block.decode(charset, "surrogateescape").encode("utf-8", "surrogateescape")


def _from_utf_16(blocks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    """Decode UTF-16; half a surrogate pair becomes bytes that UTF-8 does not allow either."""
    head = taken(blocks, 2)
    big_endian = head.startswith(codecs.BOM_UTF16_BE) or charset == "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-16-be" if big_endian else "utf-16-le")("surrogatepass")
    yield decoder.decode(head).removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield _NO_CHARACTER
