"""Files for their owner alone, whatever the umask, and a process that leaves no dump."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.journal.rotation_lock import rotation_lock
from cxr_tui.journal.store import Entry, Journal, RecordKind
from cxr_tui.security.private_files import open_private, private_folder, write_private
from support.processes.cli_process import environment

MASKS = (0o000, 0o022, 0o077, 0o277, 0o777)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX systems")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture(params=MASKS, ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_whatever_the_umask_files_are_their_owners_alone(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "a" / "b")
    os.close(open_private(folder / "one"))
    os.close(open_private(folder / "two", fresh=True))
    write_private(folder / "three", b"x")
    assert (mode(tmp_path / "a"), mode(folder)) == (0o700, 0o700)
    assert {mode(one) for one in folder.iterdir()} == {0o600}
    assert (folder / "three").read_bytes() == b"x"


def test_what_is_found_looser_is_tightened(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    (folder / "one").write_bytes(b"old")
    (folder / "one").chmod(0o666)
    private_folder(folder)
    with os.fdopen(open_private(folder / "one"), "wb") as file:
        file.write(b"new")
    assert (mode(folder), mode(folder / "one")) == (0o700, 0o600)
    assert (folder / "one").read_bytes() == b"new"


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"kept")
    link = tmp_path / "link"
    link.symlink_to(target)
    for fresh in (False, True):
        with pytest.raises(OSError):  # noqa: PT011 - which one it is differs from system to system
            open_private(link, fresh=fresh)
    assert target.read_bytes() == b"kept"


def test_a_file_written_whole_is_the_old_one_until_then(tmp_path: Path) -> None:
    path = tmp_path / "one"
    write_private(path, b"first")
    (tmp_path / "one.part").mkdir()  # so that the second one cannot be written
    with pytest.raises(OSError):  # noqa: PT011 - which one it is differs from system to system
        write_private(path, b"second")
    assert path.read_bytes() == b"first"


@pytest.mark.usefixtures("umask")
def test_a_journal_and_what_stands_beside_it_are_private(tmp_path: Path) -> None:
    path = tmp_path / "integrations" / "acme" / "journal.db"
    journal = Journal(path)
    journal.append(datetime.now(UTC), [Entry(RecordKind.ANSWER, "account", {"name": "a", "value": 1, "source": "x"})])
    with rotation_lock(path):
        found = {one.name: mode(one) for one in path.parent.iterdir()}
        assert set(found.values()) == {0o600}
        assert {"journal.db", "journal.db-wal", "journal.db-shm", "rotation.lock"} <= set(found)
    journal.close()
    assert {mode(tmp_path / "integrations"), mode(path.parent)} == {0o700}


def test_a_journal_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "integrations" / "acme" / "journal.db"
    Journal(path).close()
    path.chmod(0o644)
    path.parent.chmod(0o755)
    (path.parent / "journal.db-wal").write_bytes(b"")
    (path.parent / "journal.db-wal").chmod(0o644)
    journal = Journal(path)
    assert {mode(one) for one in path.parent.iterdir()} == {0o600}
    assert mode(path.parent) == 0o700
    journal.close()


HARDENED = """
import ctypes, os, resource, sys
{enter}
core = resource.getrlimit(resource.RLIMIT_CORE)
mask = os.umask(0)
dumpable = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) if sys.platform == "linux" else 0
print(core, oct(mask), dumpable)
"""
PRODUCT = """
from cxr_tui.cli import run
async def nothing(args, command): return 0
run.run = nothing
from cxr_tui.cli.main import main
main(["status"])
"""
SANDBOX = """
import cxr_tui.sandbox.server as server
async def nothing(*_): pass
server.serve = nothing
from cxr_tui.sandbox.__main__ import main
main([])
"""


@pytest.mark.parametrize("enter", [PRODUCT, SANDBOX], ids=["product", "sandbox"])
def test_no_process_of_ours_leaves_a_core_dump(enter: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HARDENED.format(enter=enter)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == "(0, 0) 0o77 0\n", ended.stderr
