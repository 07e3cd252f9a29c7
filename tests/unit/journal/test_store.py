"""The journal's file: append-only, whole after a kill, readable by others meanwhile."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.domain.errors import JournalError
from cxr_tui.journal.events import answer_entry
from cxr_tui.journal.rotation_lock import RotationBusyError, rotation_lock
from cxr_tui.journal.store import Journal, read_records

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a" / "journal.db")
    journal.append(NOW, [answer_entry("one", "word", "good", "typed"), answer_entry("one", "more", ["a", "b"], "file")])
    journal.append(NOW, [answer_entry("two", "word", {"x": "y"}, "typed")])
    records = journal.records_after()
    assert [record.seq for record in records] == [1, 2, 3]
    assert [record.entry.body["value"] for record in records] == ["good", ["a", "b"], {"x": "y"}]
    assert all(record.at == NOW for record in records)
    assert [record.seq for record in journal.records_after(2)] == [3]
    journal.close()


@pytest.mark.parametrize("statement", ["UPDATE records SET body = '{}'", "DELETE FROM records"])
def test_nothing_can_rewrite_what_happened(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    journal.append(NOW, [answer_entry("one", "word", "good", "typed")])
    journal.close()
    other = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    other.close()


def test_files_are_private(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "journal.db")
    journal.append(NOW, [answer_entry("one", "word", "good", "typed")])
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new").iterdir()} == {0o600}
    journal.close()


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(JournalError, match=r"journal\.db"):
        Journal(path)


def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(JournalError, match="newer"):
        Journal(path)


def test_a_journal_of_version_1_opens_and_a_copy_of_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA user_version = 1")
        row = (NOW.isoformat(), "attestation", "one", '{"by": "person", "basis": {}}')
        old.execute("INSERT INTO records (at, kind, step, body) VALUES (?, ?, ?, ?)", row)
    assert [one.entry.kind.value for one in read_records(path)] == ["confirmation"], "read, and not yet touched"
    assert list(tmp_path.glob("*.v1")) == []
    for _ in range(2):
        journal = Journal(path)
        journal.append(NOW, [answer_entry("one", "word", "good", "typed")])
        journal.close()
    copy = tmp_path / "journal.db.v1"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [len(read_records(one)) for one in (path, copy)] == [3, 1]
    with closing(sqlite3.connect(path)) as new:
        assert new.execute("PRAGMA user_version").fetchone() == (2,)
    assert list(tmp_path.glob("*.part")) == []


def test_a_failing_batch_writes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    bad = answer_entry("one", "word", "good", "typed")
    with pytest.raises(TypeError):
        journal.append(NOW, [bad, answer_entry("one", "more", object(), "typed")])  # type: ignore[arg-type]  # the fault
    assert journal.records_after() == []
    journal.close()


WRITER = """
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from cxr_tui.journal.events import (answer_entry)
from cxr_tui.journal.store import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(100_000):
    journal.append(datetime.now(UTC), [answer_entry("one", "word", str(number), "typed")] * 3)
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_had_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    for pause in (0.3, 0.5, 0.7):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        before = Journal(path)
        start = len(before.records_after())
        before.close()
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        confirmed = writer.stdout.read().split()
        writer.stdout.close()
        writer.wait()
        journal = Journal(path)
        records = journal.records_after()
        journal.close()
        assert len(records) % 3 == 0, "a batch is written whole or not at all"
        assert len(records) >= start
        if confirmed:
            assert [record.entry.body["value"] for record in records].count(confirmed[-1]) >= 3


def seen(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_reading_alone_writes_nothing_and_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    assert read_records(path) == []
    assert list(tmp_path.iterdir()) == []
    with closing(Journal(path)) as journal:
        journal.append(NOW, [answer_entry("one", "word", "a", "typed")])
    before = seen(tmp_path)
    tmp_path.chmod(0o500)
    try:
        assert [record.entry.body["value"] for record in read_records(path)] == ["a"]
    finally:
        tmp_path.chmod(0o700)
    assert seen(tmp_path) == before


def test_reading_alone_sees_what_another_process_has_just_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(Journal(path)) as journal:
        journal.append(NOW, [answer_entry("one", "word", "a", "typed")])
        assert len(read_records(path)) == 1
        journal.append(NOW, [answer_entry("one", "word", "b", "typed")])
        assert [record.entry.body["value"] for record in read_records(path)] == ["a", "b"]


def test_what_is_no_journal_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_text("something else, long enough to look like a file of its own")
    with pytest.raises(JournalError, match="cannot be read as a journal"):
        read_records(path)


def test_the_log_that_a_killed_process_left_is_read_and_left(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(Journal(path)) as journal:
        journal.append(NOW, [answer_entry("one", "word", "a", "typed")])
        copied = tmp_path / "killed"
        copied.mkdir()
        for file in ("journal.db", "journal.db-wal"):
            (copied / file).write_bytes((tmp_path / file).read_bytes())
    kept = {name: (copied / name).read_bytes() for name in ("journal.db", "journal.db-wal")}
    assert len(read_records(copied / "journal.db")) == 1
    assert {name: (copied / name).read_bytes() for name in kept} == kept


def test_another_look_at_a_journal_in_the_same_process_takes_no_lock_away(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    first = Journal(path)
    first.append(NOW, [answer_entry("one", "word", "good", "typed")])
    Journal(path).close()
    # a process of its own would now take the log away, if the first one's lock were gone
    in_another_process(f"from cxr_tui.journal.store import Journal\nJournal(Path({str(path)!r})).close()")
    assert path.with_name("journal.db-wal").exists()
    first.append(NOW, [answer_entry("two", "word", "good", "typed")])
    assert len(read_records(path)) == 2
    first.close()


def test_asking_for_the_turn_again_in_the_same_process_does_not_give_it_away(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    ask = f"""
from cxr_tui.journal.rotation_lock import RotationBusyError, rotation_lock
try:
    with rotation_lock(Path({str(path)!r})):
        print("free")
except RotationBusyError:
    print("busy")
"""
    with rotation_lock(path):
        with pytest.raises(RotationBusyError), rotation_lock(path):
            pass
        assert in_another_process(ask) == "busy\n"
    assert in_another_process(ask) == "free\n"


def test_what_is_decided_alone_rests_on_what_is_written(tmp_path: Path) -> None:
    """Many processes count up from what they read, at once; none writes a number that another has written."""
    path = tmp_path / "journal.db"
    Journal(path).close()
    count = f"""
from datetime import UTC, datetime
from cxr_tui.journal.events import (answer_entry)
from cxr_tui.journal.store import Journal
journal = Journal(Path({str(path)!r}))
for _ in range(50):
    with journal.exclusive():
        number = len(journal.records_after()) + 1
        journal.append(datetime.now(UTC), [answer_entry("one", "number", number, "typed")])
"""
    script = f"from pathlib import Path\n{count}"
    running = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(4)]
    assert [one.wait(60) for one in running] == [0] * 4
    assert [record.entry.body["value"] for record in read_records(path)] == list(range(1, 201))


def test_what_was_decided_alone_is_not_there_where_it_fails(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    with suppress(KeyError), journal.exclusive():
        journal.append(NOW, [answer_entry("one", "word", "good", "typed")])
        raise KeyError
    assert journal.records_after() == []
    journal.append(NOW, [answer_entry("one", "word", "good", "typed")])
    assert len(journal.records_after()) == 1
    journal.close()


def in_another_process(script: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", f"from pathlib import Path\n{script}"], capture_output=True, text=True, check=True
    )
    return ended.stdout
