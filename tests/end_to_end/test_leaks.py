"""Nothing stays behind when something fails: threads, pipes, files, locks, and work that nobody waits for."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import subprocess
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.domain.errors import GpgUnusableError, JournalError
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.journal import store
from cxr_tui.journal.store import PATIENCE, Journal, read_records
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.reading.decrypt import Decryption, OpenedKey
from cxr_tui.preflight.reading.source import Source, open_local
from cxr_tui.preflight.rehearsal_key import key_pair
from cxr_tui.preflight.runner import validate_file
from support.memory_keyring import Memory
from support.worlds.demo_guide import open_demo

MESSAGE = bytes.fromhex("85000c03" + "00" * 8 + "0100" + "d2080100000000000000")
"""To a hidden recipient."""


def descriptors(of: str) -> list[str]:
    """Return what this process has open whose name holds a text."""
    gc.collect()
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(one.readlink()))
    return sorted(name for name in found if of in name)


async def test_the_threads_of_many_keyrings_end() -> None:
    for number in range(20):
        credentials = KeyringCredentials(f"x{number}", backend=Memory(), store_name="memory")
        await credentials.put("item", Secret("word"))
    threads = [one for one in threading.enumerate() if one.name == "keyring"]
    for one in threads:
        one.join(5)
    assert not [one for one in threads if one.is_alive()]


def test_a_gpg_that_does_not_end_keeps_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.gpg"
    path.write_bytes(MESSAGE)

    close = Decryption.close

    def fail(self: Decryption) -> None:
        close(self)
        raise subprocess.TimeoutExpired("gpg", 10)

    monkeypatch.setattr(Decryption, "close", fail)
    source, key = open_local(str(path)), OpenedKey(tmp_path, None, ("0" * 16,))
    with pytest.raises(subprocess.TimeoutExpired):
        validate_file(source, ImportOptions(), key, lambda _: None, threading.Event())
    assert source.file.closed


def test_a_gpg_that_does_not_start_leaves_no_pipe_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = descriptors("pipe:")
    with Path(os.devnull).open("rb") as source, pytest.raises(Exception, match="gpg") as caught:
        Decryption(OpenedKey(tmp_path, Secret("word"), ()), Source("f", source, 0, b""))
    assert descriptors("pipe:") == before
    assert isinstance(caught.value, GpgUnusableError)


async def test_a_key_pair_that_is_not_made_in_time_is_an_error_of_gpg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_pair, "_LONGEST_SECONDS", 0.0)
    credentials = KeyringCredentials("x", backend=Memory(), store_name="memory")
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which kind it is, is asserted
        await key_pair.make_pair(tmp_path, "a@example.com", credentials)
    assert isinstance(caught.value, GpgUnusableError)


def test_a_journal_that_cannot_be_used_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    kept = []
    for _ in range(5):
        with pytest.raises(JournalError, match="newer") as caught:
            Journal(path)
        kept.append(caught.value)  # its frames hold whatever was opened
    assert descriptors(str(path)) == []


@pytest.mark.parametrize("act", ["save", "undo"])
async def test_a_journal_that_another_process_holds_does_not_hold_the_screen_up(tmp_path: Path, act: str) -> None:
    integration = open_demo(tmp_path)
    await integration.save("account", {"account_name": "first"})
    last = integration.last_saved()
    assert last is not None
    loop = asyncio.get_running_loop()
    with sqlite3.connect(integration.place, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        doing = integration.undo(last) if act == "undo" else integration.save("account", {"account_name": "acme"})
        writing: asyncio.Future[object] = asyncio.ensure_future(doing)
        longest = 0.0
        for _ in range(30):
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
            if writing.done():
                break
        assert not writing.done(), "it waits for the other process"
        assert longest < PATIENCE / 2, "and the loop goes on meanwhile"
        other.execute("ROLLBACK")
    other.close()
    await writing
    assert integration.journal_state().known().text("account.account_name") == ("" if act == "undo" else "acme")
    await integration.close()


def test_a_journal_that_is_written_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    Journal(path).close()
    real, reads = store.records_in, []

    def records_in(db: sqlite3.Connection, seq: int = 0) -> list[store.Record]:
        found = real(db, seq)
        reads.append(1)
        if len(reads) == 1:
            os.utime(path, ns=(0, 0))
            with sqlite3.connect(path) as other:
                other.execute(
                    "INSERT INTO records (at, kind, step, body) VALUES (?, 'visit', 'account', '{}')",
                    (datetime.now(UTC).isoformat(),),
                )
            other.close()
        return found

    monkeypatch.setattr(store, "records_in", records_in)
    assert len(read_records(path)) == 1
