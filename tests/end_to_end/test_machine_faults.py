"""Faults of this machine: a full disk, signals, a terminal that is tiny or gone, gpg that is killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxr_tui.domain.errors import JournalError, OpenPgpError
from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp
from cxr_tui.guide.registry import GUIDE
from cxr_tui.journal.gate import State
from cxr_tui.journal.store import Journal, read_records
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.runner import preflight
from screens.test_tui_layout import open_real_guide
from support.drivers.raw_terminal import raw_terminal
from support.drivers.wizard_driver import SMALL, WIDE, driven, resize
from support.gpg_keys import GpgBench, gpg_bench
from support.preflight_files import HEADER, Case
from support.processes.cli_process import cxr_tui, environment, sandbox_up, wait_until_gone
from support.processes.preloaded_python import python
from support.reference_reader import write
from support.sampling import some
from support.worlds.demo_guide import open_demo
from support.worlds.recorded_journals import open_recorded

# A full disk


@pytest.mark.sampled(0)
def test_a_set_up_on_a_disk_that_fills_up_loses_nothing_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """With a limit on the size of files, at which writes fail as on a full disk, in ever other places."""
    answers = tmp_path / "answers.toml"
    answers.write_text("")
    with sandbox_up(tmp_path / "sandbox", "--people", "60") as told:
        command = [sys.executable, "-m", "cxr_tui", "--at", told["dir"], "apply", str(answers)]
        journal = Path(told["dir"]) / "integrations" / "default" / "journal.db"
        before: list[object] = []
        for kilobytes in (*some((1, 8, 40, 100, 200, 300), 1, "disk"), 400):
            ended = subprocess.run(
                ["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "x", *command],
                # else Python keeps half of what it has compiled, and fails at it ever after
                env={**environment(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == 2, ended.stderr
            assert f"{journal}: nothing was written" in ended.stderr or "cannot be used as a journal" in ended.stderr
            assert "Traceback" not in ended.stderr
            if kilobytes >= 40:
                after: list[object] = list(read_records(journal))
                assert after[: len(before)] == before, "what was confirmed is still there"
                assert [one.seq for one in read_records(journal)] == list(range(1, len(after) + 1))
                before = after
        assert len(before) > 80
        ended = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count("verified") + ended.stdout.count("confirmed") == len(GUIDE.steps)
    assert not list(tmp_path.rglob("crash-*.txt"))


def fill(path: Path, db: sqlite3.Connection, *, full: bool) -> None:
    """Let SQLite itself say that there is no room: it may take no page more than it has."""
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages if full else 1_000_000}")
    assert path.exists()


async def test_a_form_on_a_full_disk_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    db = integration._journal._db  # the file that it keeps
    fill(integration.place, db, full=True)
    with pytest.raises(JournalError, match="full"):
        await integration.save("account", {"account_name": "a" * 20_000})
    assert integration.journal_state().known().text("account.account_name") == ""
    fill(integration.place, db, full=False)
    assert not await integration.save("account", {"account_name": "acme"})
    await integration.close()


async def test_the_wizard_on_a_full_disk_says_so_and_stays(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    db = integration._journal._db  # the file that it keeps
    async with driven(integration, WIDE) as drive:
        await drive.type("a" * 20_000)
        fill(integration.place, db, full=True)
        await drive.press("f5")
        assert drive.app.is_running
        assert drive.state("account") in (State.READY, State.DRAFT)
        assert "full" in drive.words or "nothing was written" in drive.words or "JournalError" in drive.words
        fill(integration.place, db, full=False)
        await drive.press("f5")
        assert integration.journal_state().known().text("account.account_name")


# Signals, and a terminal that has gone


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("number", "plain"),
    [
        (signal.SIGINT, False),  # in plain mode it breaks a question off
        (signal.SIGTERM, False),
        (signal.SIGTERM, True),
        (signal.SIGHUP, False),
        (signal.SIGHUP, True),
    ],
)
def test_a_signal_ends_the_wizard_and_leaves_terminal_journal_and_sandbox_in_order(
    tmp_path: Path, number: signal.Signals, plain: bool
) -> None:
    home = tmp_path / "home"
    with raw_terminal(home, *(["--plain"] if plain else []), "--sandbox", "--people", "20") as terminal:
        terminal.wait_for("]: " if plain else "of 26")
        terminal.settle()
        terminal.press(b"\n" if plain else b"\r")
        sandbox = child_of(terminal.pid)
        begun = len(terminal.output)
        os.kill(terminal.pid, number)
        code = terminal.end(20)
        left = bytes(terminal.output[begun:])
    assert code == (-number if plain else 128 + number), "a shell makes 128 + n of either"
    if not plain:
        assert b"\x1b[?1049l" in left, "the screen from before is back"
        assert b"\x1b[?25h" in left, "and the cursor"
    assert b"Traceback" not in left
    assert not list(home.rglob("crash-*.txt"))
    assert wait_until_gone(sandbox), "nobody is left who would keep a sandbox up"


COMMANDS = {
    "sandbox": (("sandbox", "--people", "5"), "The sandbox runs until"),
    "status": (("status", "--watch"), "No job is set up yet"),
    "rehearse": (("rehearse", "--people", "20"), "Your two accounts"),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_signal_ends_a_command_with_its_own_exit_code(tmp_path: Path, name: str, number: signal.Signals) -> None:
    arguments, running = COMMANDS[name]
    Journal(tmp_path / "integrations" / "default" / "journal.db").close()
    with subprocess.Popen(
        [python(), "-m", "cxr_tui", *arguments],
        env={**environment(tmp_path), "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while running not in (line := process.stderr.readline()):
            assert line, f"{name} ended"
        process.send_signal(number)
        assert process.wait(30) == 128 + number
        assert "Traceback" not in process.stderr.read()
    assert not list(tmp_path.glob("cxr-*")), "a sandbox removes its files"


def child_of(pid: int) -> int:
    """Return the process that a process has started."""
    [child] = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


@pytest.mark.sampled(0)
@pytest.mark.parametrize("plain", [False, True], ids=["full-screen", "plain"])
def test_a_terminal_that_is_gone_ends_the_wizard_and_the_next_one_goes_on(tmp_path: Path, plain: bool) -> None:
    with sandbox_up(tmp_path / "sandbox", "--people", "20") as told:
        arguments = [*(["--plain"] if plain else []), "--at", told["dir"]]
        with raw_terminal(tmp_path, *arguments) as terminal:
            terminal.wait_for("]: " if plain else "of 26")
            terminal.settle()
            terminal.press(b"\n" if plain else b"\r")
            terminal.settle(1)
            terminal.hang_up()
            terminal.wait(20)
        assert not list(tmp_path.rglob("crash-*.txt"))
        done = cxr_tui("--at", told["dir"], "check", "account", "--json", home=tmp_path)
        assert done.document["steps"][0]["state"] == "verified", done.out


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [(20, 5), (1, 1), (3, 200), (500, 3)], ids=lambda one: f"{one[0]}x{one[1]}")
async def test_a_terminal_of_any_size_is_borne_at_every_step_and_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driven(open_real_guide(tmp_path), WIDE) as drive:
        await drive.type("half-typed")
        await resize(drive.pilot, *size)
        for step in some(GUIDE.steps, 3, "sizes"):
            await drive.screen.go_to(step.id)
            await drive.pilot.pause()
        await drive.screen.go_to("account")
        for key in ("f2", "f1", "f7", "ctrl+p", "ctrl+r", "ctrl+l", "ctrl+o", "ctrl+s"):
            await drive.pilot.press(key)
            await drive.pilot.pause(0.05)
            await drive.pilot.press("escape")
            await drive.pilot.press("escape")
        assert drive.app.is_running
        await resize(drive.pilot, *SMALL)
        await drive.settle()
        assert "half-typed" in drive.text


async def test_a_tiny_terminal_is_borne_where_all_is_set_up(tmp_path: Path) -> None:
    async with driven(open_recorded(tmp_path, "whole"), (20, 5)) as drive:
        for key in (*["f3"] * 26, "f2", "escape", "ctrl+o", "escape"):
            await drive.pilot.press(key)
            await drive.pilot.pause()
        assert drive.app.is_running


# gpg that is killed


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.add(made.make("ours", "rsa2048", "sign"), "rsa2048")
        yield made


@pytest.fixture
def dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a gpg on the path that somebody kills as soon as it works at a key or a message."""
    real = shutil.which("gpg")
    fake = tmp_path / "bin" / "gpg"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/sh\ncase "$*" in *--import*|*--decrypt*) head -c 10 >/dev/null; kill -9 $$;; esac\nexec {real} "$@"\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")


@pytest.mark.usefixtures("dying")
async def test_gpg_that_is_killed_says_nothing_of_the_key(bench: GpgBench) -> None:
    with pytest.raises(OpenPgpError, match=r"killed \(signal 9\)"):
        await GpgOpenPgp().read_public_key(bench.public("ours"))


async def test_gpg_that_is_killed_says_nothing_of_the_file(
    bench: GpgBench, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    text = write([HEADER], delimiter=",")
    (tmp_path / "f.gpg").write_bytes(bench.encrypted(text, "--recipient", "ours@example.com"))
    request.getfixturevalue("dying")
    async with asyncio.timeout(30):
        with pytest.raises(OpenPgpError, match=r"killed \(signal 9\)"):
            await preflight(str(tmp_path / "f.gpg"), Case(text).plan(), None, lambda _: None, SecretKey(bench.home))
