"""Scenarios of the import job: source, target, schedule, rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from cxr_tui.domain.date_formats import DAY_FIRST, MONTH_FIRST
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, product_state, scenario
from cxr_tui.sandbox.scenarios.mistakes import changing, entering, mistake

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_JOB = ("Data", "Connect", "Manage Connect", "*")
_TARGET = (*_JOB, "Target Definition")
_MAPPING = "Column mapping"


# The name is typed as the export screen shows it, without the ending that encryption adds.
_NAME = "File name"
_NO_ENDING = changing(_NAME, lambda name: str(name).removesuffix(".gpg"))
mistake("file-name-mismatch", "audience", (*_JOB, "Source Specification"), _NAME, _NO_ENDING)

mistake("match-column-differs", "audience", _TARGET, "Match column", entering("Match column", "EMAIL_ADDRESS_"))

# A line for the record ids is added, a name mapped to a system column, and a column mistyped.
_SHIFTED = {"RIID_": "RIID_", "LAST_NAME": "CITY_", "LIFETIME_VALUE": "LOYALTY_TIERS"}
mistake("mapping-wrong", "audience", _TARGET, _MAPPING, changing(_MAPPING, lambda mapping: {**mapping, **_SHIFTED}))

# Both jobs run in the same hour of the night, the import first.
mistake("import-before-export", "audience", (*_JOB, "Schedule"), "Time", entering("Time", "03:45"))


@scenario("date-format-differs")
def _date_format_differs(builder: ScenarioBuilder) -> None:
    """Let Responsys write day before month, and CX Audience read month before day."""
    builder.sandbox.responsys.account.download_format = DAY_FIRST
    builder.sandbox.audience.account.upload_format = MONTH_FIRST


@product_state("rows-rejected")
async def _rows_rejected(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let a shop terminal write mobile numbers with hyphens and countries with three letters into the list."""
    customers = sandbox.population.customers
    before = {
        record["RIID_"]: {name: record[name] for name in ("MOBILE_NUMBER_", "MOBILE_COUNTRY_")}
        for number, record in enumerate(customers.rows())
        if number % 6 == 4
    }
    for number, riid in enumerate(before):
        spoiled = {"MOBILE_NUMBER_": "15005550142", "MOBILE_COUNTRY_": "USA"}
        if number % 2 == 0:
            spoiled = {"MOBILE_NUMBER_": "500-555-0142", "MOBILE_COUNTRY_": "US"}
        customers.update(riid, spoiled, sandbox.clock.now())
    yield
    for riid, values in before.items():
        customers.update(riid, values, sandbox.clock.now())
