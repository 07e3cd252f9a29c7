"""The columns of both lists: which CX Audience syncs, how well a sample fills one, and the import's column mapping."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cxr_tui.domain.responsys_data import MATCH_COLUMNS, ListSchema, column_key

_NEVER = ("PERMISSION_STATUS_", "DELIVERABILITY_STATUS_")
_REASON = "_PERMISSION_REASON_"
RECORD_ID = "RIID_"
"""Each product assigns its own record ids, so this one never means the same in both (facts C.6; inferred)."""
_KEPT_BY_AUDIENCE = (
    RECORD_ID,
    "CREATED_SOURCE_IP_",
    "CREATED_DATE_",
    "MODIFIED_DATE_",
    "EMAIL_DOMAIN_",
    "EMAIL_ISP_",
    "EMAIL_MD5_HASH_",
    "EMAIL_SHA256_HASH_",
)
"""Columns about the origin of a record or derived from its address; CX Audience fills them itself (inferred)."""

_TEXT = re.compile(r"STR([0-9]{1,9})")
_LONGEST_NUMBER = 25
"""Characters that a number or timestamp may take as text."""


@dataclass
class ColumnComparison:
    """The columns of a Responsys list, by whether they are synced (facts C.4; documented, types inferred)."""

    carried: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """CX Audience has no column of this name."""
    differing: dict[str, str] = field(default_factory=dict)
    """Columns that both lists have with different types or lengths, each with both in words."""
    kept_back: list[str] = field(default_factory=list)
    """Permission, deliverability and the record id: never synced."""


def never_synced(column: str) -> bool:
    """Return whether a column stays in Responsys by design."""
    return column_key(column).endswith(_NEVER) or column_key(column) == RECORD_ID


def compare_columns(responsys: ListSchema, audience: ListSchema) -> ColumnComparison:
    """Return which columns are synced, and why the others are not."""
    types = {column_key(column.name): column.type for column in audience.columns}
    found = ColumnComparison()
    for column in responsys.columns:
        other = types.get(column_key(column.name))
        if never_synced(column.name):
            found.kept_back.append(column.name)
        elif other is None:
            found.absent.append(column.name)
        elif other and column.type and other.upper() != column.type.upper():  # an unreported type does not differ
            words = f"{column.name} is {column.type} in Responsys and {other} in CX Audience"
            found.differing[column.name] = words
        else:
            found.carried.append(column.name)
    return found


def match_columns_of(*schemas: ListSchema) -> tuple[str, ...]:
    """Return the possible match columns that all these lists have, in the documented order."""
    return tuple(name for name in MATCH_COLUMNS if all(schema.column(name) for schema in schemas))


def nearest(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    """Return the names most like this one: another case first, then similar spelling."""
    folded = {one.casefold(): one for one in sorted(names)}
    similar = difflib.get_close_matches(name.strip().casefold(), list(folded), n=count, cutoff=0.5)
    return [folded[one] for one in similar]


class Fill(NamedTuple):
    """How well a column is filled in a sample."""

    values: int
    empty: float
    """Share of empty values, 0 to 1."""
    repeated: float
    """Share of filled values that an earlier record has too, 0 to 1."""


def fill_of(values: Sequence[str]) -> Fill:
    """Return how well a column is filled, given its values in a sample."""
    filled = [value.strip().casefold() for value in values if value.strip()]
    empty, repeated = len(values) - len(filled), len(filled) - len(set(filled))
    return Fill(len(values), empty / max(len(values), 1), repeated / max(len(filled), 1))


def proposed_mapping(carried: Iterable[str], match_column: str) -> dict[str, str]:
    """Return the mapping of columns to those of the same name, without those that CX Audience fills itself.

    It always includes the match column, even where that is a hash.
    """
    wanted = [
        name
        for name in carried
        if _same(name, match_column)
        or not (column_key(name) in _KEPT_BY_AUDIENCE or column_key(name).endswith(_REASON) or never_synced(name))
    ]
    if match_column and not any(_same(name, match_column) for name in wanted):
        wanted.insert(0, match_column)
    return {name: name for name in wanted}


class Problem(NamedTuple):
    """A line of a mapping that is wrong, in one sentence."""

    text: str
    guessed: bool = False
    """Whether no page of Oracle forbids it, so that it may be right (facts C.6, C.7)."""


def mapping_problems(
    mapping: Mapping[str, str], responsys: ListSchema | None, audience: ListSchema | None, match_column: str
) -> list[Problem]:
    """Return every line that is wrong, as far as the lists are known."""
    problems = [
        problem
        for incoming, target in mapping.items()
        if (problem := _line_problem(incoming, target, responsys, audience))
    ]
    targets = [column_key(target) for target in mapping.values()]
    for target in sorted({target for target in targets if targets.count(target) > 1}):
        sources = ", ".join(one for one, other in mapping.items() if _same(other, target))
        problems.append(Problem(f"{sources} are all mapped to {target}; only one of them can be."))
    if column_key(match_column) not in targets:
        problems.append(Problem(f"No column is mapped to {match_column}, the match column."))
    return problems


def mended_mapping(
    mapping: Mapping[str, str], responsys: ListSchema | None, audience: ListSchema | None, match_column: str
) -> dict[str, str]:
    """Return the mapping without its wrong lines, and with the match column."""
    kept: dict[str, str] = {}
    for incoming, target in mapping.items():
        taken = any(_same(target, other) for other in kept.values())
        if not taken and not _line_problem(incoming, target, responsys, audience):
            kept[incoming] = target
    if not any(_same(match_column, target) for target in kept.values()):
        kept[match_column] = match_column
    return kept


def fits(source: str, target: str) -> bool:
    """Return whether every value of a type fits another type without loss (types of facts B.11)."""
    source, target = source.upper(), target.upper()
    if source == target:
        return True
    room = text_length(target)
    if room is not None:
        needed = text_length(source)
        return room >= (_LONGEST_NUMBER if needed is None else needed)
    return source == "INTEGER" and target == "NUMBER"


def text_length(kind: str) -> int | None:
    """Return the number of characters that a column type holds, None for other types (facts B.11; documented)."""
    if kind == "CHAR":
        return 1
    match = _TEXT.fullmatch(kind)
    return int(match.group(1)) if match else None


def _line_problem(
    incoming: str, target: str, responsys: ListSchema | None, audience: ListSchema | None
) -> Problem | None:
    line = f"{incoming} to {target}"
    source = responsys.column(incoming) if responsys is not None else None
    if responsys is not None and source is None:
        near = _near(incoming, responsys)
        return Problem(f"{line}: {responsys.name} in Responsys has no such column.{near}")
    column = audience.column(target) if audience is not None else None
    if audience is not None and column is None:
        near = _near(target, audience)
        return Problem(f"{line}: {audience.name} in CX Audience has no such column.{near}")
    if RECORD_ID in (column_key(incoming), column_key(target)):
        return Problem(f"{line}: {RECORD_ID} is probably each product's own record id.", guessed=True)
    if is_system(incoming) != is_system(target):
        return Problem(f"{line}: one is a system column, the other a custom one.", guessed=True)
    if is_system(incoming) and not _same(incoming, target):
        return Problem(f"{line}: these are two different system columns.", guessed=True)
    # The types of system columns cannot be changed.
    if source is not None and column is not None and not is_system(target) and not fits(source.type, column.type):
        return Problem(f"{line}: {source.type} does not fit into {column.type}.")
    return None


def _same(one: str, other: str) -> bool:
    return column_key(one) == column_key(other)


def is_system(name: str) -> bool:
    """Return whether a column cannot be changed: custom names never end with `_` (facts B.11; documented)."""
    return name.endswith("_")


def _near(name: str, schema: ListSchema) -> str:
    near = nearest(name, [column.name for column in schema.columns], 1)
    return f" Did you mean {near[0]}?" if near else ""
