"""What others have to do is asked for before its turn, noted, listed, and prefilled when the turn has come."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Outcome, Verdict
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.overview import YOU, build_overview, can_request, note_request, number_problem
from cxr_tui.integration.erase import Scope, erase
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import answer_entry, confirmation_entry, outcome_entry
from cxr_tui.journal.gate import State, basis
from cxr_tui.journal.store import Journal
from cxr_tui.reports.messages import texts
from support.drivers.plain_driver import plain_driven
from support.drivers.wizard_driver import MEDIUM, driven
from support.worlds.toy_guide import MemoryCredentials

SERVER = (
    ("destination-connectivity", "server", "files.example.com"),
    ("destination-connectivity", "user_name", "acme_scp"),
)


def opened(home: Path) -> Integration:
    integration = Integration(GUIDE, Journal(home / "journal.db"), MemoryCredentials(), None, "acme")
    integration.note([answer_entry("account", "account_name", "acmeretail", "typed")])
    return integration


def requestable(integration: Integration) -> list[str]:
    states, journal = integration.states(), integration.journal_state()
    return [step.id for step in GUIDE.steps if can_request(step, states[step.id], journal)]


def test_each_request_is_offered_as_soon_as_its_values_are_known(tmp_path: Path) -> None:
    integration = Integration(GUIDE, Journal(tmp_path / "journal.db"), MemoryCredentials(), None, "acme")
    assert requestable(integration) == []
    integration.note([answer_entry("account", "account_name", "acmeretail", "typed")])
    assert requestable(integration) == ["audience-designer", "import-key", "destination-connectivity"]
    assert "data-director" in {text.id for text in texts(integration)}
    integration.note([answer_entry(*one, "typed") for one in SERVER])
    assert requestable(integration)[-1] == "external-server"
    assert "external-server" in {text.id for text in texts(integration)}
    offered = {
        one.step_id: one
        for one in build_overview(integration).waits
        if one.state is State.READY and one.step_id != "account"
    }
    assert list(offered) == requestable(integration)
    assert {one.on for one in offered.values()} == {YOU}
    assert "You can already ask Oracle Support for the Responsys file server" in offered["external-server"].reason


def test_a_request_that_was_noted_waits_for_others_and_prefills_its_step(tmp_path: Path) -> None:
    integration = opened(tmp_path)
    day = note_request(integration, "audience-designer", "3-77")
    assert integration.states()["audience-designer"].state is State.LOCKED, "it is done in its turn"
    (wait,) = [one for one in build_overview(integration).waits if one.step_id == "audience-designer"]
    assert (wait.on, wait.state) == ("Oracle Support", State.WAITING)
    assert wait.reason == f"requested on {day}: the controlled feature Audience Designer"
    fields = {view.field.name: view.value for view in integration.form("audience-designer")}
    assert (fields["sr_number"], fields["sr_date"]) == ("3-77", day)
    assert integration.journal_state().known().text("audience-designer.requested_for") == "acmeretail"
    assert number_problem(integration, "audience-designer", "not a number")
    assert number_problem(integration, "import-key", "3-1") == "This request gets no number here."
    # another process that opens the journal has it too
    assert Integration(GUIDE, Journal(integration.place), MemoryCredentials(), None, "acme").journal_state().requested


def test_the_request_of_step_two_stays_open_until_evidence_is_seen(tmp_path: Path) -> None:
    integration = opened(tmp_path)
    values: dict[str, Value] = {"sr_number": "3-77", "sr_date": "2026-06-01", "acknowledged": True}
    integration.note([answer_entry("audience-designer", name, value, "typed") for name, value in values.items()])

    def judge(step_id: str, verdict: Verdict) -> None:
        rests_on = basis(GUIDE.step(step_id), integration.journal_state())
        integration.note([outcome_entry(step_id, Outcome(verdict, ()), rests_on)])

    judge("account", Verdict.VERIFIED)
    judge("audience-designer", Verdict.CONFIRMABLE)
    step = GUIDE.step("audience-designer")
    integration.note([confirmation_entry(step.id, "person", basis(step, integration.journal_state()))])
    assert integration.states()[step.id].state is State.CONFIRMED
    waits = {one.step_id: one for one in build_overview(integration).waits}
    assert (waits[step.id].on, waits[step.id].state) == ("Oracle Support", State.WAITING)
    assert "requested on 2026-06-01" in waits[step.id].reason
    assert waits["add-user"].on == YOU, "and the work goes on"
    judge("audience-designer", Verdict.VERIFIED)
    assert step.id not in {one.step_id for one in build_overview(integration).waits}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("number", ["", "3-38114092650"])
async def test_by_keyboard_a_locked_step_takes_the_note_of_its_request(number: str, tmp_path: Path) -> None:
    integration = opened(tmp_path)
    async with driven(integration, MEDIUM) as drive:
        await drive.screen.go_to("audience-designer")
        await drive.settle()
        assert "Requested" in drive.text
        await drive.screen.carry_out("request")
        await drive.settle()
        await drive.type("no number!")
        await drive.press("enter")
        assert "is not a service request number" in drive.words
        await drive.press(*["backspace"] * 10)
        if number:
            await drive.type(number)
        await drive.press("enter")
        assert "Noted: requested on" in drive.text
        assert number in drive.text
        await drive.press("ctrl+d")
        assert "Oracle Support: step 2" in drive.words
        assert "Your turn: step 11" in drive.words
        await drive.press("escape")
        # a role has no number, so nothing is asked
        await drive.screen.go_to("import-key")
        await drive.settle()
        await drive.screen.carry_out("request")
        await drive.settle()
        assert "Noted: requested on" in drive.text
    assert set(integration.journal_state().requested) == {"audience-designer", "import-key"}


async def test_plain_mode_notes_and_lists_requests_too(tmp_path: Path) -> None:
    integration = opened(tmp_path)
    async with plain_driven(integration) as drive:
        await drive.type("request")
        assert "This works at a locked step" in drive.text
        await drive.type("go 2", "request no!")
        assert "Not accepted: " in drive.text
        await drive.type("request 3-77")
        assert "Noted: requested on" in drive.text
        await drive.type("steps")
        assert "Oracle Support: step 2" in drive.text
        assert "Your turn: step 11" in drive.text


def test_erasing_all_answers_removes_a_noted_number(tmp_path: Path) -> None:
    integration = opened(tmp_path)
    note_request(integration, "audience-designer", "3-77")
    integration.note([answer_entry("audience-designer", "sr_number", "3-77", "typed")])
    erase(GUIDE, integration.place, Scope.ALL)
    assert b"3-77" not in integration.place.read_bytes()
    assert not integration.journal_state().known().text("audience-designer.requested_number")
