"""Folders for one piece of work: nothing of a killed process stays, and nothing of a living one goes."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.gpg_keys import GpgBench, gpg_bench
from support.processes.cli_process import cxr_tui, environment

READING = """
import sys
from pathlib import Path
from cxr_tui.preflight.reading.decrypt import SecretKey, opened
from cxr_tui.security.scratch_folders import use_state_folder

use_state_folder(Path(sys.argv[1]))
with opened(SecretKey(Path(sys.argv[2]))):
    print("opened", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.make("ours", "rsa2048", "sign,encrypt")
        yield made


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="h", dir="/tmp") as made:
        yield Path(made)


@contextmanager
def reading(home: Path, key: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process open a private key and wait with it."""
    (home / "tmp").mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", READING, str(home), str(key)],
        env={**environment(home), "TMPDIR": str(home / "tmp")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "opened\n"
        yield process


def private_keys(home: Path) -> list[Path]:
    return [path for path in home.rglob("private-keys-v1.d/*") if path.is_file()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda one: one.name)
def test_the_copy_of_a_private_key_that_a_killed_process_leaves_goes_at_the_next_start(
    bench: GpgBench, home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    key = tmp_path / "key.asc"
    key.write_bytes(bench.private("ours"))
    with reading(home, key) as process:
        process.send_signal(number)
        process.wait(20)
    assert private_keys(home), "else there is nothing to remove"
    assert not list((home / "tmp").rglob("*")), "nothing of it is in the temporary directory"
    cxr_tui("status", home=home)
    assert not private_keys(home)


def test_what_another_process_works_with_stays(bench: GpgBench, home: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.asc"
    key.write_bytes(bench.private("ours"))
    with reading(home, key) as process:
        cxr_tui("status", home=home)
        assert private_keys(home)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0
    assert not private_keys(home)
