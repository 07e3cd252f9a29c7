"""Column types: which texts a column takes, and how a load fits them in."""

from __future__ import annotations

import re
from datetime import datetime

_INTEGER = re.compile(r"[+-]?\d{1,38}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,38}(\.\d*)?|\.\d+)", re.ASCII)
_TIMESTAMPS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%d-%b-%Y %H:%M:%S")
_CODES = {
    "EMAIL_FORMAT_": frozenset("HTU"),
    "EMAIL_PERMISSION_STATUS_": frozenset("IO"),
    "EMAIL_DELIVERABILITY_STATUS_": frozenset("DU"),
}
"""Columns with a fixed set of letters (facts C.6; documented)."""


def fitted(kind: str, text: str) -> str:
    """Return the text as a load stores it: blanks at the ends gone, over-long text cut (facts B.7; documented)."""
    text = text.strip()
    if kind == "CHAR":
        return text[:1]
    if kind.startswith("STR"):
        return text[: int(kind[3:])]
    return text


def takes(column: str, kind: str, text: str) -> bool:
    """Say whether a column takes a text that was fitted before; the empty text stands for no value."""
    if not text:
        return True
    match kind:
        case "INTEGER":
            return _INTEGER.fullmatch(text) is not None
        case "NUMBER":
            return _NUMBER.fullmatch(text) is not None
        case "TIMESTAMP":
            return read_timestamp(text) is not None
        case _:
            return column not in _CODES or text in _CODES[column]


def read_timestamp(text: str) -> datetime | None:
    """Return the moment a text names, None for none; `yyyy-mm-dd hh:mi:ss` is documented, the others inferred."""
    for form in _TIMESTAMPS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - lists hold local texts without a zone
        except ValueError:
            continue
    return None
