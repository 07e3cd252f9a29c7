"""No false alarm in the first half: whoever the user is called, whatever the key and the lists, nothing fails or warns.

Run it to try many populations and answers, each on a fresh sandbox, up to the key in Responsys:

    python tests scenarios.no_false_alarms_first --examples 200
"""

from __future__ import annotations

import argparse
import asyncio
import string
import sys
import time
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.answers import Value
from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guide.steps.audience.record_handling import PHRASE
from scenarios.no_false_alarms import take
from support.sandboxes.observed_sandbox import people_sandbox

UNTIL = "import-key"
STEPS = tuple(step.id for step in GUIDE.steps[: GUIDE.number(UNTIL)])
ENOUGH_FOR_LOYALTY = 60
"""About a fifth of the people are in the second list; of fewer, it may hold nobody."""

_WORD = string.ascii_letters + string.digits


@dataclass(frozen=True)
class First:
    """A population, and what one careful person answers up to the key; the rest is what the guide proposes."""

    people: int
    seed: int
    login_name: str
    display_name: str
    email: str
    match_column: str
    second_list: bool
    insert_new: bool
    key_name: str
    key_email: str
    public_key_name: str

    def of(self, step_id: str) -> dict[str, Value]:
        """Return the answers for one step."""
        match step_id:
            case "add-user":
                return {"login_name": self.login_name, "display_name": self.display_name, "email": self.email}
            case "integration-settings":
                loyalty = self.second_list and self.people >= ENOUGH_FOR_LOYALTY
                return {"match_column": self.match_column, "responsys_list": "LOYALTY" if loyalty else "CUSTOMERS"}
            case "record-handling":
                return {"insert_new": "yes", "confirmation": PHRASE} if self.insert_new else {"insert_new": "no"}
            case "generate-key":
                return {"key_name": self.key_name, "email": self.key_email}
            case "import-key":
                return {"public_key_name": self.public_key_name}
            case _:
                return {}


def _names(alphabet: str, longest: int) -> st.SearchStrategy[str]:
    inner = st.text(alphabet + " ._-", max_size=longest - 6)
    edge = st.text(_WORD, min_size=1, max_size=3)
    return st.builds(lambda before, middle, after: before + middle + after, edge, inner, edge)


def _addresses() -> st.SearchStrategy[str]:
    part = st.text(_WORD, min_size=1, max_size=12)
    domain = st.sampled_from(("acmeretail.example", "mail.acme-retail.example", "agency.co.example"))
    return st.builds(lambda name, middle, host: f"{name}.{middle}@{host}", part, part, domain)


def firsts() -> st.SearchStrategy[First]:
    """Return populations with what careful people may answer."""
    return st.builds(
        First,
        people=st.integers(3, 150),
        seed=st.integers(0, 10**6),
        login_name=_names(_WORD, 60),
        display_name=_names(_WORD + "äöüßéñ漢字&'", 40),
        email=_addresses(),
        match_column=st.sampled_from(MATCH_COLUMNS),
        second_list=st.booleans(),
        insert_new=st.booleans(),
        key_name=_names(_WORD, 40),
        key_email=_addresses(),
        public_key_name=_names(_WORD, 40),
    )


async def alarms(told: First) -> list[tuple[str, str, str]]:
    """Walk the first steps on a fresh sandbox; return step, code and evidence of every finding that is no pass."""
    complete = told.match_column != "CUSTOMER_ID_"
    with people_sandbox(told.people, told.seed, complete=complete) as running:
        integration = open_sandboxed(running)
        try:
            for step_id in STEPS:
                await take(integration, step_id, told.of(step_id))
                found = [
                    (one.id, finding.code, finding.seen)
                    for one in integration.states().values()
                    for finding in (one.outcome.findings if one.outcome else ())
                    if finding.status != "pass"
                ]
                if found or not integration.states()[step_id].done:
                    return found or [(step_id, "does-not-hold", integration.states()[step_id].next)]
            return []
        finally:
            await integration.close()


def main() -> int:
    """Try many; 1 as soon as one of them raises an alarm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, metavar="N", help="how many (200)")
    examples = parser.parse_args().examples
    started, tried = time.monotonic(), 0

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a smaller example would take many more sandboxes; the first one says enough
        suppress_health_check=list(HealthCheck),
    )
    @given(told=firsts())
    def quiet(told: First) -> None:
        nonlocal tried
        found = asyncio.run(alarms(told))
        tried += 1
        assert not found, (told, found)

    try:
        quiet()
    except AssertionError as alarm:
        sys.stderr.write(f"FALSE ALARM: {alarm}\n")
        return 1
    sys.stderr.write(f"{tried} populations and answers, no false alarm, {time.monotonic() - started:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
