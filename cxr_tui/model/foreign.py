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
