r"""The rules by which an import reads and validates a file, each with its source.

Certainty: "documented" is in Oracle's help, "inferred" is not. The patterns below mean the same to Python's
`re.fullmatch` and to the data engine, which has no look-around and a different `\s`; so blanks are spelled out.

Reading
    A record ends with a line feed, a carriage return, or both (inferred).
    Field enclosure None: nothing is quoted, and every delimiter ends a field (facts B.10; inferred).
    Field enclosure `"`: a field that begins with it ends at the next single one; two stand for one; line ends and
    delimiters between them belong to the value (inferred, as in RFC 4180).
    Records that hold only blanks are skipped (facts B.7; documented).
    The first record names the columns; names are case-insensitive, and the first of repeated names counts (names:
    facts B.11, documented; repeated: inferred). Without a header line, the mapping goes by position.
    A byte order mark before UTF-8 text is skipped (inferred).

Validating
    The reasons of reasons.toml are tried in their order; the first that applies is the record's one reason.

Storing
    Blanks at the ends of a value are dropped, and values that are too long are cut (facts B.7; documented), before
    validating.
    Records with the same value in the match column become one record with the last values (inferred).
    Addresses and their hashes are matched case-insensitively (inferred).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS

MATCHED_WITHOUT_CASE = "EMAIL_"
"""Columns whose names begin with this are matched case-insensitively (inferred)."""

KEPT_BY_THE_LIST = ("CREATED_DATE_", "MODIFIED_DATE_")
"""Read and validated, but the list keeps its own dates (inferred)."""

INTEGER = r"[+\-]?[0-9]{1,38}"
NUMBER = r"[+\-]?(?:[0-9]{1,38}(?:\.[0-9]*)?|\.[0-9]+)"
"""Types are documented (facts B.11), their spelling is inferred."""

CONTROL = r"[\x00-\x1f\x7f-\x9f]"
"""Characters that are never typed; a list stores them, and emails show them (inferred)."""

REPLACEMENT = "\ufffd"
"""Programs write it in place of a letter that they could not read."""

LETTERS = {
    "EMAIL_FORMAT_": "HTU",
    "EMAIL_PERMISSION_STATUS_": "IO",
    "EMAIL_DELIVERABILITY_STATUS_": "DU",
}
"""Columns that hold one of a few letters (facts C.6; documented)."""

MOST_LINE_BYTES = 16 * 1024 * 1024
"""A line of 100 columns of the largest type (STR4000; facts B.11) has less than a tenth of it in any character set."""
MOST_COLUMNS = 4096
BOMB_RATIO = 200
BOMB_FROM_BYTES = 256 * 1024 * 1024
"""Delimited records compress to between a third and a twentieth, so 200 times is not a list."""

SYSTEM_TYPES = dict(SYSTEM_COLUMNS)
"""Types of the columns that every list has, for files whose list is not known (facts B.11; documented)."""


class Code(StrEnum):
    """Why a record is rejected, or how its values change on the way."""

    NOT_DECODABLE = "not-decodable"
    COLUMN_COUNT = "column-count"
    TYPE_FORMAT = "type-format"
    NO_IDENTITY = "no-identity"
    MATCH_EMPTY = "match-empty"
    EMAIL_FORMAT = "email-format"
    MOBILE_FORMAT = "mobile-format"
    MOBILE_COUNTRY = "mobile-country"
    TOO_LONG = "too-long"
    CONTROL_CHARACTER = "control-character"
    CHARSET_DOUBTFUL = "charset-doubtful"
    LETTER_LOST = "letter-lost"


@dataclass(frozen=True)
class Reason:
    """A reason, in the import's own words if it rejects the record."""

    words: str
    rejects: bool
    means: str
    """The problem, for the user."""
    remedy: str


REASON = {
    Code(code): Reason(**texts)
    for code, texts in tomllib.loads(Path(__file__).with_name("reasons.toml").read_text("utf-8")).items()
}
"""In the order in which they are tried (words: facts C.9, documented; order: inferred)."""


def pattern_of(kind: str) -> str | None:
    """Return the pattern of a number type, None for other types."""
    return {"INTEGER": INTEGER, "NUMBER": NUMBER}.get(kind)


def misread_pattern(charset: str) -> str:
    """Return the pattern of a value that is UTF-8 read in a single-byte character set.

    For UTF-8 and UTF-16 files that set is Windows-1252: the text was encoded twice. A value counts only if all its
    letters beyond ASCII fit (inferred). The German sharp s starts no sequence here, because a quotation mark or a dash
    often follows it.
    """
    charsets = {"latin-1", "cp1252"} | ({charset} if not charset.startswith("utf") else set())

    def signs(first: int, last: int) -> str:
        octets = [bytes([octet]) for octet in range(first, last + 1)]
        return "[" + "".join(sorted({one.decode(name, "ignore") for one in octets for name in charsets})) + "]"

    more = signs(0x80, 0xBF)
    sequences = (
        signs(0xC2, 0xDE) + more,
        signs(0xE0, 0xE0) + signs(0xA0, 0xBF) + more,
        f"(?:{signs(0xE1, 0xEC)}|{signs(0xEE, 0xEF)}){more}{more}",
        signs(0xED, 0xED) + signs(0x80, 0x9F) + more,
        f"{signs(0xF0, 0xF0)}{signs(0x90, 0xBF)}{more}{more}",
        f"{signs(0xF1, 0xF3)}{more}{more}{more}",
        f"{signs(0xF4, 0xF4)}{signs(0x80, 0x8F)}{more}{more}",
    )
    return rf"[\x00-\x7f]*(?:(?:{'|'.join(sequences)})[\x00-\x7f]*)+"
