"""Faults of the import job: source, target, schedule, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.scenarios.builder import Entries, Press, ScenarioBuilder, scenario
from cxr_tui.sandbox.scenarios.mistakes import entering

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_JOB = ("Data", "Connect", "Manage Connect", "*")
_TARGET = (*_JOB, "Target Definition")
_MAPPING = "Column mapping"


@scenario("file-name-mismatch")
def _file_name_mismatch(builder: ScenarioBuilder) -> None:
    """Type the name as the export screen shows it, without the ending that encryption adds."""
    label = "File name"

    def without_ending(entries: Entries, press: Press) -> tuple[Entries, Press]:
        return entries | {label: str(entries[label]).removesuffix(".gpg")}, press

    builder.input_mistake("audience", *_JOB, "Source Specification", alter=without_ending, needs=(label,))


@scenario("match-column-differs")
def _match_column_differs(builder: ScenarioBuilder) -> None:
    label = "Match column"
    builder.input_mistake("audience", *_TARGET, alter=entering(label, "EMAIL_ADDRESS_"), needs=(label,))


@scenario("mapping-wrong")
def _mapping_wrong(builder: ScenarioBuilder) -> None:
    """Add a line for the record ids, map a name to a system column, and mistype a column."""

    def wrong(entries: Entries, press: Press) -> tuple[Entries, Press]:
        shifted = {"RIID_": "RIID_", "LAST_NAME": "CITY_", "LIFETIME_VALUE": "LOYALTY_TIERS"}
        return entries | {_MAPPING: {**entries[_MAPPING], **shifted}}, press

    builder.input_mistake("audience", *_TARGET, alter=wrong, needs=(_MAPPING,))


@scenario("import-before-export")
def _import_before_export(builder: ScenarioBuilder) -> None:
    """Put both jobs into the same hour of the night, the import first."""
    builder.input_mistake("audience", *_JOB, "Schedule", alter=entering("Time", "03:45"), needs=("Time",))


@scenario("rows-rejected")
def _rows_rejected(builder: ScenarioBuilder) -> None:
    """Let a shop terminal write mobile numbers with hyphens and countries with three letters into the list."""
    before: dict[str, dict[str, str]] = {}

    async def spoil(sandbox: Sandbox) -> None:
        customers, now = sandbox.population.customers, sandbox.clock.now()
        for number, record in enumerate(list(customers.rows())):
            if number % 6 == 4:
                before[record["RIID_"]] = {name: record[name] for name in ("MOBILE_NUMBER_", "MOBILE_COUNTRY_")}
                spoiled = {"MOBILE_NUMBER_": "15005550142", "MOBILE_COUNTRY_": "USA"}
                if number % 12 == 4:
                    spoiled = {"MOBILE_NUMBER_": "500-555-0142", "MOBILE_COUNTRY_": "US"}
                customers.update(record["RIID_"], spoiled, now)

    async def clean(sandbox: Sandbox) -> None:
        for riid, values in before.items():
            sandbox.population.customers.update(riid, values, sandbox.clock.now())

    builder.on_start(spoil)
    builder.remedy(clean)
