"""Which records an import takes, and the reason it gives for those it rejects (facts C.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cxr_tui.sandbox.audience.cell_types import fitted, takes
from cxr_tui.sandbox.audience.import_plan import Target
from cxr_tui.sandbox.audience.import_reader import IncomingFile, UnreadableFileError

INVALID_FORMAT = "INVALID DATA FORMAT"
NOBODY = "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER"
EMPTY_MATCH = "match field cannot be empty"
INVALID_MOBILE = "INVALID FORMAT FOR MOBILE NUMBER"
INVALID_COUNTRY = "INVALID FORMAT FOR MOBILE COUNTRY"
"""The reasons are documented; the order in which a record is held against them is inferred."""

_KEPT_BY_THE_LIST = ("CREATED_DATE_", "MODIFIED_DATE_")
"""Read and checked, but the list keeps its own (inferred)."""

_IDENTITIES = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_MOBILE = re.compile(r"[0-9]{6,15}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True)
class RejectedRow:
    """A record that was not taken, as written, and why."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sorted:
    """The records of a file, taken and rejected, both in the order of the file."""

    taken: tuple[dict[str, str], ...]
    rejected: tuple[RejectedRow, ...]


def sort_rows(file: IncomingFile, target: Target, columns: Sequence[tuple[str, str]]) -> Sorted:
    """Hold every record against the rules; UnreadableFileError when a mapped column is not in the file."""
    places = _places(file, target)
    kinds = dict(columns)
    wanted = [(place, column, kinds[column]) for place, column in places]
    width = len(file.columns) if file.columns else len(target.mapping)
    taken: list[dict[str, str]] = []
    rejected: list[RejectedRow] = []
    for row in file.rows:
        if not row.readable or len(row.cells) != width:
            rejected.append(RejectedRow(row.line, INVALID_FORMAT, row.cells))
            continue
        values = {column: fitted(kind, row.cells[place]) for place, column, kind in wanted}
        reason = _reason(values, kinds, target.match_column)
        if reason:
            rejected.append(RejectedRow(row.line, reason, row.cells))
        else:
            taken.append({column: text for column, text in values.items() if column not in _KEPT_BY_THE_LIST})
    return Sorted(tuple(taken), tuple(rejected))


def _places(file: IncomingFile, target: Target) -> list[tuple[int, str]]:
    """Return where in a record each mapped column stands.

    With a header line by name, else by position, as nothing in the file tells the names (inferred).
    """
    if not file.columns:
        return [(place, column) for place, (_, column) in enumerate(target.mapping)]
    known = {name.upper(): place for place, name in reversed(list(enumerate(file.columns)))}
    missing = [incoming for incoming, _ in target.mapping if incoming.upper() not in known]
    if missing:
        raise UnreadableFileError(f"The file has no column {', '.join(missing)}; its first line was read as names")
    return [(known[incoming.upper()], column) for incoming, column in target.mapping]


def _reason(values: Mapping[str, str], kinds: Mapping[str, str], match_column: str) -> str:
    if not all(takes(column, kinds[column], text) for column, text in values.items()):
        return INVALID_FORMAT
    given = [column for column in _IDENTITIES if values.get(column)]
    mapped = [column for column in _IDENTITIES if column in values]
    valid = [column for column in given if _VALID[column](values[column])]
    if mapped and not valid:
        return _first_wrong(given) or NOBODY
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
