"""A finished integration whose journal an earlier version wrote: nothing is lost, and entries count as no evidence."""

from __future__ import annotations

from pathlib import Path

from cxr_tui.journal.store import RecordKind
from support.worlds.recorded_journals import open_recorded, records

SEEN_OUTSIDE = {
    "account",
    "first-password",
    "destination-connectivity",
    "export-schedule",
    "exported-file",
    "imported-profiles",
    "go-live",
}


async def test_what_came_from_outside_stays_verified_and_the_rest_is_checked_again(tmp_path: Path) -> None:
    integration = open_recorded(tmp_path, "version-1")
    states = {step_id: state.state.value for step_id, state in integration.states().items()}
    judged = {
        entry.step: entry.body["outcome"]["verdict"]
        for _, entry in records("version-1")
        if entry.kind is RecordKind.OUTCOME
    }
    on_entries = {step_id for step_id, verdict in judged.items() if verdict == "proven"} - SEEN_OUTSIDE
    assert {step_id for step_id, state in states.items() if state == "stale"} == on_entries
    assert len(on_entries) > 10
    assert {state for step_id, state in states.items() if step_id not in on_entries} == {"verified", "confirmed"}
    answered = integration.journal_state().answer_sources
    assert len(answered) > 80
    assert integration.journal_state().known().text("account.account_name") == "acmeretail"
    await integration.close()
