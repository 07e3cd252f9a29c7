"""Scenarios of the integration settings: the box, lists, columns and values, and what can never be undone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

from cxr_tui.sandbox.audience.account import INSERT_NEW
from cxr_tui.sandbox.scenarios.builder import (
    Moment,
    ScenarioBuilder,
    change_after,
    entering,
    product_state,
    scenario,
)

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_LIST = Moment("responsys", ("Data", "Profile Lists", "*"))
_PAGE = ("Account", "Integration settings", "Responsys")
_MATCH_COLUMN = "CUSTOMER_ID_"
_FILLED_OF = 5
"""One person of this many keeps a customer number."""


@change_after("integration-not-enabled", _LIST)
async def _untick(sandbox: Sandbox) -> None:
    """Let another administrator, who does not know the box, clear it."""
    sandbox.responsys.account.integration_enabled = False


@change_after("list-missing", _LIST)
async def _rename_lists(sandbox: Sandbox) -> None:
    """Let the list be made again under a name in other case, after the wizard has read the names."""
    lists = sandbox.audience.account.lists
    for name in list(lists):
        table = lists[name.title()] = lists.pop(name)
        table.name = name.title()


@product_state("match-column-absent")
async def _match_column_absent(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let the list in CX Audience be without customer numbers, until an administrator adds the column."""
    columns = sandbox.population.customer_profiles.columns
    place = [name for name, _ in columns].index(_MATCH_COLUMN)
    column = columns.pop(place)
    yield
    columns.insert(place, column)


def _other_numbers(code: str, number: Callable[[list[str], int], str]) -> None:
    """Register the scenario of other customer numbers, until a load from the till system brings the right ones."""

    @product_state(code, "match-column-empty")
    async def state(sandbox: Sandbox) -> AsyncGenerator[None, None]:
        table, now = sandbox.population.customers, sandbox.clock.now()
        people = list(table.rows())
        right = [person[_MATCH_COLUMN] for person in people]
        for numbers in ([number(right, at) for at in range(len(right))], right):
            for person, own in zip(people, numbers, strict=True):
                unchanged = person["MODIFIED_DATE_"]  # as if it had always been so
                table.update(person["RIID_"], {_MATCH_COLUMN: own, "MODIFIED_DATE_": unchanged}, now)
            yield


# Four of five people have none.
_other_numbers("match-column-empty", lambda right, at: "" if at % _FILLED_OF else right[at])
# All members of a household carry the number of the first.
_other_numbers("match-column-empty-repeated", lambda right, at: right[at - at % _FILLED_OF])


@product_state("column-type-mismatch")
async def _column_type_mismatch(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let a column be a text in CX Audience and another be shorter there, until its administrator aligns them."""
    columns = sandbox.population.customer_profiles.columns
    right = dict(columns)
    other = {"LIFETIME_VALUE": "STR25", "LOYALTY_TIER": "STR4"}
    columns[:] = [(name, other.get(name, kind)) for name, kind in columns]
    yield
    columns[:] = [(name, right[name] if name in other else kind) for name, kind in columns]


@scenario("insert-irreversible")
async def _insert_irreversible(builder: ScenarioBuilder) -> None:
    """Let the question be answered with Yes without much thought."""
    builder.mistakes.answers["record-handling.insert_new"] = "yes"


@scenario("insert-irreversible-saved")
async def _insert_saved(builder: ScenarioBuilder) -> None:
    """Let the box be ticked by accident and saved, so that only Support can set it back."""

    async def set_back(sandbox: Sandbox) -> None:
        if sandbox.audience.account.settings is not None:
            sandbox.audience.account.settings[INSERT_NEW] = False

    builder.input_mistake(Moment("audience", _PAGE, ("Save",)), entering(INSERT_NEW, True))
    builder.remedy(set_back, "insert-irreversible")
