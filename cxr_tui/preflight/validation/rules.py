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
from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS

BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What counts as blank at the ends of a value: all that Unicode calls white space, and the four separators."""

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

_YEAR = r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY_TO_28 = r"(?:0[1-9]|1[0-9]|2[0-8]| ?[1-9])"
_DATE = (
    rf"(?:{_YEAR}-(?:(?:0?[1-9]|1[0-2])-{_DAY_TO_28}|(?:0?[13-9]|1[0-2])-(?:29|30)|(?:0?[13578]|1[02])-31)"
    rf"|{_LEAP_YEAR}-0?2-29)"
)
_TIME = r"(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9]"
_LONG_MONTHS = "(?i:jan|mar|may|jul|aug|oct|dec)"
_MONTHS_OF_30 = "(?i:jan|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_MONTHS = "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_NAMED_DATE = (
    rf"(?:(?:{_DAY_TO_28}-{_MONTHS}|(?:29|30)-{_MONTHS_OF_30}|31-{_LONG_MONTHS})-{_YEAR}|29-(?i:feb)-{_LEAP_YEAR})"
)
TIMESTAMP = rf"(?:{_DATE}(?:(?:[{BLANKS}]+|[Tt]){_TIME})?|{_NAMED_DATE}[{BLANKS}]+{_TIME})"
"""`yyyy-mm-dd hh:mi:ss` is documented (facts B.7); a date alone, ISO 8601 and `DD-MON-YYYY` are inferred (B.10)."""

CONTROL = r"[\x00-\x1f\x7f-\x9f]"
"""Characters that no person typed; a list stores them, and mails show them (inferred)."""

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
        "With Field enclosure None a delimiter within a value shifts the record: choose a delimiter that occurs in no "
        "value, in the export and in the import.",
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
)
"""In the order in which a record is held against them (the words: facts C.9, documented; the order: inferred)."""

REASON = {reason.code: reason for reason in REASONS}


def room_of(kind: str) -> int | None:
    """Return how many characters a column type holds, None where it is no text type (facts B.11; documented)."""
    if kind == "CHAR":
        return 1
    return whole_number(kind[3:]) if kind.startswith("STR") else None


def pattern_of(kind: str) -> str | None:
    """Return what a value of a type must look like, None where anything goes."""
    return {"INTEGER": INTEGER, "NUMBER": NUMBER, "TIMESTAMP": TIMESTAMP}.get(kind)
