"""Typed text, parsed into the value that a kind of field takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from cxr_tui.domain.answers import Value
from cxr_tui.domain.text import visible


def one_line(text: str) -> str:
    """Return text without the characters that control a terminal; a paste can contain any."""
    return "".join(char for char in text if visible(char) == char)


def number_of(text: str) -> Value:
    """Return the whole number; any other text stays text, so that the rule can report it."""
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else text


def path_of(text: str) -> str:
    """Return a path without the quotes or the file: scheme that a dropped file comes with."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return unquote(urlsplit(text).path) if text.startswith("file://") else text


def lines_of(lines: Iterable[str]) -> list[str]:
    """Return the lines that are not blank."""
    return [line.strip() for line in lines if line.strip()]


def pairs_of(lines: Iterable[str]) -> dict[str, str]:
    """Return pairs of names; a line without an arrow maps a name to itself."""
    pairs: dict[str, str] = {}
    for line in lines:
        name, arrow, other = line.replace("->", "→").partition("→")
        if name.strip():
            pairs[name.strip()] = other.strip() if arrow else name.strip()
    return pairs
