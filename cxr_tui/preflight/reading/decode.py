"""From a stream of bytes to slabs of whole lines in UTF-8, whatever the character set and the line ends.

A byte that the character set does not have becomes a byte that is no UTF-8, so that the record it stands in, and no
other, is found to be undecodable later.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from cxr_tui.preflight.import_options import UTF_16
from cxr_tui.preflight.validation.rules import MOST_LINE_BYTES

BLOCK = 1024 * 1024
_MARK = codecs.BOM_UTF8
_NO_CHARACTER = b"\xff"


class LineTooLongError(Exception):
    """The line after the last slab has no end; the file is not what it should be."""


def slabs(blocks: Iterator[bytes], charset: str, size: int) -> Iterator[bytes]:
    """Cut a stream into slabs of about `size` bytes: whole lines of UTF-8, each ending with a line feed.

    There are no carriage returns in them. `charset` is Python's name; plain `utf-16` finds the byte order by itself,
    little-endian where nothing tells. Memory: two slabs, whatever comes. LineTooLongError.
    """
    held: list[bytes] = []
    total = begun = 0
    for piece in _feeds(_utf_8(blocks, charset)):
        end = piece.rfind(b"\n") + 1
        begun += piece.find(b"\n") if end else len(piece)
        if begun > MOST_LINE_BYTES:
            text = b"".join(held)
            yield text[: text.rfind(b"\n") + 1]
            raise LineTooLongError
        if end:
            begun = len(piece) - end
        total += len(piece)
        if end and total >= size:
            yield b"".join([*held, piece[:end]])
            held, total = [piece[end:]], begun
        else:
            held.append(piece)
    rest = b"".join(held)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Make every line end a line feed; a pair may be cut in two between blocks."""
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
        return _from_utf_16(blocks, charset)
    if charset == "utf-8":
        return _without_mark(blocks)
    return _from_single_bytes(blocks, charset)


def _without_mark(blocks: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    for block in blocks:
        head += block
        if len(head) >= len(_MARK):
            break
    yield head.removeprefix(_MARK)
    yield from blocks


def _from_single_bytes(blocks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    for block in blocks:
        if block.isascii():
            yield block
        else:
            yield block.decode(charset, "surrogateescape").encode("utf-8", "surrogateescape")


def _from_utf_16(blocks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    """Decode UTF-16; half a pair of surrogates becomes what UTF-8 does not allow either."""
    odd, decoder = b"", None
    for block in blocks:
        block = odd + block
        if len(block) < 2:
            odd = block
            continue
        if decoder is None:
            decoder, block = _decoder(block, charset)
        odd = block[len(block) // 2 * 2 :]
        yield decoder.decode(block[: len(block) // 2 * 2]).encode("utf-8", "surrogatepass")
    rest = decoder.getstate()[0] if decoder is not None else b""
    if rest or odd:
        yield _NO_CHARACTER


def _decoder(head: bytes, charset: str) -> tuple[codecs.IncrementalDecoder, bytes]:
    order = "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) or charset == "utf-16-be" else "utf-16-le"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head[2:]
    return codecs.getincrementaldecoder(order)("surrogatepass"), head
