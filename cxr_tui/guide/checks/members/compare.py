"""A person's record in both products, compared column by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from cxr_tui.domain.answers import Known
from cxr_tui.domain.responsys_data import column_key
from cxr_tui.domain.schedule import UnknownZoneError, zone_of
from cxr_tui.guide.forms.schedule import account_zone

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Difference:
    """A column with different values in the two products."""

    column: str
    responsys: str
    audience: str


def differences(
    mapping: Mapping[str, str], responsys: Mapping[str, str], audience: Mapping[str, str]
) -> tuple[Difference, ...]:
    """Return the mapped columns whose values differ, ignoring number format and surrounding blanks.

    Columns missing from a record are not compared: a product may leave empty ones out of its answer.
    """
    return tuple(
        Difference(target, ours, theirs)
        for incoming, target in mapping.items()
        if (ours := responsys.get(column_key(incoming))) is not None
        and (theirs := audience.get(column_key(target))) is not None
        and not same_value(ours, theirs)
    )


def same_value(one: str, other: str) -> bool:
    """Return whether an import reads two values as the same: surrounding blanks and 1.50 for 1.5 do not count.

    Blanks are stripped on loading (facts B.7; documented). A leading zero is part of the value: a postal code without
    it is wrong.
    """
    one, other = one.strip(), other.strip()
    return one == other or (
        _NUMBER.fullmatch(one) is not None and _NUMBER.fullmatch(other) is not None and Decimal(one) == Decimal(other)
    )


def changed_since(record: Mapping[str, str], moment: datetime, known: Known) -> bool:
    """Return whether a record's MODIFIED_DATE_ may be later than a moment (aware).

    The zone of that column is not documented, so UTC and the account's zone are both tried and the later one counts.
    This separates late changes from errors where values differ.
    """
    return any(one >= moment for one in _moments(record.get("MODIFIED_DATE_", "").strip(), known))


def _moments(text: str, known: Known) -> Iterable[datetime]:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return ()
    if local.tzinfo is not None:
        return (local,)
    try:
        zone = zone_of(account_zone(known))
    except UnknownZoneError:
        return (local.replace(tzinfo=UTC),)
    return (local.replace(tzinfo=UTC), local.replace(tzinfo=zone))
