"""When the program itself fails: a report without values, wherever the error rises, and no secret anywhere."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cxr_tui.domain.secret import MASK, Secret
from cxr_tui.security import crash_report
from support.paths import TESTS
from support.processes.cli_process import Ended, cxr_tui, environment

SENTINEL = "Sentinel-5e1f-Passwort"

FAILING = """
import asyncio, gc, sys, threading
sys.path.insert(0, {tests!r})
import cxr_tui.cli.commands.report as command
from cxr_tui.cli.main import main
from cxr_tui.domain.secret import Secret

HELD = Secret("{sentinel}")

def fail(*_):
    password = "{sentinel}"
    held = {{"password": password, "plain": [password]}}
    raise RuntimeError(f"the server said {{password}}; password={{'other-' + password[:0] + 'secret'}}")

class Falls:
    def __del__(self):
        fail()

async def lonely():
    fail()

async def report(args):
    {body}
    return 0

command.report = report
code = main(["report"])
sys.exit(code)
"""

BODIES = {
    "in the command": "fail()",
    "in a thread": "thread = threading.Thread(target=fail, name='worker'); thread.start(); thread.join()",
    "in an object": "fallen = Falls(); del fallen; gc.collect()",
    "in a task": "asyncio.ensure_future(lonely()); await asyncio.sleep(0.01); gc.collect()",
    "in a callback": "asyncio.get_running_loop().call_soon(fail); await asyncio.sleep(0.01)",
    "in a chain": (
        "\n    try: fail()\n    except RuntimeError as error: raise ValueError(f'because of {error}') from error"
    ),
}
ENDING = {"in the command", "in a chain"}


def run_failing(home: Path, body: str) -> Ended:
    script = FAILING.format(tests=str(TESTS), sentinel=SENTINEL, body=body)
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment(home), capture_output=True, text=True, timeout=60, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("where", BODIES)
def test_an_error_of_its_own_leaves_a_report_and_no_secret(where: str, tmp_path: Path) -> None:
    ended = run_failing(tmp_path, BODIES[where])
    assert ended.code == (70 if where in ENDING else 0)
    (report,) = (tmp_path / "crashes").glob("crash-*.txt")
    text = report.read_text()
    assert str(report) in ended.err
    assert "Traceback" not in ended.err
    assert "RuntimeError" in text
    assert "in fail" in text, "the calls are told"
    assert f"the server said {MASK}" in text
    assert "other-secret" not in text
    assert "held =" not in text
    assert SENTINEL not in text + ended.out + ended.err
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700


def test_a_fault_in_a_loop_does_not_push_out_older_reports(tmp_path: Path) -> None:
    ended = run_failing(
        tmp_path, "for _ in range(30): asyncio.get_running_loop().call_soon(fail)\n    await asyncio.sleep(0.1)"
    )
    assert ended.code == 0
    assert len(list((tmp_path / "crashes").glob("*"))) == 3
    assert ended.err.count("background error") == 30


def test_where_no_report_can_be_written_the_error_is_told_all_the_same(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "crashes").symlink_to(elsewhere)
    ended = run_failing(tmp_path, BODIES["in the command"])
    assert ended.code == 70
    assert "RuntimeError" in ended.err
    assert "No report could be written." in ended.err
    assert list(elsewhere.iterdir()) == [], "a link is not followed"
    assert SENTINEL not in ended.err


def test_a_report_that_stands_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    first, second = (crash_report.write_report(tmp_path, "x") for _ in range(2))
    assert first != second
    assert first.read_text() == "x"


def test_a_folder_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    folder = tmp_path / "crashes"
    folder.mkdir()
    folder.chmod(0o755)
    before = os.umask(0)
    try:
        report = crash_report.write_report(folder, "x")
    finally:
        os.umask(before)
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(report.stat().st_mode)) == (0o700, 0o600)


def test_a_secret_that_a_screen_would_write_differently_is_masked_in_a_report() -> None:
    secret = Secret("tab\tand \u202e inside")
    text = crash_report.report_text(RuntimeError(f"said {secret.reveal()} and {secret.reveal()!r}"), "account")
    assert "inside" not in text
    assert text.count(MASK) >= 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("rotate", "--password", SENTINEL),
        ("rotate", f"--password={SENTINEL}"),
        ("apply", "a.toml", "--secret", SENTINEL),
        ("preflight", "x.csv", f"--passphrase-stdin={SENTINEL}"),
    ],
    ids=str,
)
def test_a_secret_given_as_an_argument_is_not_repeated(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ended = cxr_tui(*arguments, home=tmp_path)
    assert ended.code == 2
    assert "a secret is never an argument" in ended.err
    assert SENTINEL not in ended.out + ended.err
