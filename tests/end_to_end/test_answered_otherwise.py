"""The real products may answer otherwise than the sandbox: a person still gets through all 26 steps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from cxr_tui.cli.open_integration import SANDBOX_STORE
from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.walk import Plan, walk
from cxr_tui.integration.form import missing
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import journal_path
from cxr_tui.journal.events import outcome_from
from cxr_tui.journal.gate import Next
from cxr_tui.journal.store import Journal, RecordKind
from cxr_tui.sandbox.client import attach_sandbox
from support.drivers.walker import FullScreenWalker
from support.drivers.wizard_driver import SMALL, driven
from support.gpg_keys import gpg_bench
from support.sandboxes.answering_sandbox import REFUSED, Rule, answering_sandbox
from support.sandboxes.fault_switch import switch_faults

LOGIN, API, AUDIENCE = "responsys-login", "responsys-api", "audience-api"
CALLS = (
    (LOGIN, "POST /auth/token"),
    (API, "GET /user/info"),
    (API, "GET /lists"),
    (API, "GET /lists/*/members/count"),
    (API, "GET /lists/*/members"),
    (API, "GET /suppData"),
    (API, "GET /campaigns"),
    (API, "GET /folders"),
    (API, "GET /attributes/organizations"),
    (API, "GET /filters"),
    (API, "GET /connectJobs"),
    (API, "GET /connectJobs/*/jobRuns"),
    (API, "GET /connectJobs/*/jobRuns/*/status"),
    (API, "GET /connectJobs/*/jobRuns/*/logs"),
    (AUDIENCE, "POST /auth/token"),
    (AUDIENCE, "GET /lists"),
    (AUDIENCE, "GET /lists/*/members"),
)
"""Every REST call that a check makes."""
STATUS_CALLS = ("GET /connectJobs/*/jobRuns", "GET /connectJobs/*/jobRuns/*/status")
REFUSED_BY_THE_SANDBOX = frozenset({"GET /campaigns", "GET /folders"})
"""Refused to a user with exactly the two roles (inferred); allowed, they are the sign of a further role."""
SENTENCE = "The product shows it as the procedure has it"


@dataclass(frozen=True)
class Case:
    """One way in which the products differ from the sandbox."""

    name: str
    rules: tuple[Rule, ...] = ()
    faults: tuple[str, ...] = ()
    further_recipient: bool = False
    bare: bool = False
    warned: frozenset[str] = frozenset()
    """Codes of findings that say so."""
    learned: frozenset[str] = frozenset()
    """Words that the report names as new."""


def _one_call(host: str, call: str, answer: str) -> Case:
    return Case(f"{host} {call} {answer}", (Rule(host, call, answer),))


ONE_CALL = [
    _one_call(host, call, answer)
    for host, call in CALLS
    for answer in (
        *("401", "403", "404", "429", "500", "redirect", "empty", "unknown-shape"),
        "allowed" if call in REFUSED_BY_THE_SANDBOX else REFUSED,
    )
]
OTHER_PRODUCTS = [
    Case("organizations named otherwise", (Rule(API, "GET /attributes/organizations", "organizations"),)),
    Case("a second recipient", further_recipient=True, warned=frozenset({"file-wrong-recipient"})),
    Case(
        "unknown status words",
        tuple(Rule(API, call, "words") for call in STATUS_CALLS),
        learned=frozenset({"Finished"}),
    ),
    Case("no host of CX Audience", faults=("refused@audience-api",)),
    Case("zone PST", (Rule(API, "GET /user/info", "zone"),), learned=frozenset({"PST"})),
    Case("Responsys REST not reachable", faults=("refused@responsys-login", "refused@responsys-api")),
    Case("the bare administrator", bare=True),
]


BY_KEYBOARD = [
    _one_call(API, "GET /user/info", "403"),
    _one_call(LOGIN, "POST /auth/token", "unknown-shape"),
    Case("Responsys REST not reachable", faults=("refused@responsys-login", "refused@responsys-api")),
]
ENTERS = 6 * len(GUIDE.steps)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("case", ONE_CALL, ids=lambda case: case.name)
async def test_a_call_answered_otherwise_is_no_dead_end(case: Case, tmp_path: Path) -> None:
    await _walk_to_the_end(case, tmp_path)


@pytest.mark.sampled(0)
@pytest.mark.parametrize("case", OTHER_PRODUCTS, ids=lambda case: case.name)
async def test_products_that_differ_are_no_dead_end(case: Case, tmp_path: Path) -> None:
    await _walk_to_the_end(case, tmp_path)


@pytest.mark.sampled(0)  # the dialog itself is tested every day
@pytest.mark.parametrize("case", BY_KEYBOARD, ids=lambda case: case.name)
async def test_the_way_around_is_there_by_keyboard(case: Case, tmp_path: Path) -> None:
    async with _integration(case, tmp_path) as integration, driven(integration, SMALL) as drive:
        walker = FullScreenWalker(drive)
        pressed: tuple[str, int] | None = None
        for _ in range(ENTERS):
            if integration.states()["go-live"].done:
                break
            state, now = integration.states()[walker.step_id], (walker.step_id, integration.journal_state().seq)
            if state.against and state.next is not Next.WAIT:
                await drive.press("f9")
                await drive.type(SENTENCE)
                await drive.press("enter")
                await drive.settle()
            elif now == pressed:  # Enter led no further: fields are empty
                for name, value in _typed(integration, walker.step_id).items():
                    await walker.fill(name, _as_typed(value))
                pressed = None
            else:
                await walker.enter()
                pressed = now
        assert {step_id: state.state for step_id, state in integration.states().items() if not state.done} == {}
        assert any(state.overruled for state in integration.states().values())
        assert _guesses_that_fail(integration) == []


def _as_typed(value: Value) -> str:
    return "\n".join(f"{a} = {b}" for a, b in value.items()) if isinstance(value, dict) else str(value)


async def no_pause(_: float) -> None:
    """Let no time pass; the sandbox's clock counts."""


async def _walk_to_the_end(case: Case, folder: Path) -> None:
    """Walk with the operator; fill in what could not be read, confirm and overrule as a person who knows better."""
    async with _integration(case, folder) as integration:
        passed = await _through(integration)
        assert {step_id: state.state for step_id, state in integration.states().items() if not state.done} == {}
        assert passed == sorted(set(passed)), "nobody is sent back to a step that was passed"
        assert case.warned <= {one.code for _, one in _findings(integration) if one.status is Status.WARN}
        assert {one.word for one in integration.journal_state().first_seen} == case.learned
        assert _guesses_that_fail(integration) == []


@asynccontextmanager
async def _integration(case: Case, folder: Path) -> AsyncIterator[Integration]:
    async with AsyncExitStack() as stack:
        recipient = folder / "further.asc"
        if case.further_recipient:
            bench = stack.enter_context(gpg_bench())
            bench.make("agency", "default")
            recipient.write_bytes(bench.public("agency"))
        sandbox = answering_sandbox(
            folder / "sandbox", case.rules, recipient if case.further_recipient else None, bare=case.bare
        )
        await stack.enter_async_context(sandbox)
        running = attach_sandbox(folder / "sandbox")
        await switch_faults(running.info, case.faults)
        credentials = KeyringCredentials("acme", backend=running.keyring(), store_name=SANDBOX_STORE)
        journal = Journal(journal_path(running.directory, "acme"))
        integration = Integration(GUIDE, journal, credentials, running.operator(), "acme", pause=no_pause)
        stack.push_async_callback(integration.close)
        yield integration


async def _through(integration: Integration) -> list[int]:
    """Return the numbers of the steps that a person had to pass, in the order in which they came up."""
    passed: list[int] = []
    for _ in range(3 * len(integration.guide.steps)):
        await walk(integration, Plan({}, {}), lambda _: None)
        state = next((one for one in integration.states().values() if not one.done), None)
        if state is None:
            break
        typed = _typed(integration, state.id)
        if typed:
            assert await integration.save(state.id, typed) == {}
            continue
        await integration.confirm(state.id, sentence=SENTENCE if state.against else "")
        assert integration.states()[state.id].done, (state.id, state.state, state.next)
        passed.append(integration.guide.number(state.id))
    return passed


def _typed(integration: Integration, step_id: str) -> dict[str, Value]:
    """Return what a person types into the fields that stay empty where the products cannot be read."""
    tomorrow = (integration.world.now() + timedelta(days=1)).date().isoformat()
    known: dict[str, Value] = {
        "integration-settings.profile_list": "CUSTOMER_PROFILES",
        "integration-settings.responsys_list": "CUSTOMERS",
        "export-schedule.date": tomorrow,
        "target-definition.mapping": {name: name for name in ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")},
        "import-schedule.date": tomorrow,
    }
    step = integration.guide.step(step_id)
    return {one.name: known[step.key(one.name)] for one in missing(step, integration.journal_state())}


def _findings(integration: Integration) -> list[tuple[str, Finding]]:
    """Return every finding that was ever recorded, with its step."""
    return [
        (record.entry.step, finding)
        for record in integration.records()
        if record.entry.kind is RecordKind.OUTCOME
        for finding in outcome_from(record.entry.body["outcome"]).findings
    ]


def _guesses_that_fail(integration: Integration) -> list[tuple[str, str]]:
    found = _findings(integration)
    return [(step, one.code) for step, one in found if one.status is Status.FAIL and one.basis is Basis.INFERRED]
