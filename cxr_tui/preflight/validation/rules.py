r"""The rules by which an import reads and judges a file, all in one place, each with its source.

Certainty: "documented" is said by Oracle's help, "inferred" is not. The pattern texts below mean the same to Python's
`re.fullmatch` and to the data engine, which has no look-around and another idea of `\s`; so blanks are spelled out.

Reading
    A record ends with a line feed, a carriage return, or both (inferred).
    Field enclosure None: nothing is quoted, and every delimiter ends a field (facts B.10; inferred).
    Field enclosure `"`: a field that begins with it ends at the next single one; two stand for one; line ends and
    delimiters between them belong to the value (inferred, as in RFC 4180).
    Records of nothing but blanks are left out (facts B.7; documented).
    The first record names the columns; names are compared without regard to case, and of repeated names the first
    counts (names: facts B.11, documented; repeated: inferred). Without a header line, the mapping goes by position.
    A byte order mark before UTF-8 text is no part of it (inferred).

Judging, in this order; the first that applies is the record's one reason
    see REASONS.

Storing
    Blanks at the ends of a value are dropped, and over-long values are cut (facts B.7; documented), before judging.
    Records with the same value in the match column become one, and the last one's values stay (inferred).
    Addresses and their hashes are matched without regard to case (inferred).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.date_formats import BLANKS
from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS

MATCHED_WITHOUT_CASE = "EMAIL_"
"""Columns whose names begin so are matched without regard to case (inferred)."""

RECORD_ID = "RIID_"
KEPT_BY_THE_LIST = ("CREATED_DATE_", "MODIFIED_DATE_")
"""Read and judged, but the list keeps its own (inferred)."""

IDENTITIES = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")
"""A list must hold a valid one of them for everybody (facts C.9; documented)."""

EMAIL = rf"[^@{BLANKS},;]+@[^@{BLANKS},;]+\.[^@{BLANKS},;.]+"
"""INVALID DATA FORMAT is documented (facts C.9), what an address is is inferred."""
MOBILE = r"[0-9]{6,15}"
"""6 to 15 digits (facts C.9; documented)."""
COUNTRY = r"[A-Za-z]{2}"
"""ISO two-letter code (facts C.9; documented)."""

INTEGER = r"[+\-]?[0-9]{1,38}"
NUMBER = r"[+\-]?(?:[0-9]{1,38}(?:\.[0-9]*)?|\.[0-9]+)"
"""Types are documented (facts B.11), how they are written is inferred."""

CONTROL = r"[\x00-\x1f\x7f-\x9f]"
"""Characters that no person typed; a list stores them, and mails show them (inferred)."""

REPLACEMENT = "\ufffd"
"""Stands where a letter was that a program could not read."""

LETTERS = {
    "EMAIL_FORMAT_": "HTU",
    "EMAIL_PERMISSION_STATUS_": "IO",
    "EMAIL_DELIVERABILITY_STATUS_": "DU",
}
"""Columns that hold one of a few letters (facts C.6; documented)."""

MOST_LINE_BYTES = 16 * 1024 * 1024
"""A list of 100 columns of the largest type (STR4000; facts B.11) stays below a tenth of it in any character set."""
MOST_COLUMNS = 4096
BOMB_RATIO = 200
BOMB_FROM_BYTES = 256 * 1024 * 1024
"""Delimited records shrink to between a third and a twentieth; what unpacks to 200 times its size is no list."""

SYSTEM_TYPES = dict(SYSTEM_COLUMNS)
"""Types of the columns that every list has, for files whose list is not known (facts B.11; documented)."""


class Code(StrEnum):
    """Why a record is rejected, or what happens to it on the way."""

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
    """One reason: the import's own words where it rejects, ours where it does not."""

    code: Code
    words: str
    rejects: bool
    means: str
    """What is wrong, for a person."""
    remedy: str


_BAD_FORMAT = "INVALID DATA FORMAT"

REASONS = (
    Reason(
        Code.NOT_DECODABLE,
        _BAD_FORMAT,
        True,
        "The record holds bytes that do not belong to the character set.",
        "Choose the same character set in Destination Specification of the export and Source Specification of the "
        "import; Unicode (UTF-8) holds every name.",
    ),
    Reason(
        Code.COLUMN_COUNT,
        _BAD_FORMAT,
        True,
        "The record has more or fewer fields than the header names columns.",
        "More fields: choose a delimiter that occurs in no value, in the export and in the import. Fewer: take line "
        "breaks out of the values, and lines that are not records out of the file.",
    ),
    Reason(
        Code.TYPE_FORMAT,
        _BAD_FORMAT,
        True,
        "A value is no number, no timestamp or no letter of those that its column takes.",
        "Correct the values in Responsys, or take the column out of the mapping.",
    ),
    Reason(
        Code.NO_IDENTITY,
        "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER",
        True,
        "The record has neither a customer id nor a valid email address nor a valid mobile number.",
        "Map CUSTOMER_ID_, EMAIL_ADDRESS_ or MOBILE_NUMBER_, and fill one of them.",
    ),
    Reason(
        Code.MATCH_EMPTY,
        "match field cannot be empty",
        True,
        "The match column is empty.",
        "Fill it in Responsys, or choose a match column that everybody has, on every page that names one.",
    ),
    Reason(
        Code.EMAIL_FORMAT,
        _BAD_FORMAT,
        True,
        "The value is no email address.",
        "Correct or empty the addresses in Responsys.",
    ),
    Reason(
        Code.MOBILE_FORMAT,
        "INVALID FORMAT FOR MOBILE NUMBER",
        True,
        "The mobile number is not 6 to 15 digits.",
        "Write mobile numbers as digits alone, with the country code and without +.",
    ),
    Reason(
        Code.MOBILE_COUNTRY,
        "INVALID FORMAT FOR MOBILE COUNTRY",
        True,
        "The mobile country is no ISO two-letter code.",
        "Write countries as two letters, such as US.",
    ),
    Reason(
        Code.TOO_LONG,
        "cut to the length of the column",
        False,
        "A value is longer than its column in CX Audience.",
        "Widen the column there, or shorten the values.",
    ),
    Reason(
        Code.CONTROL_CHARACTER,
        "taken as it is",
        False,
        "A value holds a control character.",
        "Clean the values in Responsys; such characters show in mails.",
    ),
    Reason(
        Code.CHARSET_DOUBTFUL,
        "taken as it is",
        False,
        "Every letter beyond ASCII in a value stands as two or three signs: probably UTF-8 that was read in another "
        "character set.",
        "Compare Character set in Destination Specification and Source Specification. If both say Unicode (UTF-8), the "
        "text was encoded twice before it came to Responsys: correct it there.",
    ),
    Reason(
        Code.LETTER_LOST,
        "taken as it is",
        False,
        "The replacement character U+FFFD stands in a value where a letter was.",
        "The letter is lost in Responsys already: load these values there again, from their source.",
    ),
)
"""In the order in which a record is held against them (the words: facts C.9, documented; the order: inferred)."""

REASON = {reason.code: reason for reason in REASONS}


def max_length(kind: str) -> int | None:
    """Return how many characters a column type holds, None where it is no text type (facts B.11; documented)."""
    if kind == "CHAR":
        return 1
    return whole_number(kind[3:]) if kind.startswith("STR") else None


def pattern_of(kind: str) -> str | None:
    """Return what a number must look like, None for other types."""
    return {"INTEGER": INTEGER, "NUMBER": NUMBER}.get(kind)


def misread_pattern(charset: str) -> str:
    """Return what a value looks like that is UTF-8 read in a character set of single bytes.

    Of UTF-8 and UTF-16 the set is the usual one, Windows-1252: such a text was encoded twice. A value counts only if
    all its letters beyond ASCII fit (inferred). The German sharp s begins no sequence here, for it often stands before
    a quotation mark or a dash.
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
