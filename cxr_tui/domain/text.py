"""Text from outside made safe to show, counts in words, and text encodings of files."""

from __future__ import annotations

import codecs
import unicodedata
from datetime import timedelta

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: control, format, surrogate, private, unassigned, line and paragraph separators."""
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Invisible letters and marks, which make different names look the same (Default_Ignorable_Code_Point)."""


def visible(text: str, limit: int = 300) -> str:
    """Return text with every control and direction character made visible, cut to `limit` characters.

    Server answers, file names and key names are data: none of their bytes may control the terminal (escape sequences)
    or reorder the text around them (right-to-left overrides).
    """
    taken = text[: limit + 1]
    plain = taken.isascii() and taken.isprintable()
    shown = taken if plain else "".join(_picture(char) if is_hidden(char) else char for char in taken)
    return shown if len(text) <= limit else shown[: limit - 1] + "…"


def quoted(text: object, limit: int = 60) -> str:
    """Return a value in quotation marks, made visible and cut to `limit` characters."""
    return f'"{visible(str(text), limit)}"'


def printable(text: str) -> str:
    """Return lines of text with every character except the line feed made visible, as the last step before printing.

    Foreign text was made visible when it was received; this covers omissions.
    """
    return "\n".join(visible(line, len(line)) for line in text.split("\n"))


def json_printable(document: str) -> str:
    """Return an equivalent JSON text with all hidden characters escaped."""
    if document.isascii() and "\x7f" not in document:
        return document
    return "".join(_escape(char) if char != "\n" and is_hidden(char) else char for char in document)


def is_hidden(char: str) -> bool:
    """Return whether a character is invisible or controls the display of others."""
    return unicodedata.category(char) in _HIDDEN or char in _INVISIBLE


def _picture(char: str) -> str:
    return _PICTURES.get(ord(char), f"\\u{ord(char):04x}")


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


_LONGEST_NAME = 255
"""Most bytes of a file name on usual systems."""


def is_strange_name(name: str) -> bool:
    """Return whether no program would choose this file name: path parts, hidden characters, too long, empty."""
    return (
        not 0 < len(name.encode("utf-8", "surrogateescape")) <= _LONGEST_NAME
        or "/" in name
        or "\\" in name
        or name.strip(" .") == ""
        or any(is_hidden(char) for char in name)
    )


def counted(count: int, noun: str) -> str:
    """Return a count with its noun in singular or plural: `1 list`, `5,000 records`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def duration(span: timedelta) -> str:
    """Return a time span in words: `45 minutes`, `1 hour 45 minutes`, from two days on `3 days 4 hours`."""
    hours, minutes = divmod(max(int(span.total_seconds()) // 60, 0), 60)
    days, rest = divmod(hours, 24)
    parts = ((days, "day"), (rest, "hour")) if days > 1 else ((hours, "hour"), (minutes, "minute"))
    return " ".join(counted(count, noun) for count, noun in parts if count) or "0 minutes"


_SNIFFED = 512


def utf_16_of(head: bytes) -> str:
    """Return the UTF-16 encoding of a text by its first bytes; empty if it is another one."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[:_SNIFFED]
    if len(sample) < 8:
        return ""
    # column names and lines of key files are ASCII, so in UTF-16 every other byte is zero
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.9 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.9 and odd == 0 else ""


def in_utf_8(data: bytes) -> bytes:
    """Return a file's text in UTF-8, converted from UTF-16 if necessary, without a byte order mark."""
    charset = utf_16_of(data)
    if charset:
        data = data.decode(charset, "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)
