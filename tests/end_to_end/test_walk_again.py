"""A walk over an integration that is set up already: it takes what its answers file says otherwise, or says why not."""

from __future__ import annotations

from pathlib import Path

from unit.integration.test_integration import prove, quiet

from cxr_tui.domain.finding import Status
from cxr_tui.domain.secret import Secret
from cxr_tui.guided.walk import Plan, StepAnswers, walk
from cxr_tui.integration.rotation_state import Stage, stage_entry
from cxr_tui.journal.gate import State
from support.worlds.toy_guide import MemoryCredentials, open_toy


async def test_a_walk_takes_an_answer_that_has_changed(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration)
    again = Plan({"two": StepAnswers({"word": "bad"})}, {}, until="two")
    reports = {one.id: one for one in await walk(integration, again, quiet)}
    assert integration.journal_state().values["two.word"] == "bad"
    assert reports["two"].state is State.FAILED
    right = Plan({"two": StepAnswers({"word": "fine"})}, {}, until="two")
    reports = {one.id: one for one in await walk(integration, right, quiet)}
    assert reports["two"].state is State.VERIFIED
    seq = integration.journal_state().seq
    await walk(integration, right, quiet)
    assert integration.journal_state().seq == seq, "the same answers again are left alone"
    await integration.close()


async def test_a_walk_says_which_changed_answer_it_refuses_and_goes_no_further(tmp_path: Path) -> None:
    integration = open_toy(tmp_path)
    await prove(integration)
    plan = Plan({"two": StepAnswers({"word": "x"}), "four": StepAnswers({"word": "bad"})}, {})
    reports = {one.id: one for one in await walk(integration, plan, quiet)}
    assert [one.code for one in reports["two"].findings if one.status is Status.FAIL] == ["answer-refused"]
    assert integration.journal_state().values["two.word"] == "good"
    assert integration.journal_state().values["four.word"] == "good"
    await integration.close()


async def test_a_walk_takes_a_secret_that_has_changed(tmp_path: Path) -> None:
    credentials = MemoryCredentials()
    integration = open_toy(tmp_path, credentials=credentials)
    await prove(integration)
    await walk(integration, Plan({}, {"three-key": Secret("other")}), quiet)
    assert await credentials.get("three-key") == Secret("other")
    assert integration.states()["three"].state is State.VERIFIED
    await integration.close()


async def test_a_secret_that_a_rotation_chose_is_not_replaced_by_an_older_one(tmp_path: Path) -> None:
    credentials = MemoryCredentials()
    integration = open_toy(tmp_path, credentials=credentials)
    await prove(integration)
    integration.note([stage_entry("three-key", 1, Stage.PREPARED), stage_entry("three-key", 1, Stage.DONE)])
    reports = {one.id: one for one in await walk(integration, Plan({}, {"three-key": Secret("old")}), quiet)}
    assert "secret-not-taken" in {one.code for one in reports["three"].findings}
    assert await credentials.get("three-key") == Secret("k")
    await integration.close()
