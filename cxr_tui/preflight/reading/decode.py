"""Converts the bytes of a file to chunks of whole lines in UTF-8, for any character set and any line ends.

A byte that the character set does not have becomes a byte that UTF-8 does not have, so that only its own record
becomes undecodable.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.gateways.openpgp.file_type import (
    EMPTY,
    MESSAGE,
    PACKED,
    PLAIN_TEXT,
    TAR,
    UNENCRYPTED_MESSAGE,
    UNKNOWN,
    what_is,
)
from cxr_tui.preflight.import_options import UTF_16
from cxr_tui.preflight.validation.rules import BOMB_FROM_BYTES, BOMB_RATIO, MOST_LINE_BYTES

_CHUNK = 8 * 1024 * 1024
_NO_CHARACTER = b"\xff"
FAILS = "The import fails completely."
RUN_AGAIN = "Let the export job run again. If its file is the same, look at the log of the run."


class ReadingError(Exception):
    """The text of a file cannot be read to its end; `finding` says why."""

    def __init__(self, code: str, seen: str, why: str, remedy: str, status: Status = Status.FAIL) -> None:
        super().__init__(seen)
        self.finding = Finding(code, status, seen, why, remedy)


def is_encrypted(head: bytes) -> bool:
    """Return whether a file is an encrypted OpenPGP message, by its first bytes."""
    return what_is(head) == MESSAGE


def require_text(head: bytes) -> None:
    """Raise ReadingError where a text begins like another type of file."""
    what = "JSON document" if head.lstrip()[:1] in (b"{", b"[") else what_is(head)
    if what in (*PACKED.values(), TAR, MESSAGE, UNENCRYPTED_MESSAGE):
        raise ReadingError(
            "file-compressed",
            f"The file contains a {what}, not text.",
            "An import probably decompresses only files that OpenPGP encryption compressed. "
            f"{FAILS} Preflight did not read the records.",
            "Select Compress and encrypt file with PGP/GPG key in Destination Specification of the export job.",
        )
    if what not in (PLAIN_TEXT, UNKNOWN, EMPTY):
        raise ReadingError(
            "file-other-type",
            f"The file is not a list of records but: {what}.",
            f"{FAILS} Preflight did not read the records.",
            f"Check the name and path of the file. {RUN_AGAIN}",
        )


def taken(blocks: Iterator[bytes], size: int) -> bytes:
    """Take at least `size` bytes off a stream, or all there are."""
    head = b""
    while len(head) < size and (block := next(blocks, None)) is not None:
        head += block
    return head


def limited(blocks: Iterator[bytes], source_bytes: int) -> Iterator[bytes]:
    """Yield blocks; ReadingError where they are far more than a file of this size can hold."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > BOMB_FROM_BYTES and total > BOMB_RATIO * source_bytes:
            raise ReadingError(
                "compression-bomb",
                f"{source_bytes:,} bytes unpack to more than {BOMB_RATIO} times their size.",
                "Records do not compress that well. Preflight stopped before the text fills this computer.",
                RUN_AGAIN,
            )
        yield block


def line_chunks(blocks: Iterator[bytes], charset: str, size: int = _CHUNK) -> Iterator[bytes]:
    """Cut a stream into chunks of about `size` bytes: whole lines of UTF-8, each ending with a line feed.

    They hold no carriage returns. `charset` is Python's name; plain `utf-16` takes its byte order from the mark, and
    is little-endian without one. A chunk without a line feed at its end is the last: its line is too long to be one.
    """
    kept: list[bytes] = []
    length = unended = 0
    for block in _line_feeds(_utf_8(blocks, charset)):
        end = block.rfind(b"\n") + 1
        kept.append(block)
        length += len(block)
        unended = len(block) - end if end else unended + len(block)
        if end and length >= size:
            kept[-1] = block[:end]
            yield b"".join(kept)
            kept, length = [block[end:]], unended
        elif unended > MOST_LINE_BYTES:
            text = b"".join(kept)
            yield from filter(None, (text[:-unended], text[-unended:]))
            return
    rest = b"".join(kept)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def whole_lines(chunk: bytes, line: int) -> bytes:
    """Return a chunk that begins with this line; ReadingError where that line is too long to be a record."""
    if chunk.endswith(b"\n"):
        return chunk
    raise ReadingError(
        "line-too-long",
        f"Line {line:,} has more than {MOST_LINE_BYTES:,} bytes.",
        "No record is that long, so this is not the exported text. Preflight stopped there.",
        RUN_AGAIN,
    )


def _line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Replace every line end by a line feed; a block may end between the two characters of a line end."""
    held = b""
    for block in blocks:
        if held or b"\r" in block:
            text = held + block
            held = text[-1:] if text.endswith(b"\r") else b""
            block = text.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        yield block
    if held:
        yield b"\n"


def _utf_8(blocks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    if charset == "utf-8":
        yield taken(blocks, len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8)
        yield from blocks
    elif charset.startswith(UTF_16):
        yield from _from_utf_16(blocks, charset)
    else:
        for block in blocks:
            yield block.decode(charset, "surrogateescape").encode("utf-8", "surrogateescape")


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
