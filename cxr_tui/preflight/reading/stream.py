"""Streams of blocks: what kind a file is, inflating what is compressed, and a limit for what unpacks without end."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain

from cxr_tui.gateways.openpgp.file_type import MESSAGE, UNENCRYPTED_MESSAGE, what_is
from cxr_tui.preflight.reading.decode import BLOCK
from cxr_tui.preflight.validation.rules import BOMB_FROM_BYTES, BOMB_RATIO

HEAD = 16 * 1024
"""Bytes that tell the kind of a file and, of a message, its recipients."""
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_ZIP_HEAD = struct.Struct("<4sHHHHHIIIHH")
_ENCRYPTED_ENTRY = 0x1
_STORED, _DEFLATED = 0, 8


class Kind(StrEnum):
    """What a file is, by its first bytes."""

    TEXT = "text"
    GZIP = "gzip"
    ZIP = "zip"
    OPENPGP = "OpenPGP message"
    OPEN_MESSAGE = "OpenPGP message that is not encrypted"


class InflateError(Exception):
    """Compressed data that is cut off, damaged or of a kind that cannot be read; says which."""


class BombError(Exception):
    """What was read has unpacked to far more than any list would."""


def kind_of(head: bytes) -> Kind:
    """Tell the kind of a file by its first bytes."""
    if head.startswith(_GZIP):
        return Kind.GZIP
    if head.startswith(_ZIP):
        return Kind.ZIP
    what = what_is(head)
    if what.startswith(UNENCRYPTED_MESSAGE):
        return Kind.OPEN_MESSAGE
    return Kind.OPENPGP if what.startswith(MESSAGE) else Kind.TEXT


def peeked(blocks: Iterator[bytes], size: int = HEAD) -> tuple[bytes, Iterator[bytes]]:
    """Return at least the first `size` bytes, where there are as many, and the whole stream again."""
    head: list[bytes] = []
    while sum(map(len, head)) < size:
        block = next(blocks, None)
        if block is None:
            break
        head.append(block)
    return b"".join(head), chain(iter(head), blocks)


def inflated(blocks: Iterator[bytes], kind: Kind) -> Iterator[bytes]:
    """Yield what a gzip file, or the one entry of a zip file, holds; InflateError."""
    if kind is Kind.GZIP:
        return _inflate(blocks, 31)
    return _unzip(blocks)


def limited(blocks: Iterator[bytes], source_bytes: int) -> Iterator[bytes]:
    """Yield blocks until they are more than a file of this size can sensibly hold; BombError."""
    total = 0
    for block in blocks:
        total += len(block)
        if total > BOMB_FROM_BYTES and total > BOMB_RATIO * source_bytes:
            raise BombError(f"{source_bytes:,} bytes unpack to more than {BOMB_RATIO} times as many")
        yield block


def _inflate(blocks: Iterator[bytes], window_bits: int) -> Iterator[bytes]:
    engine = zlib.decompressobj(window_bits)
    for block in blocks:
        rest = block
        while rest:
            try:
                text = engine.decompress(rest, BLOCK)
            except zlib.error as error:
                raise InflateError(f"the compressed data is damaged ({error})") from None
            if text:
                yield text
            rest = engine.unconsumed_tail
            if engine.eof:
                if window_bits < 0:
                    return
                rest = engine.unused_data  # another member, or nothing
                if rest:
                    engine = zlib.decompressobj(window_bits)
    if not engine.eof:
        yield engine.flush()
        raise InflateError("the compressed data is cut off")


def _unzip(blocks: Iterator[bytes]) -> Iterator[bytes]:
    head, blocks = peeked(blocks, HEAD)
    if len(head) < _ZIP_HEAD.size:
        raise InflateError("the zip file is cut off")
    _, _, flags, method, _, _, _, packed, _, name, extra = _ZIP_HEAD.unpack_from(head)
    if flags & _ENCRYPTED_ENTRY:
        raise InflateError("the zip file is protected by a password")
    if method not in (_STORED, _DEFLATED) or (method == _STORED and flags & 0x8):
        raise InflateError("the zip file is compressed in a way that cannot be read here")
    data = _skip(blocks, _ZIP_HEAD.size + name + extra)
    return _first(data, packed) if method == _STORED else _inflate(data, -15)


def _skip(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    for block in blocks:
        if size >= len(block):
            size -= len(block)
        else:
            yield block[size:] if size else block
            size = 0


def _first(blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
    for block in blocks:
        yield block[:size]
        size -= len(block[:size])
        if not size:
            return
    raise InflateError("the zip file is cut off")
