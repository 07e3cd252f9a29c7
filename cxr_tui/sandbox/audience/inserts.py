"""Profile inserts: people of the Responsys lists whom CX Audience does not know yet (facts C.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cxr_tui.sandbox.lists import ListTable

_OWN = ("RIID_", "CREATED_DATE_", "MODIFIED_DATE_")
"""Each product gives these itself (inferred: RIID_ is an id of its own in each)."""


def carried_columns(there: ListTable, here: ListTable) -> tuple[str, ...]:
    """Return the columns that a profile insert brings over from one Responsys list.

    Name and type must be the same on both sides; permission and deliverability stay in Responsys (documented, where
    "same properties" is read as name and type, which is inferred).
    """
    types = dict(here.columns)
    return tuple(
        name
        for name, kind in there.columns
        if types.get(name) == kind
        and name not in _OWN
        and "_PERMISSION_" not in name
        and "_DELIVERABILITY_" not in name
    )


def insert_new_profiles(there: Mapping[str, ListTable], here: ListTable, match_column: str, now: datetime) -> int:
    """Insert every person who has a match value that no record in CX Audience has; return how many.

    A column that several rows of a person bring takes the value of the latest updated row (documented). Records that
    exist are left alone: the option speaks of inserting only.
    """
    people: dict[str, dict[str, tuple[str, str]]] = {}
    for table in there.values():
        columns = carried_columns(table, here)
        if match_column not in columns:
            continue
        for row in table.rows():
            key = row[match_column]
            if not key or here.find(match_column, key):
                continue
            person = people.setdefault(_key(match_column, key), {})
            updated = row.get("MODIFIED_DATE_", "")
            for column in columns:
                if column not in person or person[column][0] < updated:
                    person[column] = (updated, row[column])
    for person in people.values():
        here.insert({column: text for column, (_, text) in person.items()}, now)
    return len(people)


def _key(match_column: str, value: str) -> str:
    """Return the value under which rows are the same person; addresses and hashes ignore case, as lists do."""
    return value.strip().lower() if match_column.startswith("EMAIL_") else value
