"""The body of an HTTP answer, as it came: bounded in what is taken off the line and in what it unpacks to.

The library's own unpacking has no bound: of one packet of 64 KB it makes 64 MB, of two encodings one on the other
64 GB, before anybody can look at the size.
"""

from __future__ import annotations

import zlib

import httpx

from cxr_tui.domain.anomalies import Flaw
from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.errors import MalformedError

_STEP_BYTES = 64 * 1024
_AS_IT_IS = ("", "identity")
_PACKED = ("gzip", "x-gzip", "deflate")
"""Not asked for; a proxy may do it all the same."""
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


async def read_body(answer: httpx.Response, where: str, most_bytes: int) -> bytes:
    """Return the body, unpacked; MalformedError where it is too large or packed in a way that cannot be read."""
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    if encoding not in (*_AS_IT_IS, *_PACKED):
        raise MalformedError(
            f"{where}: the answer is packed in a way that was not asked for", flaw=Flaw.ANSWER_ENCODING
        )
    length = answer.headers.get("content-length", "")
    announced = whole_number(length) if len(length) < 19 else most_bytes + 1
    if announced is not None and announced > most_bytes:
        raise _too_large(where, most_bytes)
    body = bytearray()
    taken = 0
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB) if encoding in _PACKED else None
    async for chunk in answer.aiter_raw():
        taken += len(chunk)
        if taken > most_bytes:
            raise _too_large(where, most_bytes)
        if unpacking is None:
            body += chunk
        else:
            _unpack(unpacking, chunk, body, where, most_bytes)
    if unpacking is not None and not unpacking.eof and taken:
        raise _broken(where)
    return bytes(body)


def _unpack(unpacking: zlib._Decompress, chunk: bytes, body: bytearray, where: str, most_bytes: int) -> None:
    while chunk:
        try:
            body += unpacking.decompress(chunk, _STEP_BYTES)
        except zlib.error:
            raise _broken(where) from None
        if len(body) > most_bytes:
            raise MalformedError(f"{where}: the answer unpacks to more than {most_bytes} bytes", flaw=Flaw.ANSWER_BOMB)
        chunk = unpacking.unconsumed_tail


def _too_large(where: str, most_bytes: int) -> MalformedError:
    return MalformedError(f"{where}: the answer is larger than {most_bytes} bytes", flaw=Flaw.ANSWER_TOO_LARGE)


def _broken(where: str) -> MalformedError:
    return MalformedError(f"{where}: the answer's content encoding is broken", flaw=Flaw.ANSWER_ENCODING)
