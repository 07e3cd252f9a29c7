"""`--dry-run` and `--review` as whole processes: what they print, and that they open, send and start nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cxr_tui.journal.store import Record
from support.processes.cli_process import environment
from support.worlds.paper_integration import walked, written

PROBE = """
import os, sys
touched = []
def hook(event, args):
    if event == "open":
        path, mode, flags = args
        writes = (flags & (os.O_WRONLY | os.O_RDWR)) if isinstance(flags, int) else 0
        if (writes or set(str(mode or "")) & set("wax+")) and "__pycache__" not in str(path):
            touched.append(f"open {path}")
    elif event in ("os.mkdir", "os.remove", "os.rename", "subprocess.Popen", "socket.connect", "socket.getaddrinfo"):
        touched.append(f"{event} {args}")
    elif event == "sqlite3.connect" and "mode=ro" not in str(args[0]) and args[0] != ":memory:":
        touched.append(f"{event} {args}")
from cxr_tui.cli.main import main
sys.addaudithook(hook)
code = main(sys.argv[1:])
sys.stdout.flush()
loaded = [name for name in ("keyring", "textual", "rich", "paramiko") if name in sys.modules]
if touched or loaded:
    sys.stderr.write(f"TOUCHED {touched} LOADED {loaded}\\n")
    os._exit(99)
sys.exit(code)
"""

ANSWERS = """
[account]
account_name = "acme"
login_host = "interact5"
audience_token = "acme"

[audience-designer]
sr_number = "3-123"
sr_date = 2026-01-05
acknowledged = true
confirmed = true

[add-user]
email = "jane@acme.example"
confirmed = true

[role-assignment]
confirmed = true

[organization-assignment]
confirmed = true
"""


def probed(home: Path, *arguments: str, stdin: str = "") -> tuple[int, str]:
    """Run a command that must touch nothing, and return its exit code and what it printed."""
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=environment(home) | {"PYTHONDONTWRITEBYTECODE": "1"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "TOUCHED" not in ended.stderr, ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, ended.stdout


def document(home: Path, *arguments: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(probed(home, *arguments, "--json")[1])
    return read


@pytest.fixture
def answers(tmp_path: Path) -> str:
    path = tmp_path / "answers.toml"
    path.write_text(ANSWERS)
    return str(path)


async def test_applying_a_file_on_paper_leaves_the_machine_as_it_was(tmp_path: Path, answers: str) -> None:
    home = tmp_path / "home"
    code, out = probed(home, "apply", answers, "--dry-run")
    assert not home.exists()
    assert code == 1, "it would stop where answers are missing"
    assert "It would stop at step 7, CX Audience settings" in out
    assert "GET     https://login5.responsys.net" in out
    assert "make    " in out
    assert "(API host returned by the login)" in out


async def test_the_document_names_every_touch_with_its_purpose(tmp_path: Path, answers: str) -> None:
    told = document(tmp_path / "home", "apply", answers, "--dry-run")
    assert told["schema"] == 2
    assert told["dry_run"] is True
    [part] = told["parts"]
    assert part["stops"].startswith("It would stop")
    kinds = {touch["kind"] for touch in part["touches"]}
    assert kinds == {"request", "file", "keyring"}
    assert all(touch["purpose"] for touch in part["touches"])
    logins = [touch for touch in part["touches"] if touch["template"].endswith("/auth/token")]
    assert {touch["step"] for touch in logins} == {"first-password"}


async def test_checks_and_rotation_of_what_is_set_up(tmp_path: Path) -> None:
    journal = written(tmp_path, "acme")
    before = journal.read_bytes()
    told = document(tmp_path, "-i", "acme", "check", "select-object", "ssh2-key", "--dry-run")
    [part] = told["parts"]
    assert {touch["step"] for touch in part["touches"]} == {"select-object", "ssh2-key"}
    told = document(tmp_path, "-i", "acme", "rotate", "--dry-run")
    assert [part["when"] for part in told["parts"]] == [
        "Now",
        "After the new password is set in Responsys: --resume",
        "After it is entered in CX Audience: --resume",
        "After a job has run: --resume",
    ]
    items = {touch["where"] for part in told["parts"] for touch in part["touches"] if touch["kind"] == "keyring"}
    assert {f"cxr-tui/acme/responsys-password{part}" for part in ("", ".next", ".previous")} <= items
    assert journal.read_bytes() == before
    assert [path.name for path in journal.parent.iterdir()] == ["journal.db"]


async def test_nothing_is_set_up_so_nothing_would_be_checked(tmp_path: Path) -> None:
    code, out = probed(tmp_path / "home", "check", "--dry-run")
    assert (code, out) == (1, "")
    assert not (tmp_path / "home").exists()


async def test_reviewing_a_file_says_what_is_wrong_and_touches_nothing(tmp_path: Path, answers: str) -> None:
    home = tmp_path / "home"
    Path(answers).write_text(ANSWERS.replace("3-123", "not a number!"))
    code, out = probed(home, "apply", answers, "--review", "--until", "audience-designer")
    assert code == 1
    assert "SR number: not a number! (answers file" in out
    assert 'Current problem: "not a number!" is not a service request number' in out
    assert "acme (answers file" in out
    assert "responsys (suggested, not saved)" in out
    assert "1 value to fix." in out
    Path(answers).write_text(ANSWERS)
    code, out = probed(home, "apply", answers, "--review", "--until", "add-user")
    assert code == 0
    assert out.endswith("Every value is in order.\n")
    assert not home.exists()


async def test_secrets_by_standard_input_are_masked(tmp_path: Path, answers: str) -> None:
    code, out = probed(
        tmp_path / "home", "apply", answers, "--review", "--secrets-stdin", stdin="responsys-password=Sentinel-9f3a-X\n"
    )
    assert code == 1
    assert "******** (standard input; in this computer's keyring" in out
    assert "Sentinel" not in out


async def test_hostile_answers_stay_text(tmp_path: Path) -> None:
    hostile = "acme\x1b[31m\u202e<script>"
    records = [
        Record(one.seq, one.at, one.entry)
        for one in walked(until="account")
        if one.entry.body.get("name") != "account_name"
    ]
    written(tmp_path, "acme", records)
    path = tmp_path / "answers.toml"
    path.write_text(f'[account]\naccount_name = {json.dumps(hostile)}\n[add-user]\nemail = "jane@acme.example"\n')
    for mode in ("--review", "--dry-run"):
        _, out = probed(tmp_path, "-i", "acme", "apply", str(path), mode)
        assert "\x1b" not in out
        assert "\u202e" not in out
