"""Faults of the integration settings: the box, the lists, their columns and values, what can never be undone."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from cxr_tui.sandbox.audience.screens_settings import INSERT_NEW
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, product_state, scenario
from cxr_tui.sandbox.scenarios.mistakes import entering

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_LISTS = ("Data", "Profile Lists", "*")
_PAGE = ("Account", "Integration settings", "Responsys")
_MATCH_COLUMN = "CUSTOMER_ID_"
_FILLED_OF = 5
"""One of so many people keeps a customer number."""


@scenario("integration-not-enabled")
def _integration_not_enabled(builder: ScenarioBuilder) -> None:
    """Let another administrator take the tick out again, who wonders what it is for."""

    async def untick(sandbox: Sandbox) -> None:
        sandbox.responsys.account.integration_enabled = False

    builder.after_visit("responsys", *_LISTS, change=untick)


@scenario("list-missing")
def _list_missing(builder: ScenarioBuilder) -> None:
    """Let the list be made anew under a name in other case, after the wizard has read the names."""

    async def rename(sandbox: Sandbox) -> None:
        account = sandbox.audience.account
        for name in list(account.lists):
            account.rename_list(name, name.title())

    builder.after_visit("responsys", *_LISTS, change=rename)


@product_state("match-column-absent")
async def _match_column_absent(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let the list in CX Audience be without customer numbers, until an administrator adds the column."""
    table = sandbox.population.customer_profiles
    place = [name for name, _ in table.columns].index(_MATCH_COLUMN)
    kind = table.columns[place][1]
    values = {record["RIID_"]: record[_MATCH_COLUMN] for record in table.rows()}
    table.drop_column(_MATCH_COLUMN)
    yield
    table.add_column(_MATCH_COLUMN, kind, place)
    _write(table, _MATCH_COLUMN, values, sandbox)


@scenario("match-column-empty")
def _match_column_empty(builder: ScenarioBuilder) -> None:
    """Let four of five people have no customer number, until a load from the till system brings them."""
    table = builder.sandbox.population.customers
    values = {record["RIID_"]: record[_MATCH_COLUMN] for record in table.rows()}

    async def empty(sandbox: Sandbox) -> None:
        kept = {riid: "" for at, riid in enumerate(values) if at % _FILLED_OF}
        _write(table, _MATCH_COLUMN, kept, sandbox)

    async def fill(sandbox: Sandbox) -> None:
        _write(table, _MATCH_COLUMN, values, sandbox)

    builder.on_start(empty)
    builder.remedy(fill, "match-column-empty")


@scenario("match-column-empty-repeated")
def _match_column_repeated(builder: ScenarioBuilder) -> None:
    """Let everybody of one household carry the number of its first member, until a load corrects that."""
    table = builder.sandbox.population.customers
    values = {record["RIID_"]: record[_MATCH_COLUMN] for record in table.rows()}

    async def share(sandbox: Sandbox) -> None:
        first = ""
        shared = {}
        for at, (riid, value) in enumerate(values.items()):
            first = value if at % _FILLED_OF == 0 else first
            shared[riid] = first
        _write(table, _MATCH_COLUMN, shared, sandbox)

    async def correct(sandbox: Sandbox) -> None:
        _write(table, _MATCH_COLUMN, values, sandbox)

    builder.on_start(share)
    builder.remedy(correct, "match-column-empty")


@product_state("column-type-mismatch")
async def _column_type_mismatch(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let a column be a text in CX Audience and another be shorter there, until its administrator aligns them."""
    table = sandbox.population.customer_profiles
    before = dict(table.columns)
    table.retype("LIFETIME_VALUE", "STR25")
    table.retype("LOYALTY_TIER", "STR4")
    yield
    for column in ("LIFETIME_VALUE", "LOYALTY_TIER"):
        table.retype(column, before[column])


@scenario("insert-irreversible")
def _insert_irreversible(builder: ScenarioBuilder) -> None:
    """Let the question be answered with Yes in passing."""
    builder.preset_answer("record-handling.insert_new", "yes")


@scenario("insert-irreversible-saved")
def _insert_saved(builder: ScenarioBuilder) -> None:
    """Let the box be ticked by a slip and saved, so that only Support can set it back."""

    async def set_back(sandbox: Sandbox) -> None:
        sandbox.audience.account.withdraw_insert()

    builder.input_mistake("audience", *_PAGE, alter=entering(INSERT_NEW, True), needs=("Save",))
    builder.remedy(set_back, "insert-irreversible")


def _write(table: ListTable, column: str, values: dict[str, str], sandbox: Sandbox) -> None:
    present = {record["RIID_"]: record["MODIFIED_DATE_"] for record in table.rows()}
    for riid, value in values.items():
        if riid in present:
            table.update(riid, {column: value, "MODIFIED_DATE_": present[riid]}, sandbox.clock.now())
