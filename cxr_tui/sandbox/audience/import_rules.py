"""Which records an import takes, and the reason it gives for those it rejects (facts C.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cxr_tui.sandbox.audience.import_reader import IncomingFile, UnreadableFileError
from cxr_tui.sandbox.shared.connect_jobs import DATE_FORMATS

INVALID_FORMAT = "INVALID DATA FORMAT"
NO_IDENTITY = "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER"
EMPTY_MATCH = "match field cannot be empty"
INVALID_MOBILE = "INVALID FORMAT FOR MOBILE NUMBER"
INVALID_COUNTRY = "INVALID FORMAT FOR MOBILE COUNTRY"
"""The reasons are documented; the order in which a record is checked against them is inferred."""

_KEPT_BY_THE_LIST = ("CREATED_DATE_", "MODIFIED_DATE_")
"""Read and checked, but the list keeps its own (inferred)."""

_IDENTITIES = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_MOBILE = re.compile(r"[0-9]{6,15}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_INTEGER = re.compile(r"[+-]?\d{1,38}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,38}(\.\d*)?|\.\d+)", re.ASCII)
_TIMESTAMPS = (*DATE_FORMATS.values(), "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")
_SIGNLESS = re.compile(r"\d{8}\s", re.ASCII)
_CODES = {
    "EMAIL_FORMAT_": frozenset("HTU"),
    "EMAIL_PERMISSION_STATUS_": frozenset("IO"),
    "EMAIL_DELIVERABILITY_STATUS_": frozenset("DU"),
}
"""Columns with a fixed set of letters (facts C.6; documented)."""


@dataclass(frozen=True)
class Target:
    """Where the records go."""

    match_column: str
    mapping: tuple[tuple[str, str], ...]
    """Incoming column and list column, in the order of the page."""


@dataclass(frozen=True)
class RejectedRow:
    """A record that was not taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Sorted:
    """The records of a file, taken and rejected, both in the order of the file."""

    taken: tuple[dict[str, str], ...]
    rejected: tuple[RejectedRow, ...]


def sort_rows(file: IncomingFile, target: Target, columns: Sequence[tuple[str, str]]) -> Sorted:
    """Check every record against the rules; UnreadableFileError when a mapped column is not in the file."""
    places = _places(file, target)
    kinds = dict(columns)
    wanted = [(place, column, kinds[column]) for place, column in places]
    width = len(file.columns) if file.columns else len(target.mapping)
    taken: list[dict[str, str]] = []
    rejected: list[RejectedRow] = []
    for row in file.rows:
        if not row.readable or len(row.cells) != width:
            rejected.append(RejectedRow(row.line, INVALID_FORMAT))
            continue
        values = {column: fit(kind, row.cells[place]) for place, column, kind in wanted}
        reason = _reason(values, kinds, target.match_column)
        if reason:
            rejected.append(RejectedRow(row.line, reason))
        else:
            taken.append({column: text for column, text in values.items() if column not in _KEPT_BY_THE_LIST})
    return Sorted(tuple(taken), tuple(rejected))


def _places(file: IncomingFile, target: Target) -> list[tuple[int, str]]:
    """Return the position of each mapped column in a record.

    With a header line by name, else by position, since the file does not name its columns (inferred).
    """
    if not file.columns:
        return [(place, column) for place, (_, column) in enumerate(target.mapping)]
    known = {name.upper(): place for place, name in reversed(list(enumerate(file.columns)))}
    missing = [incoming for incoming, _ in target.mapping if incoming.upper() not in known]
    if missing:
        raise UnreadableFileError(f"The file has no column {', '.join(missing)}; its first line was read as names")
    return [(known[incoming.upper()], column) for incoming, column in target.mapping]


def _reason(values: Mapping[str, str], kinds: Mapping[str, str], match_column: str) -> str:
    if not all(accepts(column, kinds[column], text) for column, text in values.items()):
        return INVALID_FORMAT
    given = [column for column in _IDENTITIES if values.get(column)]
    mapped = [column for column in _IDENTITIES if column in values]
    valid = [column for column in given if _VALID[column](values[column])]
    if mapped and not valid:
        return _first_wrong(given) or NO_IDENTITY
    if not values.get(match_column):
        return EMPTY_MATCH
    if "EMAIL_ADDRESS_" in given and "EMAIL_ADDRESS_" not in valid:
        return INVALID_FORMAT
    if "MOBILE_NUMBER_" in given and "MOBILE_NUMBER_" not in valid:
        return INVALID_MOBILE
    country = values.get("MOBILE_COUNTRY_")
    return INVALID_COUNTRY if country and _COUNTRY.fullmatch(country) is None else ""


def _first_wrong(given: Sequence[str]) -> str:
    """Return the narrower reason for a record whose only identity is a malformed mobile number."""
    return INVALID_MOBILE if list(given) == ["MOBILE_NUMBER_"] else ""


_VALID: dict[str, Callable[[str], bool]] = {
    "CUSTOMER_ID_": bool,
    "EMAIL_ADDRESS_": lambda text: _EMAIL.fullmatch(text) is not None,
    "MOBILE_NUMBER_": lambda text: _MOBILE.fullmatch(text) is not None,
}


def fit(kind: str, text: str) -> str:
    """Return the text as a load stores it: blanks at the ends gone, over-long text cut (facts B.7; documented)."""
    text = text.strip()
    if kind == "CHAR":
        return text[:1]
    if kind.startswith("STR"):
        return text[: int(kind[3:])]
    return text


def accepts(column: str, kind: str, text: str) -> bool:
    """Return whether a column takes a text that was fitted before; the empty text stands for no value."""
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
    """Return the moment a text names in a date format of Connect, None for none.

    That an import takes values in any of them is inferred; so are a date alone and ISO 8601.
    """
    for form in _TIMESTAMPS:
        if form.startswith("%Y%m%d") and not _SIGNLESS.match(text):
            continue
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - lists hold local texts without a zone
        except ValueError:
            continue
    return None
