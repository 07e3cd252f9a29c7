"""Words of the two products that no document mentions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WordKind(StrEnum):
    """What a word is in an answer."""

    FIELD = "field"
    ERROR_CODE = "error code"
    STATUS = "status"
    TYPE = "type"
    FORMAT = "format"
    TIME_ZONE = "time zone"


@dataclass(frozen=True, order=True)
class FirstSeen:
    """A word that no document mentions, and where it stood; never a value, or a name that a customer chose."""

    at: str
    """Product, call and place in the answer, such as `Responsys GET /connectJobs jobType`."""
    kind: WordKind
    word: str


def bare(text: str) -> str:
    """Return a text in the form in which names are compared here: `ACME_LIST` and `acmeList` are one name."""
    return "".join(filter(str.isalnum, text.casefold()))
