"""Two lists compared: which columns CX Audience syncs from Responsys, which not, and why."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cxr_tui.domain.responsys_data import MATCH_COLUMNS, ListSchema, column_key

_NEVER = ("PERMISSION_STATUS_", "DELIVERABILITY_STATUS_")
RECORD_ID = "RIID_"
"""Each product assigns its own record ids, so this one never means the same in both (facts C.6; inferred)."""


@dataclass(frozen=True)
class TypeDifference:
    """A column that both lists have, with different types or lengths."""

    name: str
    responsys: str
    audience: str

    @property
    def system(self) -> bool:
        """Whether it is a system column, which cannot be changed (facts B.11; documented)."""
        return self.name.endswith("_")


@dataclass(frozen=True)
class ColumnComparison:
    """The columns of a Responsys list, by whether they are synced (facts C.4; documented, types inferred)."""

    carried: tuple[str, ...]
    absent: tuple[str, ...]
    """CX Audience has no column of this name."""
    differing: tuple[TypeDifference, ...]
    kept_back: tuple[str, ...]
    """Permission, deliverability and the record id: never synced."""


def never_synced(column: str) -> bool:
    """Return whether a column stays in Responsys by design."""
    return column_key(column).endswith(_NEVER) or column_key(column) == RECORD_ID


def compare_columns(responsys: ListSchema, audience: ListSchema) -> ColumnComparison:
    """Return which columns are synced, and why the others are not."""
    types = {column_key(column.name): column.type for column in audience.columns}
    carried: list[str] = []
    absent: list[str] = []
    differing: list[TypeDifference] = []
    kept_back: list[str] = []
    for column in responsys.columns:
        other = types.get(column_key(column.name))
        if never_synced(column.name):
            kept_back.append(column.name)
        elif other is None:
            absent.append(column.name)
        elif other and column.type and other.upper() != column.type.upper():  # an unreported type does not differ
            differing.append(TypeDifference(column.name, column.type, other))
        else:
            carried.append(column.name)
    return ColumnComparison(tuple(carried), tuple(absent), tuple(differing), tuple(kept_back))


def match_columns_of(*schemas: ListSchema) -> tuple[str, ...]:
    """Return the possible match columns that all these lists have, in the documented order."""
    return tuple(name for name in MATCH_COLUMNS if all(schema.column(name) for schema in schemas))


def nearest(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    """Return the names most like this one: another case first, then similar spelling."""
    known = sorted(names)
    same = [one for one in known if one.casefold() == name.strip().casefold()]
    folded = {one.casefold(): one for one in known}
    similar = difflib.get_close_matches(name.strip().casefold(), list(folded), n=count, cutoff=0.5)
    return list(dict.fromkeys([*same, *(folded[one] for one in similar)]))[:count]


@dataclass(frozen=True)
class Fill:
    """How well a column is filled in a sample: how many values, how many empty, how many repeated."""

    values: int
    empty: int
    repeated: int

    @property
    def empty_share(self) -> float:
        """Return the share of empty values, 0 to 1."""
        return self.empty / self.values if self.values else 0.0

    @property
    def repeated_share(self) -> float:
        """Return the share of filled values that an earlier record has too, 0 to 1."""
        filled = self.values - self.empty
        return self.repeated / filled if filled else 0.0


def fill_of(values: Sequence[str]) -> Fill:
    """Return how well a column is filled, given its values in a sample."""
    filled = [value.strip().casefold() for value in values if value.strip()]
    return Fill(len(values), len(values) - len(filled), len(filled) - len(set(filled)))
