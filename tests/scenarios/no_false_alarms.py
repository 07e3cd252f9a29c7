"""No false alarm: whatever a careful person answers, on whatever population, nothing fails and nothing warns.

Run it to try many of them, each on a fresh sandbox, from the first step to the last:

    python tests scenarios.no_false_alarms --examples 200

`test_no_false_alarms.py` tries a dozen on one sandbox, from the export job on.
"""

from __future__ import annotations

import argparse
import asyncio
import string
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.guide.checks.export.file_name import exported_name
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.operator_runner import operate_and_check
from cxr_tui.integration.integration import Integration
from support.sandboxes.observed_sandbox import people_sandbox

if TYPE_CHECKING:
    from scenarios.no_false_alarms_first import First

ZONE = ZoneInfo("America/New_York")
CUSTOMER_ID = "CUSTOMER_ID_"
EXPORT_ON = tuple(step.id for step in GUIDE.steps[GUIDE.number("select-object") - 1 :])

_NAME = string.ascii_letters + string.digits
_JOB_NAME = _NAME + " !-=@_[]{}"


@dataclass(frozen=True)
class Answers:
    """What one careful person answers; where nothing is said, what the guide proposes is taken."""

    job_names: tuple[str, str]
    path: str
    file_name: str
    extension: str
    delimiter: str
    ready_file: str
    ready_extension: str
    frequency: str
    quarter: int
    """Quarter hour of the day at which the export starts, 0 to 95."""
    every_days: int
    first_in: int
    """Days until the first export, at least 1."""
    ends_in: int
    """Days from then until the last one; 0: no end."""
    expires_in: int
    """Days until both jobs expire; 0: never."""
    gap: int
    """Quarter hours from the end of the export's slot to the import, at least 2."""
    left_out: frozenset[int]
    """Places in the proposed mapping that are left out, apart from the match column."""
    filter_column: str
    """Audience's filter: this column is not empty, as good as any."""

    def of(self, step_id: str, known: Known) -> dict[str, Value]:
        """Return the answers for one step, given what is known when its turn comes."""
        match step_id:
            case "integration-settings":
                return {"match_column": CUSTOMER_ID}
            case "select-object":
                return {"job_name": self.job_names[0]}
            case "destination-connectivity":
                return {"path": self.path}
            case "destination-specification":
                return {
                    "file_name": self.file_name,
                    "extension": self.extension,
                    "delimiter": self.delimiter,
                    "ready_file": self.ready_file,
                    **({} if self.ready_file == "Do not create" else {"ready_extension": self.ready_extension}),
                }
            case "export-schedule":
                first = _today(known, "export-notification.time") + timedelta(days=self.first_in)
                return self._schedule(first, self.quarter)
            case "source-connectivity":
                return {"job_name": self.job_names[1]}
            case "source-specification":
                return {"file_name": known.text("exported-file.name") or exported_name(known).likely}
            case "target-definition":
                return {
                    "match_column": known.text("integration-settings.match_column"),
                    "mapping": self._mapping(known),
                }
            case "import-schedule":
                return self._import_schedule(known)
            case "go-live":
                return {"filter": f"{self.filter_column} != nobody"}
            case _:
                return {}

    def _schedule(self, first: date, quarter: int) -> dict[str, Value]:
        days, quarter = divmod(quarter, 96)
        first += timedelta(days=days)
        values: dict[str, Value] = {
            "schedule": self.frequency,
            "date": first.isoformat(),
            "time": f"{quarter // 4:02d}:{quarter % 4 * 15:02d}",
            "expiration": "never" if not self.expires_in else (first + timedelta(days=self.expires_in)).isoformat(),
        }
        if self.frequency == "daily":
            values["every_days"] = self.every_days
            values["end_date"] = "" if not self.ends_in else (first + timedelta(days=self.ends_in)).isoformat()
        return values

    def _import_schedule(self, known: Known) -> dict[str, Value]:
        """Return a slot after one of the exports that are still to come, or after the only one, with a gap."""
        first = date.fromisoformat(known.text("export-schedule.date"))
        earliest = _today(known, "import-notification.time") + timedelta(days=1)
        step = self.every_days if self.frequency == "daily" else 1
        while first < earliest:
            first += timedelta(days=step)
        return self._schedule(first, self.quarter + 1 + self.gap)

    def _mapping(self, known: Known) -> dict[str, str]:
        mapping = GUIDE.step("target-definition").field("mapping").proposal(known)
        if mapping is None:  # no program can read the columns of CX Audience; a person maps those of the same name
            column = known.text("integration-settings.match_column")
            mapping = {name: name for name in (column, CUSTOMER_ID, "EMAIL_ADDRESS_", "MOBILE_NUMBER_")}
        assert isinstance(mapping, dict)
        column = known.text("integration-settings.match_column")
        kept = {
            name: target
            for place, (name, target) in enumerate(mapping.items())
            if name == column or place not in self.left_out
        }
        # The import takes nobody of whom it learns neither number nor address (facts C.9), so one of them stays.
        return kept | ({CUSTOMER_ID: CUSTOMER_ID} if column.endswith("_HASH_") else {})


def _today(known: Known, key: str) -> date:
    return datetime.fromisoformat(known.text(key)).astimezone(ZONE).date()


def _names(alphabet: str, longest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=longest).map(str.strip).filter(bool)


def answers() -> st.SearchStrategy[Answers]:
    """Return the answers that careful people may give."""
    return st.builds(
        Answers,
        job_names=st.tuples(_names(_JOB_NAME, 90), _names(_JOB_NAME, 90)),
        path=st.sampled_from(("download", "upload")),
        file_name=_names(_NAME + "_-", 40),
        extension=st.sampled_from((".csv", ".txt", ".dat", "csv")),
        delimiter=st.sampled_from(("Comma", "Semicolon", "Tab", "Pipe")),
        ready_file=st.sampled_from(("Create file with record count", "Create empty file", "Do not create")),
        ready_extension=st.sampled_from(("ready", ".done", "ok")),
        frequency=st.sampled_from(("daily", "once")),
        quarter=st.integers(0, 95),
        every_days=st.integers(1, 7),
        first_in=st.integers(1, 5),
        ends_in=st.sampled_from((0, 0, 200, 400)),
        expires_in=st.sampled_from((0, 0, 500)),
        gap=st.integers(2, 40),
        left_out=st.frozensets(st.integers(0, 30)),
        filter_column=st.sampled_from(("COUNTRY_", "CITY_", "LAST_NAME")),
    )


async def take(integration: Integration, step_id: str, values: Mapping[str, Value]) -> list[tuple[str, Finding]]:
    """Answer, do and check one step; return every finding that is no pass."""
    problems = await integration.save(step_id, values)
    assert not problems, problems
    outcome = await operate_and_check(integration, step_id, lambda _: None)
    return [(step_id, one) for one in outcome.findings if one.status is not Status.PASS]


async def alarms(
    integration: Integration, told: Answers, steps: tuple[str, ...], first: First | None = None
) -> list[tuple[str, Finding]]:
    """Walk these steps, and return every finding that is no pass; a step that does not hold ends it.

    `first` answers the steps up to the key, where it has an answer.
    """
    found: list[tuple[str, Finding]] = []
    for step_id in steps:
        values = first.of(step_id) if first is not None else {}
        found += await take(integration, step_id, values or told.of(step_id, integration.journal_state().known()))
        state = integration.states()[step_id]
        if not state.done:
            found.append((step_id, Finding(f"state-{state.state.value}", Status.FAIL, state.next)))
            break
    standing = integration.states()
    for step_id in steps if steps[-1] == GUIDE.steps[-1].id and not found else ():
        outcome = standing[step_id].inconclusive or standing[step_id].outcome
        found += [(step_id, one) for one in (outcome.findings if outcome else ()) if one.status is not Status.PASS]
    return found


async def whole(told: Answers, first: First, kind: str = "") -> list[tuple[str, Finding]]:
    """Walk all 26 steps on a fresh sandbox with the population of `first`."""
    complete = first.match_column != CUSTOMER_ID
    with people_sandbox(first.people, first.seed, complete=complete, kind=kind) as running:
        integration = open_sandboxed(running)
        try:
            found = await alarms(integration, told, tuple(step.id for step in GUIDE.steps), first)
            # without API users and a key a check says that it could not look, which alarms nobody
            return [(step, one) for step, one in found if kind != "--bare" or one.status is not Status.UNKNOWN]
        finally:
            await integration.close()


def main() -> int:
    """Try many populations and answers; 1 as soon as one of them raises an alarm."""
    from scenarios.no_false_alarms_first import firsts  # it builds on this file, so it can only be had now

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, metavar="N", help="how many (200)")
    parser.add_argument("--kind", default="", choices=("", "--bare", "--screens"), help="of the rehearsal")
    given_arguments = parser.parse_args()
    started, tried = time.monotonic(), 0

    @settings(
        max_examples=given_arguments.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a smaller example would take many more sandboxes; the first one says enough
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(told=answers(), first=firsts())
    def quiet(told: Answers, first: First) -> None:
        nonlocal tried
        found = asyncio.run(whole(told, first, given_arguments.kind))
        tried += 1
        _say(f"\r{tried} tried, {time.monotonic() - started:.0f} s")
        assert not found, (first, told, [(step, one.code, one.seen) for step, one in found])

    try:
        quiet()
    except AssertionError as alarm:
        _say(f"\nFALSE ALARM: {alarm}\n")
        return 1
    _say(f"\r{tried} populations and answers, no false alarm, {time.monotonic() - started:.0f} s\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
