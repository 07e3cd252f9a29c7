"""A finished integration whose journal an earlier version wrote: nothing is lost, and entries count as no evidence."""

from __future__ import annotations

from pathlib import Path

from recorded import open_recorded

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
    setup = open_recorded(tmp_path, "version-1")
    states = {step_id: state.state.value for step_id, state in setup.states().items()}
    assert {step_id for step_id, state in states.items() if state == "verified"} == SEEN_OUTSIDE
    assert {state for step_id, state in states.items() if step_id not in SEEN_OUTSIDE} == {"confirmed", "stale"}
    answered = setup.ledger().answered
    assert len(answered) > 80
    assert setup.ledger().known().text("account.account_name") == "acmeretail"
    await setup.close()
