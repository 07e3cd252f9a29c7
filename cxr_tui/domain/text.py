"""Text from outside, made safe to show; text in words; text in the encodings that files have."""

from __future__ import annotations

import codecs
import unicodedata
from datetime import timedelta

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode: control, format, halves of characters, private, not assigned, line and paragraph ends."""
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Letters and marks that nobody sees, by which one name looks like another (Unicode, Default_Ignorable_Code_Point)."""


def visible(text: str, limit: int = 300) -> str:
    """Return text with every control and direction character made visible, cut to `limit` characters.

    Server answers, file names and key names are data: none of their bytes may steer the terminal (escape sequences) or
    reorder what stands around them (right-to-left overrides).
    """
    taken = text[: limit + 1]
    plain = taken.isascii() and taken.isprintable()
    shown = taken if plain else "".join(_picture(char) if is_hidden(char) else char for char in taken)
    return shown if len(text) <= limit else shown[: limit - 1] + "…"


def quoted(text: object, limit: int = 60) -> str:
    """Return one value in quotation marks, made visible and cut to `limit` characters."""
    return f'"{visible(str(text), limit)}"'


def printable(text: str) -> str:
    """Return lines of text with every character but the line feed as `visible` shows it: the last stop before printing.

    What is foreign in it was made visible already, where it came in; this holds for what somebody forgot.
    """
    return "\n".join(visible(line, len(line)) for line in text.split("\n"))


def json_printable(document: str) -> str:
    """Return a JSON text that says the same with every hidden character in its texts escaped as JSON does it."""
    if document.isascii() and "\x7f" not in document:
        return document
    return "".join(_escape(char) if char != "\n" and is_hidden(char) else char for char in document)


def is_hidden(char: str) -> bool:
    """Say whether a character is not seen, or steers how others are."""
    return unicodedata.category(char) in _HIDDEN or char in _INVISIBLE


def _picture(char: str) -> str:
    return _PICTURES.get(ord(char), f"\\u{ord(char):04x}")


def _escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


_LONGEST_NAME = 255
"""Octets of a file's name on every usual system."""


def is_strange_name(name: str) -> bool:
    """Say whether a file name is one that no program would choose: path parts, hidden characters, too long, empty."""
    return (
        not 0 < len(name.encode("utf-8", "surrogateescape")) <= _LONGEST_NAME
        or "/" in name
        or "\\" in name
        or name.strip(" .") == ""
        or any(is_hidden(char) for char in name)
    )


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural where it is not one: `1 list`, `5,000 records`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def duration(span: timedelta) -> str:
    """Return a time span in words: `45 minutes`, `1 hour 45 minutes`, from two days on `3 days 4 hours`."""
    hours, minutes = divmod(max(int(span.total_seconds()) // 60, 0), 60)
    days, rest = divmod(hours, 24)
    parts = ((days, "day"), (rest, "hour")) if days > 1 else ((hours, "hour"), (minutes, "minute"))
    return " ".join(counted(count, noun) for count, noun in parts if count) or "0 minutes"


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
