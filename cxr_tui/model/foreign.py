"""Text from outside, made safe to show."""

from __future__ import annotations

import unicodedata

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def visible(text: str, limit: int = 300) -> str:
    """Return text with every control and direction character made visible, cut to `limit` characters.

    Server answers, file names and key names are data: none of their bytes may steer the terminal (escape sequences) or
    reorder what stands around them (right-to-left overrides).
    """
    shown = "".join(
        _PICTURES.get(ord(char), f"\\u{ord(char):04x}") if unicodedata.category(char) in _HIDDEN else char
        for char in text[: limit + 1]
    )
    return shown if len(text) <= limit else shown[: limit - 1] + "…"


_LONGEST_NAME = 255
"""Octets of a file's name on every usual system."""


def is_strange_name(name: str) -> bool:
    """Say whether a file name is one that no program would choose: path parts, hidden characters, too long, empty."""
    return (
        not 0 < len(name.encode("utf-8", "surrogateescape")) <= _LONGEST_NAME
        or "/" in name
        or "\\" in name
        or name.strip(" .") == ""
        or any(unicodedata.category(char) in _HIDDEN for char in name)
    )
