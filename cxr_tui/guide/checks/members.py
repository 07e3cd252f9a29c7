"""The sample records: looked up, compared between both products, and how well they fill the match column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Fix
from cxr_tui.domain.ports import Members, Responsys
from cxr_tui.domain.responsys_data import column_key
from cxr_tui.domain.schedule import UnknownZoneError, zone_of
from cxr_tui.domain.text import is_hidden, quoted
from cxr_tui.guide.checks.columns import Fill, fill_of
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.definition import Check
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.system.tasks import side_by_side

EMPTY_SHARE = 0.2
"""Share of empty values above which a match column leaves out too many profiles (our choice)."""
REPEATED_SHARE = 0.2
"""Share of repeated values above which too many profiles are treated as one (our choice)."""
LOOKED_UP = 12
"""Records looked up here per sample; later steps look up more, and calls are limited by the minute (facts A.6)."""
MEMBERS = "integration-settings.known_members"
CONTROLS = "integration-settings.control_members"
_LONGEST = 500
_SAMPLE_LIMIT = 50
"""At most this many records are looked up; the account may make some hundred calls a minute (facts A.6)."""
_AT_ONCE = 6
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def sample_rule(value: Value, _: Known) -> str | None:
    """Accept values of a column, one per line; repeated values are evidence and stay."""
    if not isinstance(value, list):
        return "Enter a list of lines, one value per line."
    for number, line in enumerate(value, 1):
        if not line.strip():
            return f"Line {number} is empty. Remove it, or enter a value."
        if any(map(is_hidden, line)):
            return f"Line {number} contains an invisible character: {quoted(line)}. Remove it."
        if len(line) > _LONGEST:
            return f"Line {number} has {len(line)} characters. Enter one value of at most {_LONGEST}."
    return None


def control_column(match_column: str) -> str:
    """Return the column by which records are looked up to see how well the match column is filled.

    A record found by the match column has a value in it, so that alone would show every column as filled.
    """
    return "CUSTOMER_ID_" if match_column.startswith("EMAIL_") else "EMAIL_ADDRESS_"


def _sound(fill: Fill) -> bool:
    return fill.empty <= EMPTY_SHARE and fill.repeated <= REPEATED_SHARE


def _words(fill: Fill) -> str:
    return f"{fill.empty:.0%} empty, {fill.repeated:.0%} duplicated"


async def check_sample(c: Check, user: Responsys, list_name: str, column: str, possible: Sequence[str]) -> None:
    """Look up the sample records and check how well the match column is filled; `possible` are all usable columns."""
    members, controls = c.known.lines(MEMBERS), c.known.lines(CONTROLS)
    if not members and not controls:
        c.report.warn(
            "no-sample",
            "No sample records were entered.",
            f"The wizard cannot check how well {column} is filled, or later whether profiles arrived.",
            f"Enter the {column} of some records as the list shows them, one per line.",
        )
        return
    c.progress("Looking up sample records")
    try:
        found = await look_up(user, list_name, column, members[:LOOKED_UP])
        controlled = await look_up(user, list_name, control_column(column), controls[:LOOKED_UP])
    except OutsideError as error:
        report_error(c.report, error, "Looking up sample records")
        return
    records = [record for record in controlled.values() if record is not None]
    fills = [fill_of(members), fill_of([record.get(column, "") for record in records])]
    fill = max(fills, key=lambda one: one.empty + one.repeated)
    if _sound(fill):
        seen = max(fills, key=lambda one: one.values)
        c.report.passed("match-column-filled", f"{column} in {seen.values} sample records: {_words(seen)}.")
    else:
        people = records + [record for record in found.values() if record is not None]
        # A record found by both columns is one record, not two with the same values.
        others = list({tuple(sorted(record.items())): record for record in people}.values())
        _poor(c, column, f"{column} in {fill.values} sample records: {_words(fill)}.", others, possible)
    if found:
        _check_presence(c, found, list_name, column)


def _check_presence(c: Check, found: Mapping[str, Mapping[str, str] | None], list_name: str, column: str) -> None:
    unknown = [value for value, record in found.items() if record is None]
    if not unknown:
        c.report.passed("members-found", f"All {len(found)} sample records are in {list_name}.")
    elif len(unknown) == len(found):
        c.report.fail(
            "members-not-found",
            f"None of the {len(found)} sample records is in {list_name}.",
            f"They are not values of {column}, or belong to another list.",
            f"Enter values of {column} as Data > Profile Lists > {list_name} shows them.",
        )
    else:
        unnamed = f"{len(unknown)} of {len(found)} sample records are not in the list"
        c.report.warn(
            "members-unknown",
            f"{unnamed}: {', '.join(unknown[:5])}",
            "They will not be found in CX Audience either.",
            "Correct or remove these lines.",
            unnamed=f"{unnamed}.",
        )


def _poor(c: Check, column: str, seen: str, records: Sequence[Mapping[str, str]], possible: Sequence[str]) -> None:
    others = {name: fill_of([record.get(name, "") for record in records]) for name in possible if name != column}
    sound = sorted(
        (name for name, fill in others.items() if records and _sound(fill)),
        key=lambda name: others[name].empty + others[name].repeated,
    )
    better = ", ".join(f"{name} ({_words(others[name])})" for name in sound)
    fix = None
    if sound:
        # The sample has values of the match column, so it changes with the column.
        members = list(dict.fromkeys(value for record in records if (value := record.get(sound[0], ""))))
        fix = Fix(f"Match by {sound[0]}", {"integration-settings.match_column": sound[0], MEMBERS: members})
    c.report.fail(
        "match-column-empty",
        seen,
        "Records without a value cannot be matched, and the import rejects them. Records with the same value are "
        "treated as one profile.",
        f"Select a column with fewer gaps. In this sample: {better or 'none, so fill the column first'}.",
        fix,
    )


async def look_up(
    members: Members, list_name: str, column: str, values: Sequence[str]
) -> dict[str, Mapping[str, str] | None]:
    """Return the records by their value in `column`, None for those that are not in the list.

    Empty and repeated values are skipped. Raises the first OutsideError.
    """
    wanted = list(dict.fromkeys(value for value in values if value.strip()))[:_SAMPLE_LIMIT]
    found = await side_by_side(lambda value: members.member(list_name, column, value), wanted, _AT_ONCE)
    return dict(zip(wanted, found, strict=True))


def differences(
    mapping: Mapping[str, str], responsys: Mapping[str, str], audience: Mapping[str, str]
) -> tuple[str, ...]:
    """Return in words the mapped columns whose values differ, ignoring number format and surrounding blanks.

    Columns missing from a record are not compared: a product may leave empty ones out of its answer.
    """
    return tuple(
        f"{target} is {ours!r} in Responsys and {theirs!r} in CX Audience"
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


def changed_since(record: Mapping[str, str], moment: datetime, known: Known, *, surely: bool = False) -> bool:
    """Return whether a record's MODIFIED_DATE_ may be a moment (aware) or later, or `surely` is.

    The zone of that column is not documented, so UTC and the account's zone are both tried, and the later one counts,
    or for `surely` the earlier. This separates late changes from errors where values differ.
    """
    later = [one >= moment for one in _moments(record.get("MODIFIED_DATE_", "").strip(), known)]
    return bool(later) and all(later) if surely else any(later)


def _moments(text: str, known: Known) -> Iterable[datetime]:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return ()
    if local.tzinfo is not None:
        return (local,)
    zones: list[tzinfo] = [UTC]
    with suppress(UnknownZoneError):
        zones.append(zone_of(account_zone(known)))
    return [local.replace(tzinfo=zone) for zone in zones]
