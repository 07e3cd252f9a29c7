"""`cxr-tui status` as a process on a sandbox that was set up, and the jobs screen reached from the wizard there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cxr_tui.cli.commands.status import exit_of
from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import open_integration
from cxr_tui.jobs.evidence import UnavailableReason
from cxr_tui.jobs.status import IntegrationStatus, look
from cxr_tui.tui.screens.jobs import JobsScreen
from support.drivers.wizard_driver import Driven, driven
from support.processes.cli_process import environment, sandbox_up
from support.processes.preloaded_python import cxr_tui

NAME = "acme"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep a sandbox up on which everything is set up."""
    home = Path(tmp_path_factory.mktemp("sb"))
    answers = home / "none.toml"
    answers.write_text("")
    with sandbox_up(home, "--people", "60", "--screens"):
        applied = cxr_tui("-i", NAME, "--at", str(home), "apply", str(answers), home=home)
        assert applied.code == 0, applied.err + applied.out
        yield home


def status(home: Path, *arguments: str) -> Any:  # noqa: ANN401 - how it ended
    return cxr_tui("-i", NAME, "--at", str(home), "status", *arguments, home=home)


def test_the_document_is_as_monitoring_expects_it(ready: Path) -> None:
    ended = status(ready, "--json")
    assert ended.code == 0, ended.err + ended.out
    told = ended.document
    assert list(told) == [
        "schema", "integration", "at", "time_zone", "jobs", "evidence", "findings", "trouble", "ok",
        "journal", "store",
    ]  # fmt: skip
    assert (told["schema"], told["integration"], told["ok"]) == (1, NAME, True)
    assert [job["job"] for job in told["jobs"]] == ["export", "import"]
    for job in told["jobs"]:
        assert set(job) == {
            "job", "name", "state", "ok", "reason", "remedy", "log", "findings", "last_due", "next_due", "runs",
        }  # fmt: skip
    states = {job["job"]: job["state"] for job in told["jobs"]}
    assert states == {"export": "on time", "import": "not due yet"}  # an hour after its slot traces tell of the import
    assert told["jobs"][0]["runs"][0]["status"] == "succeeded"
    assert all(piece["seen"] for piece in told["evidence"]), told["evidence"]
    assert (Path(told["journal"]).name, told["store"]) == ("journal.db", "the sandbox's memory")
    assert ended.err == ""


def at(ready: Path) -> Namespace:
    """Return the options that name the integration in the sandbox."""
    return Namespace(at=str(ready), sandbox=False, integration=NAME)


def test_the_table_is_for_people(ready: Path) -> None:
    ended = status(ready)
    assert ended.code == 0
    assert "State: on time" in ended.out
    assert "(America/New_York)" in ended.out
    assert "Could not be checked" not in ended.out
    assert ended.out.endswith("Secrets: the sandbox's memory\n")


def test_all_of_them_and_none_hides_another(ready: Path) -> None:
    integrations = ready / "integrations"
    (integrations / "broken").mkdir()
    (integrations / "broken" / "journal.db").write_text("no journal at all, but long enough to be taken for one" * 30)
    (integrations / "empty").mkdir()
    shutil.copytree(integrations / NAME, integrations / "no-secrets")
    try:
        assert cxr_tui("-i", "empty", "--at", str(ready), "check", home=ready).code == 1
        ended = cxr_tui("--at", str(ready), "status", "--all", "--json", home=ready)
        told = {one["integration"]: one for one in ended.document["integrations"]}
        table = cxr_tui("--at", str(ready), "status", "--all", home=ready)
    finally:
        for name in ("broken", "empty", "no-secrets"):
            shutil.rmtree(integrations / name)
    assert ended.code == table.code == 1
    assert list(told) == [NAME, "broken", "empty", "no-secrets"]
    assert told[NAME]["ok"] is True
    assert "journal" in told["broken"]["trouble"]
    assert told["empty"]["jobs"] == []
    # The passwords are missing, the SSH key is not: what the file server shows still tells that the export ran.
    assert told["no-secrets"]["jobs"][0]["state"] == "on time"
    assert "nothing is stored" in " ".join(piece["said"] for piece in told["no-secrets"]["evidence"])
    assert "2 of 4 integrations OK." in table.out
    assert table.out.rstrip().splitlines()[-3].startswith("○ not due yet")  # what needs somebody comes first


def test_watching_prints_one_document_a_line_until_it_is_stopped(ready: Path) -> None:
    command = [sys.executable, "-m", "cxr_tui", "-i", NAME, "--at", str(ready), "status", "--watch", "1", "--json"]
    process = subprocess.Popen(
        command, env=environment(ready), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.send_signal(signal.SIGINT)
    with process.stdout, process.stderr:
        assert process.wait(20) == 130
    assert lines[0]["ok"] is lines[1]["ok"] is True
    assert lines[0]["at"] < lines[1]["at"]


HEAVY = ("textual", "rich", "starlette", "uvicorn")
PROBE = f"""
import sys
from cxr_tui.cli.main import main
code = main(sys.argv[1:])
heavy = sorted(name for name in sys.modules if name.startswith({HEAVY!r}))
sys.exit(f"loaded {{heavy[:3]}}" if heavy else code)
"""


def test_it_loads_nothing_of_the_screens(ready: Path) -> None:
    command = [sys.executable, "-c", PROBE, "-i", NAME, "--at", str(ready), "status"]
    ended = subprocess.run(command, env=environment(ready), capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr


def test_an_integration_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    ended = cxr_tui("-i", "typo", "status", home=tmp_path)
    assert ended.code == 1
    assert "There is no integration “typo” yet" in ended.err
    assert list(tmp_path.iterdir()) == []
    assert cxr_tui("status", "--all", home=tmp_path).code == 1


def on_jobs(drive: Driven) -> bool:
    return isinstance(drive.app.screen, JobsScreen)


async def test_the_wizard_leads_to_the_jobs_by_key_and_by_palette(ready: Path) -> None:
    async with (
        open_integration(at(ready)) as integration,
        driven(integration) as drive,
    ):
        await drive.press("ctrl+r")
        assert on_jobs(drive)
        while any(worker.is_running for worker in drive.app.workers):
            await drive.pilot.pause(0.02)
        assert "✓ on time" in drive.text
        await drive.press("ctrl+p")
        assert "Run now" in drive.text
        await drive.press("escape", "escape")
        assert not on_jobs(drive)
        await drive.press("ctrl+p")
        await drive.type("Jobs")
        await drive.press("enter")
        assert on_jobs(drive)


async def test_blindness_alone_is_exit_3_and_a_fault_beside_it_is_not(ready: Path) -> None:
    async with open_integration(at(ready)) as integration:
        seen = await look(integration)
    blind = _with(seen, UnavailableReason.UNREACHABLE)
    locked = _with(seen, UnavailableReason.STORE)
    assert exit_of([seen]) is Exit.OK
    assert exit_of([seen, blind]) is Exit.UNREACHABLE
    assert exit_of([seen, locked]) is Exit.STORE
    assert exit_of([locked, blind]) is Exit.UNREACHABLE
    assert exit_of([blind, _with(seen)]) is Exit.PROBLEM


def _with(seen: IntegrationStatus, *causes: UnavailableReason) -> IntegrationStatus:
    return replace(seen, jobs=(), trouble="nobody answers", unavailable_reasons=frozenset(causes))
