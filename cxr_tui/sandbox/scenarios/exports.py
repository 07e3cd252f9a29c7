"""Faults of the export job: object, destination, specification, schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.scenarios.hand import entering, not_pressing
from cxr_tui.sandbox.scenarios.plant import Planting, scenario

if TYPE_CHECKING:
    from cxr_tui.sandbox.assembly import Sandbox

_SPECIFICATION = ("Data", "Connect", "*", "Destination Specification")


@scenario("list-empty")
def _list_empty(planting: Planting) -> None:
    async def empty(sandbox: Sandbox) -> None:
        customers = sandbox.population.customers
        for record in customers.rows():
            customers.delete(record["RIID_"])

    planting.world(empty)


@scenario("header-off")
def _header_off(planting: Planting) -> None:
    label = "Insert column header as first line"
    planting.slip("responsys", *_SPECIFICATION, alter=entering(label, False), needs=(label,))


@scenario("enclosure-on")
def _enclosure_on(planting: Planting) -> None:
    label = "Field enclosure"
    planting.slip("responsys", *_SPECIFICATION, alter=entering(label, '"'), needs=(label,))


@scenario("job-inactive")
def _job_inactive(planting: Planting) -> None:
    button = "Activate"
    path = ("Data", "Connect", "*", "Schedule")
    planting.slip("responsys", *path, alter=not_pressing(button), needs=(button,))
