"""Login tries of a rotation in the journal: by whose clock they count, and which result is whose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cxr_tui.domain.login_endings import Result
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.integration.rotation_state import (
    IntegrationState,
    Stage,
    refusals_until_lockout,
    stage_entry,
    tried_entry,
    try_entry,
)
from cxr_tui.integration.services import LiveWorld
from cxr_tui.journal.events import refusal_entry
from cxr_tui.journal.store import Entry, Record

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def journal_state_of(*entries: Entry) -> IntegrationState:
    journal = IntegrationState()
    journal.apply([Record(number, NOW, entry) for number, entry in enumerate(entries, 1)])
    return journal


def test_no_server_can_end_a_lock_by_its_clock(tmp_path: Path) -> None:
    refused = [refusal_entry("", RESPONSYS_PASSWORD)] * 4
    journal = journal_state_of(stage_entry(RESPONSYS_PASSWORD, 1, Stage.PREPARED), *refused)
    world = LiveWorld(lambda: journal, KeyringCredentials("x"), None, lambda _, __: None, tmp_path)
    world._clock = ServerClock(lambda: NOW)
    world._clock.learn("Tue, 03 Mar 2026 11:00:00 GMT")
    assert world.now() == NOW + timedelta(hours=23)
    assert refusals_until_lockout(journal.refusal_streak(RESPONSYS_PASSWORD), world.own_time()) == 1
    assert journal.counted_refusals(RESPONSYS_PASSWORD, world.own_time()) == 4


def test_a_result_belongs_to_its_own_try_whatever_checks_do_meanwhile() -> None:
    next_one = f"{RESPONSYS_PASSWORD}.next"
    begun = stage_entry(RESPONSYS_PASSWORD, 1, Stage.PREPARED)
    sent = try_entry(RESPONSYS_PASSWORD, 1, next_one)
    elsewhere = refusal_entry("", RESPONSYS_PASSWORD)
    answered = tried_entry(RESPONSYS_PASSWORD, 1, Result.ACCEPTED, try_id=sent.body["id"])
    journal = journal_state_of(begun, sent, elsewhere, answered)
    tries = [(one.item, one.result) for one in journal.rotations[RESPONSYS_PASSWORD].tries]
    assert tries == [(next_one, Result.ACCEPTED), (RESPONSYS_PASSWORD, Result.OPEN)]
    assert journal.refusals == {RESPONSYS_PASSWORD: 1}
