"""Standard output that is piped into what ends first, full, closed or of few letters is no error of the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.journal.events import secret_entry
from cxr_tui.journal.store import Journal
from support.processes.cli_process import environment, sandbox_up

CLI = (sys.executable, "-m", "cxr_tui")
COMMANDS = (
    ("--help",),
    ("--version",),
    ("help",),
    ("help", "files"),
    ("config",),
    ("config", "--json"),
    ("completion", "bash"),
    ("doctor",),
    ("doctor", "--json"),
    ("rotate", "--due"),
    ("report",),
    ("report", "--format", "html"),
    ("status", "--all", "--json"),
    ("apply", "a.toml", "--json"),
    ("preflight", "f.csv"),
    ("rehearse", "--people", "20", "--until", "add-user"),
    ("--plain",),
)
PIPED = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


def into(home: Path, stream: int, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    (home / "f.csv").write_text("A,B\n1,2\n")
    (home / "a.toml").write_text("")
    if not (home / "integrations").exists():
        journal = Journal(home / "integrations" / "default" / "journal.db")
        journal.append(datetime.now(UTC), [secret_entry("first-password", "new_password", "x", 1, "typed")])
        journal.close()
    return subprocess.run(
        [*CLI, *command],
        env={**environment(home), **more},
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )


def assert_calm(home: Path, ended: subprocess.CompletedProcess[str]) -> None:
    for words in ("Traceback", "Exception ignored", "BrokenPipe", "internal error", "Internal error"):
        assert words not in ended.stderr
    assert not list(home.rglob("crash-*.txt"))


@pytest.mark.sampled(2)
@PIPED
def test_a_reader_that_has_gone_ends_a_command_quietly(tmp_path: Path, command: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = into(tmp_path, writing, *command)
    finally:
        os.close(writing)
    assert ended.returncode == 141, ended.stderr
    assert_calm(tmp_path, ended)


def test_head_takes_its_line_and_the_rest_goes_nowhere(tmp_path: Path) -> None:
    """Through a shell's own pipe, with more than such a pipe holds."""
    (tmp_path / "members.csv").write_text(",".join(f"COLUMN{number}" for number in range(9000)) + "\n1\n")
    for command in ("preflight members.csv --json", "help", "config"):
        script = f'{" ".join(CLI)} {command} | head -n 1; echo "${{PIPESTATUS[0]}}"'
        ended = subprocess.run(
            ["bash", "-c", script], env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False
        )
        first, code = ended.stdout.splitlines()
        assert first
        # what fits into the pipe is written before `head` has gone; then the command ends as it would have
        assert code in ("0", "1", "141")
        assert ended.stderr == ""
        assert_calm(tmp_path, subprocess.CompletedProcess((), 0, "", ended.stderr))


def test_a_watch_ends_with_its_reader(tmp_path: Path) -> None:
    with sandbox_up(tmp_path / "sandbox", "--people", "20") as told:
        (tmp_path / "answers.toml").write_text("")
        at = (*CLI, "--at", told["dir"])
        walk = (*at, "apply", str(tmp_path / "answers.toml"), "--until", "record-handling")
        subprocess.run(walk, env=environment(tmp_path), check=False, capture_output=True)
        watching = subprocess.Popen(
            [*at, "status", "--watch", "1", "--json"],
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert watching.stdout is not None
        assert watching.stderr is not None
        assert json.loads(watching.stdout.readline())["schema"] == 1
        watching.stdout.close()
        assert watching.wait(60) == 141
        said = watching.stderr.read()
        watching.stderr.close()
    assert "Traceback" not in said
    assert not list(tmp_path.rglob("crash-*.txt"))


@pytest.mark.sampled(2)
@PIPED
def test_an_output_that_is_full_is_said_in_one_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        ended = into(tmp_path, full, *command)
    finally:
        os.close(full)
    assert ended.returncode == 2
    assert "standard output cannot be written: No space left on device" in ended.stderr
    assert_calm(tmp_path, ended)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full"])
def test_streams_that_are_closed_are_not_missed(tmp_path: Path, closed: str) -> None:
    for command, code in (("config", 0), ("check no-such-step", 2), ("--version", 0), ("rotate --due", 0)):
        ended = subprocess.run(
            ["bash", "-c", f"{' '.join(CLI)} {command} {closed}"],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
    assert not list(tmp_path.rglob("crash-*.txt"))


def test_a_diagnosis_that_nobody_takes_does_not_keep_the_data_back(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*CLI, "rehearse", "--people", "20", "--until", "add-user", "--json"]
    ended = subprocess.run(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=writing, text=True, check=False
    )
    os.close(writing)
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["ok"] is True


def test_a_terminal_of_few_letters_gets_all_that_it_can_show(tmp_path: Path) -> None:
    (tmp_path / "ä😀.csv").write_text("A,B\n1,2\n")
    plain = into(tmp_path, subprocess.PIPE, "preflight", "ä😀.csv", PYTHONIOENCODING="ascii")
    assert plain.returncode in (0, 1), plain.stderr
    assert plain.stdout.isascii()
    told = into(tmp_path, subprocess.PIPE, "preflight", "ä😀.csv", "--json", PYTHONIOENCODING="ascii")
    assert told.stdout.isascii()
    assert "ä😀.csv" in json.dumps(json.loads(told.stdout), ensure_ascii=False)
    assert_calm(tmp_path, plain)
    assert_calm(tmp_path, told)
