"""Simple filters as text: `COLUMN = value`, `COLUMN != value`, joined by AND."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST_FILTERS = 10
"""An audience takes up to ten filters (facts C.5; documented)."""

_CONDITION = re.compile(r"\s*([A-Za-z][A-Za-z0-9_$#]*)\s*(!=|=)\s*(.*?)\s*", re.DOTALL)


class FilterError(ValueError):
    """A filter text that cannot be read; the text says which part."""


@dataclass(frozen=True)
class Condition:
    """One comparison of a column with a text, upper and lower case alike."""

    column: str
    equal: bool
    value: str

    def holds(self, row: Mapping[str, str]) -> bool:
        """Say whether a record meets the condition."""
        return (row[self.column].casefold() == self.value.casefold()) is self.equal


@dataclass(frozen=True)
class Filter:
    """All conditions must hold."""

    conditions: tuple[Condition, ...]

    def holds(self, row: Mapping[str, str]) -> bool:
        """Say whether a record is a member."""
        return all(condition.holds(row) for condition in self.conditions)


def read_filter(text: str, columns: Collection[str]) -> Filter:
    """Return the filter a text describes; FilterError for anything else. The written form is the sandbox's own."""
    parts = re.split(r"\s+AND(?:\s+|$)", text.strip(), flags=re.IGNORECASE)
    if len(parts) > MOST_FILTERS:
        raise FilterError(f"an audience takes at most {MOST_FILTERS} filters")
    return Filter(tuple(_condition(part, columns) for part in parts))


def _condition(part: str, columns: Collection[str]) -> Condition:
    found = _CONDITION.fullmatch(part)
    if found is None:
        raise FilterError(f'"{part}" is not of the form COLUMN = value')
    column, sign, value = found[1].upper(), found[2], found[3]
    if column not in columns:
        raise FilterError(f"the list has no column {column}")
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return Condition(column, sign == "=", value)
