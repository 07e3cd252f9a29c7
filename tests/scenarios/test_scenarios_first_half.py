"""The traps of the first half, from the two accounts to the key: each one planted, caught and named, and alone.

Every row is a rehearsal in a process of its own, over real sockets, up to a step that the fault would have stopped.
"""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from cxr_tui.guide.registry import GUIDE
from cxr_tui.sandbox.scenarios import known_scenarios
from scenarios.table_first_half import EXACT, INVISIBLE, NOBODY_CAN_MEND, SETTINGS, TRAPS, USER, Trap
from support.processes.cli_process import Ended
from support.processes.preloaded_python import cxr_tui
from support.sandboxes.login_log import ACCEPTED
from support.sandboxes.observed_sandbox import observed_sandbox_up


def rehearsed(trap: Trap, home: Path) -> Ended:
    people = ("--people", "60", "--until", trap.until)
    return cxr_tui("rehearse", "--screens", *people, "--scenario", trap.scenario, "--json", home=home, limit=240)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.scenario)
def test_a_trap_is_named_at_its_step_and_nothing_else_is_wrong_and_mended_the_rehearsal_goes_on(
    tmp_path: Path, trap: Trap
) -> None:
    ended = rehearsed(trap, tmp_path)
    assert ended.code == (trap.status != "warn"), ended.err[-2000:]
    steps = {step["id"]: step for step in ended.document["steps"]}
    named = [one for one in steps[trap.step]["findings"] if (one["code"], one["status"]) == (trap.code, trap.status)]
    assert named
    for part in ("seen", "why", "remedy"):
        for words in getattr(trap, part):
            assert words in named[0][part]
    others = {
        (step["id"], one["code"])
        for step in ended.document["steps"]
        for one in step["findings"]
        if one["status"] == "fail" and one["code"] not in (trap.code, *EXACT.get(trap.scenario, ()))
    }
    assert others == set()
    elsewhere = {step["id"] for step in steps.values() for one in step["findings"] if one["code"] == trap.code} - {
        trap.step
    }
    assert elsewhere == set()

    due = [steps[step.id]["state"] for step in GUIDE.steps[: GUIDE.number(trap.until)]]
    assert all(state in ("verified", "confirmed") for state in due) != (trap.scenario in NOBODY_CAN_MEND)


def test_a_throttled_login_waits_by_itself_and_says_for_how_long(tmp_path: Path) -> None:
    throttled = next(trap for trap in TRAPS if trap.scenario == "throttled")
    waits = [line for line in rehearsed(throttled, tmp_path).err.splitlines() if "limit of calls" in line]
    assert waits
    assert all(line.startswith("Again in ") for line in waits)


def test_a_token_that_dies_between_two_calls_costs_one_login_and_nobody_sees_it(tmp_path: Path) -> None:
    logins = []
    for planted in ((), (INVISIBLE,)):
        home = tmp_path / str(len(planted))
        home.mkdir()
        (home / "answers.toml").write_text("")
        with observed_sandbox_up(home / "sandbox", 60, scenarios=planted) as told:
            applied = cxr_tui(
                "--at", told["dir"], "apply", str(home / "answers.toml"), "--until", SETTINGS, "--json", home=home
            )
            assert applied.code == 0, applied.err[-2000:]
            found = [one for step in applied.document["steps"] for one in step["findings"]]
            assert [one for one in found if one["status"] != "pass"] == []
            token = {"X-Control-Token": told["control_token"]}
            tries = httpx.get(f"{told['control_api']}/logins", headers=token).json()["logins"]
            logins.append(sum(one["user"] == USER and one["outcome"] == ACCEPTED for one in tries))
    assert logins == [1, 2]


def test_every_trap_of_the_table_can_be_planted() -> None:
    rows = {trap.code for trap in TRAPS} | {INVISIBLE}
    assert {trap.scenario for trap in TRAPS} | rows <= set(known_scenarios())
    assert len(rows) == 32
