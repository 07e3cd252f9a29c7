"""The lists of both products, as their APIs return them, compared with the entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.finding import Fix, Status
from cxr_tui.domain.responsys_data import ListSchema, column_key
from cxr_tui.domain.text import counted, quoted, visible
from cxr_tui.guide.checks.columns import compare_columns, is_system, match_columns_of, nearest
from cxr_tui.guide.checks.common import integration_user, look, report_error
from cxr_tui.guide.checks.members import check_sample
from cxr_tui.guide.definition import Check, Product

LEFT_BEHIND = "integration-settings.left_behind"
READING_LISTS = "Reading the profile lists of Responsys"
_ID = "integration-settings"


async def compare_lists(c: Check) -> None:
    """Check lists, match column, columns and sample records, as far as each side can be read.

    Without a CX Audience API user the wizard sees only Responsys, and a person compares the rest.
    """
    column = c.known.text(f"{_ID}.match_column")
    ours = await _responsys_list(c)
    theirs = await audience_list(c, f"{_ID}.profile_list")
    sides = [("Responsys", ours), ("CX Audience", theirs)]
    if ours is not None:
        c.report.learn("columns", [one.name for one in ours.columns])
    present = [schema for _, schema in sides if schema is not None]
    for side, schema in sides:
        if schema is not None:
            _check_match_column(c, side, schema, column, match_columns_of(*present))
    if ours is not None and theirs is not None:
        _check_columns(c, ours, theirs, column)
    if ours is not None and ours.column(column):
        user = await integration_user(c)
        if user is not None:
            await check_sample(c, user, ours.name, column, match_columns_of(*present))


async def _responsys_list(c: Check) -> ListSchema | None:
    user = await integration_user(c)
    if user is None:
        error = NothingStoredError("responsys-password")
        report_error(c.report, error, "Reading the profile lists", optional=Status.UNKNOWN)
        return None
    lists = await look(c, READING_LISTS, user.lists())
    return None if lists is None else find_list(c, "Responsys", f"{_ID}.responsys_list", lists)


async def audience_list(c: Check, key: str) -> ListSchema | None:
    """Report whether CX Audience has the list entered under a key, and return it; None where it cannot be read."""
    audience = c.world.audience()
    if audience is None:
        return None
    lists = await look(c, "Reading the lists of CX Audience", audience.lists(), product=Product.AUDIENCE)
    return None if lists is None else find_list(c, "CX Audience", key, lists)


def find_list(c: Check, side: str, key: str, lists: Iterable[ListSchema]) -> ListSchema | None:
    """Report whether a product has the list entered under a key, and return it."""
    name = c.known.text(key)
    by_name = {schema.name: schema for schema in lists}
    if name in by_name:
        c.report.passed(
            "list-found", f"{side} has the list {name} with {counted(len(by_name[name].columns), 'column')}."
        )
        return by_name[name]
    near = nearest(name, by_name)
    others = f"Nearest: {', '.join(near)}." if near else f"It has {', '.join(by_name)}."
    c.report.fail(
        "list-missing",
        f"{side} has no list {quoted(name)}. {others if by_name else 'This user sees no list at all.'}",
        "Nothing can be matched or imported without the list. Upper and lower case matter in names.",
        f"Select a list that {side} has.",
        Fix(f"Use {quoted(near[0], 80)}", {key: near[0]}) if near else None,
        identity=f"{side} {name}",
    )
    return None


def _check_match_column(c: Check, side: str, schema: ListSchema, column: str, possible: Sequence[str]) -> None:
    if schema.column(column):
        c.report.passed("match-column-present", f"{schema.name} in {side} has {column}.")
        return
    c.report.fail(
        "match-column-absent",
        f"{schema.name} in {side} has no column {column}.",
        "Records of the two products could not be matched.",
        f"Select a column that both lists have: {', '.join(possible) or 'there is none, so select another list'}.",
        Fix(f"Match by {possible[0]}", {f"{_ID}.match_column": possible[0]}) if possible else None,
    )


def _check_columns(c: Check, ours: ListSchema, theirs: ListSchema, match_column: str) -> None:
    report = c.report
    compared = compare_columns(ours, theirs)
    report.learn("carried", compared.carried)
    report.passed(
        "columns-carried", f"{len(compared.carried)} columns can be synced: {visible(', '.join(compared.carried), 900)}"
    )
    if compared.kept_back:
        report.passed(
            "columns-never-synced",
            f"Not synced (kept in Responsys): {visible(', '.join(compared.kept_back), 600)}",
            "Responsys maintains permission and deliverability, and each product assigns its own record ids.",
        )
    if compared.absent:
        report.passed(
            "columns-left-out",
            f"Not in {theirs.name}, so not synced: {visible(', '.join(compared.absent), 600)}",
            "To sync such a column, create it in CX Audience with the same name and type.",
        )
    accepted = {column_key(name): name for name in c.known.lines(LEFT_BEHIND)}
    matching = [name for name in compared.differing if column_key(name) == column_key(match_column)]
    wrong = [name for name in compared.differing if column_key(name) not in accepted or name in matching]
    left = [name for name in compared.differing if name not in wrong]
    if left:
        report.passed("columns-left-behind", f"Not synced, by your choice: {visible(', '.join(left), 600)}")
    if to_settle := [name for name in wrong if not is_system(name) or name in matching]:
        not_needed = {LEFT_BEHIND: [*sorted(accepted.values()), *to_settle]}
        report.fail(
            "column-type-mismatch",
            visible("; ".join(compared.differing[name] for name in to_settle), 900),
            "Only columns with the same properties in both lists are synced. These would silently stay empty.",
            "In CX Audience, recreate the column with the type that Responsys has (Data > Lists, Change Schema), or "
            "list it under Columns not needed in CX Audience.",
            None if matching else Fix(f"Do not sync {visible(', '.join(to_settle), 80)}", not_needed),
        )
    if own := [name for name in wrong if name not in to_settle]:
        report.warn(
            "column-type-mismatch",
            visible("; ".join(compared.differing[name] for name in own), 900),
            "Only columns with the same properties in both lists are synced. These are system columns, whose type "
            "cannot be changed.",
            "If you need one of them, ask Oracle Support; otherwise do nothing.",
        )
