"""Undo: pure over records, and through the setup without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxr_tui.integration.integration import Integration, StepLockedError
from cxr_tui.journal.gate import State
from cxr_tui.journal.undo import Saved
from support.worlds.demo_guide import open_demo


def quiet(_: str) -> None:
    return


async def undo_last(integration: Integration) -> Saved | None:
    last = integration.last_saved()
    assert last is None or await integration.undo(last)
    return last


async def answered(home: Path) -> Integration:
    integration = open_demo(home)
    await integration.save("account", {"account_name": "acmeretail", "login_host": "interact5"})
    await integration.check("account", quiet)
    await integration.save("add-user", {"login_name": "one", "email": "cx@acme.example"})
    return integration


async def test_answers_confirmed_together_are_undone_together_last_first(tmp_path: Path) -> None:
    integration = await answered(tmp_path)
    await integration.save("account", {"account_name": "other"})
    assert integration.states()["account"].state is State.STALE
    undone = await undo_last(integration)
    assert undone is not None
    assert (undone.step_id, dict(undone.before)) == ("account", {"account_name": "acmeretail"})
    assert integration.states()["account"].state is State.VERIFIED, "it was seen with these values"
    again = await undo_last(integration)
    assert again is not None
    assert (again.step_id, dict(again.before)) == ("add-user", {"login_name": None, "email": None})
    assert not integration.journal_state().known().has("add-user.login_name")
    assert "add-user.email" not in integration.journal_state().answer_sources
    first = await undo_last(integration)
    assert first is not None
    assert first.step_id == "account"
    assert await undo_last(integration) is None
    await integration.close()


async def test_the_journal_keeps_what_was_undone_and_another_start_sees_the_same(tmp_path: Path) -> None:
    integration = await answered(tmp_path)
    before = integration.journal_state().seq
    await undo_last(integration)
    assert integration.journal_state().seq == before + 2
    values = dict(integration.journal_state().values)
    await integration.close()
    resumed = open_demo(tmp_path)
    assert resumed.journal_state().values == values
    assert resumed.states()["add-user"].state is State.READY
    left = resumed.last_saved()
    assert left is not None
    assert left.step_id == "account"
    await resumed.close()


async def test_what_is_confirmed_after_an_undoing_is_undone_first(tmp_path: Path) -> None:
    integration = await answered(tmp_path)
    await undo_last(integration)
    await integration.save("add-user", {"login_name": "two"})
    undone = await undo_last(integration)
    assert undone is not None
    assert dict(undone.before) == {"login_name": None}
    await integration.close()


async def test_undo_takes_back_only_the_answers_that_were_shown(tmp_path: Path) -> None:
    integration = await answered(tmp_path)
    shown = integration.last_saved()
    assert shown is not None
    other = open_demo(tmp_path)
    await other.save("add-user", {"login_name": "two"})
    assert not await integration.undo(shown), "another process has saved something since"
    assert integration.journal_state().values["add-user.login_name"] == "two"
    await other.close()
    await integration.close()


async def test_undo_writes_nothing_at_a_locked_step(tmp_path: Path) -> None:
    integration = await answered(tmp_path)
    last = integration.last_saved()
    assert last is not None
    await integration.save("account", {"account_name": "other"})
    before = integration.journal_state().seq
    with pytest.raises(StepLockedError):
        await integration.undo(last)
    assert integration.journal_state().seq == before
    await integration.close()
