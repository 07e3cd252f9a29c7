"""Undocumented words of the two products."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WordKind(StrEnum):
    """The kind of a word in an answer."""

    FIELD = "field"
    ERROR_CODE = "error code"
    STATUS = "status"
    TYPE = "type"
    FORMAT = "format"
    TIME_ZONE = "time zone"


@dataclass(frozen=True, order=True)
class FirstSeen:
    """An undocumented word and its place; never a value, or a name that a customer chose."""

    at: str
    """Product, call and place in the answer, such as `Responsys GET /connectJobs jobType`."""
    kind: WordKind
    word: str


def bare(text: str) -> str:
    """Return a name for comparison: `ACME_LIST1` and `acmeList2` are the same, as the digits of a word are masked."""
    return "".join("9" if char.isdigit() else char for char in text.casefold() if char.isalnum())
