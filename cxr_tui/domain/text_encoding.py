"""UTF-16 in the place of UTF-8: what PowerShell's `>` and Notepad make of a text file."""

from __future__ import annotations

import codecs

_SNIFFED = 512


def utf_16_of(head: bytes) -> str:
    """Return the UTF-16 that a text's first bytes are, with its byte order; empty where they are something else."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[:_SNIFFED]
    if len(sample) < 8:
        return ""
    # column names and the lines of key files are ASCII, so in UTF-16 every other byte is zero
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.9 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.9 and odd == 0 else ""


def in_utf_8(data: bytes) -> bytes:
    """Return a file's bytes without a mark before them, and in UTF-8 where they are UTF-16."""
    charset = utf_16_of(data)
    if charset:
        data = data.decode(charset, "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)
