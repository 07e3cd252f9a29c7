"""Two of them on one integration, as real processes: the second sees the first and waits or refuses; nothing breaks."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.finding import Verdict
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.operator_runner import operate
from cxr_tui.guided.walk import Plan, walk
from cxr_tui.journal.store import RecordKind, read_records
from cxr_tui.sandbox.client import SandboxOptions, launch_sandbox
from support.drivers.raw_terminal import raw_terminal
from support.processes.cli_process import environment
from support.processes.preloaded_python import cxr_tui
from support.sampling import amount
from support.sandboxes.observed_sandbox import observed_sandbox_up

USER = "CXAudienceIntegrationacmeretail"
LOCKED_AT = 5


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Mapping[str, Any]]:
    (tmp_path / "answers.toml").write_text("")
    with observed_sandbox_up(tmp_path / "sandbox", 60) as told:
        yield told


def started(home: Path, told: Mapping[str, Any], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cxr_tui", "--at", told["dir"], *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=180)
    assert "Traceback" not in err
    return process.returncode, out, err


def assert_whole(home: Path, told: Mapping[str, Any]) -> None:
    """Hold that the journal is sound, nobody is locked out, and nothing of the program has failed."""
    path = Path(told["dir"]) / "integrations" / "default" / "journal.db"
    assert [one.seq for one in read_records(path)] == list(range(1, len(read_records(path)) + 1))
    journal = sqlite3.connect(path)
    assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    journal.close()
    assert not list(home.rglob("crash-*.txt"))
    assert refused(told) < LOCKED_AT


def refused(told: Mapping[str, Any]) -> int:
    """Return how many logins of the integration user were refused in a row."""
    headers = {"X-Control-Token": told["control_token"]}
    with httpx.Client(trust_env=False, headers=headers) as client:
        users: dict[str, dict[str, Any]] = client.get(f"{told['control_api']}/state").json()["responsys"]["users"]
    return int(users[USER]["refused"]) if USER in users else 0


@pytest.mark.sampled(0)
def test_two_that_set_up_at_once_and_a_cron_job_that_looks_on(tmp_path: Path, up: Mapping[str, Any]) -> None:
    answers = str(tmp_path / "answers.toml")
    both = [started(tmp_path, up, "apply", answers, "--json") for _ in range(2)]
    looks = 0
    while any(one.poll() is None for one in both):
        code, out, err = ended(started(tmp_path, up, "status", "--json"))
        assert code in (0, 1, 3), err
        assert not out or json.loads(out)["schema"] == 1
        looks += 1
    assert looks > 1
    for one in both:
        code, out, err = ended(one)
        # two who fill in the same screens may find them filled in; whoever does says what is not done yet
        assert code in (0, 1), err
        assert json.loads(out)["schema"] == 2
    assert_whole(tmp_path, up)
    last = cxr_tui("--at", up["dir"], "apply", answers, "--json", home=tmp_path)
    assert last.code == 0, last.out
    assert {step["state"] for step in last.document["steps"]} <= {"verified", "confirmed"}


async def test_two_operators_at_one_step_choose_one_password() -> None:
    """Whatever the machine's speed: the second waits, and finds the first one's password chosen."""
    async with launch_sandbox(SandboxOptions(people=20)) as running:
        both = [open_sandboxed(running) for _ in range(2)]
        before = Plan({}, {}, "organization-assignment")
        await walk(both[0], before, lambda _: None)
        await asyncio.gather(*(operate(one, "first-password", lambda _: None) for one in both))
        for one in both:
            outcome = await one.check("first-password", lambda _: None)
            assert outcome.verdict is Verdict.VERIFIED, outcome.findings
            await one.close()


@pytest.mark.sampled(0)
def test_of_two_that_rotate_at_once_one_does_and_the_other_one_is_told(tmp_path: Path, up: Mapping[str, Any]) -> None:
    walked = cxr_tui("--at", up["dir"], "apply", str(tmp_path / "answers.toml"), home=tmp_path)
    assert walked.code == 0, walked.err
    for _ in range(amount(daily=1, whole=3)):
        running = [started(tmp_path, up, "rotate", "--json") for _ in range(2)]
        both = [ended(one) for one in running]
        told = [json.loads(out) for _, out, _ in both]
        assert sorted(code for code, _, _ in both) in ([0, 0], [0, 1]), both
        for one in told:
            codes = {finding["code"] for finding in one["findings"]}
            assert one["state"] == "done" or codes & {"rotation-busy", "rotation-open"}, one
        assert any(one["state"] == "done" for one in told)
        held = cxr_tui("--at", up["dir"], "check", "first-password", "go-live", "--json", home=tmp_path)
        assert held.code == 0, held.out
    assert refused(up) == 0
    assert_whole(tmp_path, up)


def test_a_wizard_that_is_open_sees_what_another_process_does_and_keeps_out_of_its_way(
    tmp_path: Path, up: Mapping[str, Any]
) -> None:
    with raw_terminal(tmp_path, "--at", up["dir"], size=(120, 40)) as terminal:
        terminal.wait_for(f"0 of {len(GUIDE.steps)} steps done")
        terminal.settle()
        other = cxr_tui(
            "--at", up["dir"], "apply", str(tmp_path / "answers.toml"), "--until", "add-user", home=tmp_path
        )
        assert other.code == 0, other.err
        path = Path(up["dir"]) / "integrations" / "default" / "journal.db"
        asked = [one.entry for one in read_records(path)]
        terminal.press(b"\r")
        terminal.wait_for(f"3 of {len(GUIDE.steps)} steps done")
        terminal.settle(1)
        terminal.press(b"\x11")
        terminal.end(20)
    now = [one.entry for one in read_records(path)]
    assert now[: len(asked)] == asked
    first = [(one.step, one.body["name"]) for one in now if one.kind == "answer" and one.step == "account"]
    assert len(first) == len(set(first)), "nothing was asked or written a second time"
    assert_whole(tmp_path, up)


@pytest.mark.sampled(0)
def test_a_rotation_in_the_wizard_and_one_by_cron(tmp_path: Path, up: Mapping[str, Any]) -> None:
    """Killed in the middle, the first one gives its turn back at once."""
    walked = cxr_tui("--at", up["dir"], "apply", str(tmp_path / "answers.toml"), home=tmp_path)
    assert walked.code == 0, walked.err
    first = started(tmp_path, up, "rotate", "--json")
    journal = Path(up["dir"]) / "integrations" / "default" / "journal.db"
    while not any(one.entry.kind is RecordKind.ROTATION for one in read_records(journal)):
        assert first.poll() is None, "it ended before it began"
        time.sleep(0.01)
    first.kill()
    first.communicate()
    for _ in range(3):
        code, out, err = ended(started(tmp_path, up, "rotate", "--resume", "--json"))
        if code == 0:
            break
    assert code == 0, out + err
    assert_whole(tmp_path, up)
