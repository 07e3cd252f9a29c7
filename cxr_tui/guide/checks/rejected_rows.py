"""Why an import rejects a record: the documented reasons, and the value of a sample record that one explains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cxr_tui.domain.responsys_data import COUNTRY, EMAIL, IDENTITIES, MOBILE, column_key

_REJECTION = re.compile(r"(\d[\d,]*) records? (?:was|were) rejected:\s*(.+)", re.IGNORECASE)
_FORMATS = (
    ("MOBILE_NUMBER_", MOBILE, "6 to 15 digits and nothing else"),
    ("MOBILE_COUNTRY_", COUNTRY, "two letters"),
    ("EMAIL_ADDRESS_", EMAIL, "an address"),
)

REASONS = (
    "Known reasons: INVALID DATA FORMAT (a delimiter within a value, a date or number in another format, a "
    "value that is too long), match field cannot be empty, MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE "
    "NUMBER, INVALID FORMAT FOR MOBILE NUMBER (6 to 15 digits), INVALID FORMAT FOR MOBILE COUNTRY (two letters)."
)
"""As the help on rejected records lists them (facts C.9; documented, the list is cut off there)."""


def rejection_reasons(log: Iterable[str]) -> list[str]:
    """Return count and reason from every line of a run's log about rejected records."""
    matches = [match for line in log if (match := _REJECTION.search(line))]
    return [f"{match.group(1)} for {match.group(2).strip()}" for match in matches]


def rejection_cause(record: Mapping[str, str], mapped: Iterable[str], match_column: str) -> str:
    """Return in words the value of a record that breaks a documented rule, empty where it seems to break none.

    Only mapped columns are imported, so only they can be the cause. Values that are too long or of another type are
    not recognized here.
    """
    given = {column_key(column): record.get(column_key(column), "").strip() for column in mapped}
    if match_column in given and not given[match_column]:
        return _wrong(match_column, "", "some value, because records are matched by it")
    for column, pattern, wanted in _FORMATS:
        if given.get(column) and not re.fullmatch(pattern, given[column]):
            return _wrong(column, given[column], wanted)
    if not any(given.get(column) for column in IDENTITIES):
        return _wrong(" or ".join(IDENTITIES), "", "a value in one of them")
    return ""


def _wrong(column: str, value: str, wanted: str) -> str:
    return f"{column} {value!r} ({wanted} wanted)"
