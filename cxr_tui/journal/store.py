"""The journal: an append-only SQLite file, one per integration, consistent after a kill at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from cxr_tui.domain.errors import JournalError
from cxr_tui.security.private_files import make_private, private_folder, restrict_permissions

SCHEMA_VERSION = 2
"""Version 1 has other names for verdicts and counts entries as evidence (`state.py` reads it); 2 adds notes, erasures,
overruled findings and withdrawals. Opening a journal for writing migrates it and keeps a copy of the earlier one.
"""
PATIENCE = 10.0
"""Seconds to wait for another process that writes."""
_PAUSE = 0.05
_LEAST_ROOM = 256 * 1024
"""Bytes of free disk space that SQLite needs for its own files."""

TRIGGERS = {
    "records_keep": "CREATE TRIGGER IF NOT EXISTS records_keep BEFORE UPDATE ON records "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;",
    "records_stay": "CREATE TRIGGER IF NOT EXISTS records_stay BEFORE DELETE ON records "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;",
}
"""Because of these triggers a bug elsewhere can add a wrong record, but never change one.

Only `erase.py` removes them, within its transaction.
"""

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS records (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    at   TEXT NOT NULL,
    kind TEXT NOT NULL,
    step TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
{"".join(TRIGGERS.values())}
PRAGMA user_version = {SCHEMA_VERSION};
"""


class RecordKind(StrEnum):
    """The kinds of records; `events.py` writes the body of each, `state.py` reads it back."""

    ANSWER = "answer"
    SECRET = "secret"  # nosec B105  # noqa: S105 - a kind of record, not a secret
    OUTCOME = "outcome"
    CONFIRMATION = "confirmation"
    REFUSAL = "refusal"
    VISIT = "visit"
    ROTATION = "rotation"
    RUN = "run"
    PREFLIGHT = "preflight"
    NOTE = "note"
    """An unknown message that a person entered."""
    FIRST_SEEN = "first-seen"
    """An undocumented word of a product."""
    REQUEST = "request"
    """An early request for a later step."""
    ERASURE = "erasure"
    """Personal data was erased from earlier records."""

    @classmethod
    def _missing_(cls, value: object) -> RecordKind | None:
        """Return the kind for a name in journals of version 1."""
        return cls.CONFIRMATION if value == "attestation" else None


@dataclass(frozen=True)
class Entry:
    """A record to write: a JSON body without secrets."""

    kind: RecordKind
    step: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """A record of the journal: position, time (aware), entry."""

    seq: int
    at: datetime
    entry: Entry

    @property
    def body(self) -> Mapping[str, Any]:
        """The entry's body."""
        return self.entry.body


def read_records(path: Path) -> list[Record]:
    """Return all records of a journal without writing anything, not even SQLite's own files; none if it is missing.

    Includes the latest records of a process that has it open; raises JournalError if the file is not a journal.
    """
    wal = path.with_name(f"{path.name}-wal")
    try:
        while path.exists():
            # Only with an unfinished log are there records outside of the file itself.
            if wal.exists() and wal.stat().st_size:
                return _read(path, "mode=ro")
            before = path.stat()
            records = _read(path, "mode=ro&immutable=1")
            # This locks nothing, so it counts only if no other process wrote meanwhile.
            after = path.stat()
            if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
                return records
    except (sqlite3.Error, OSError) as error:
        raise JournalError(f"{path} cannot be read as a journal: {_cause(path, error)}") from error
    return []


def _read(path: Path, mode: str) -> list[Record]:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=10, isolation_level=None)
    with closing(db):
        require_known_version(db, path)
        return records_in(db)


def _cause(path: Path, error: sqlite3.Error | OSError) -> str:
    """Return why a journal could not be used; SQLite does not report a full disk or a read-only folder."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    words = str(error)
    if not isinstance(error, sqlite3.OperationalError):
        return words
    folder = path.parent
    with suppress(OSError):
        if path.exists() and not path.is_file():
            return "it is not a file"
        if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            return f"{folder} cannot be written ({words})"
        if shutil.disk_usage(folder).free < _LEAST_ROOM:
            return f"the disk is full ({words})"
    return words


def _keep_copy(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Copy a journal of an earlier version to `NAME.vN` next to it, unless there is a copy."""
    copy = path.with_name(f"{path.name}.v{version}")
    if copy.exists():
        return
    begun = path.with_name(f"{copy.name}.{os.getpid()}.part")
    begun.unlink(missing_ok=True)
    make_private(begun)
    with closing(sqlite3.connect(begun)) as target:
        db.backup(target)
    begun.replace(copy)


def require_known_version(db: sqlite3.Connection, path: Path) -> int:
    """Return the version of a journal; raises JournalError for one of a newer program."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise JournalError(f"{path} was written by a newer cxr-tui (journal version {version}); update this one")
    return version


def records_in(db: sqlite3.Connection, seq: int = 0) -> list[Record]:
    """Return the records after position `seq`, in order; raises sqlite3.Error."""
    rows = db.execute("SELECT seq, at, kind, step, body FROM records WHERE seq > ? ORDER BY seq", (seq,))
    return [
        Record(number, datetime.fromisoformat(at), Entry(RecordKind(kind), step, json.loads(body)))
        for number, at, kind, step, body in rows
    ]


class Journal:
    """One integration's journal file; every `append` is one durable transaction."""

    def __init__(self, path: Path) -> None:
        """Open or create the file (0600, in a folder of 0700); raises JournalError if it is not a journal."""
        self.path = path
        try:
            private_folder(path.parent)
            make_private(path)
            for beside in ("-wal", "-shm"):  # new files get the journal's mode; older ones may be wider
                restrict_permissions(path.with_name(path.name + beside))
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise JournalError(f"{path} cannot be used as a journal: {_cause(path, error)}") from error

    def _prepare(self) -> None:
        version = require_known_version(self._db, self.path)
        if 0 < version < SCHEMA_VERSION:
            _keep_copy(self._db, self.path, version)
        self._db.execute("PRAGMA journal_mode = WAL")
        # FULL: a saved answer survives a power failure, not only a killed process.
        self._db.execute("PRAGMA synchronous = FULL")
        if version < SCHEMA_VERSION:
            self._db.executescript(_SCHEMA)

    @classmethod
    def in_memory(cls, path: Path, records: Iterable[Record]) -> Journal:
        """Return a journal with these records that leaves nothing behind; `path` is only its name."""
        journal = cls.__new__(cls)
        journal.path, journal._db = path, sqlite3.connect(":memory:", isolation_level=None)
        journal._db.executescript(_SCHEMA)
        rows = (
            (one.seq, one.at.isoformat(), one.entry.kind.value, one.entry.step, json.dumps(one.body)) for one in records
        )
        journal._db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
        return journal

    def append(self, at: datetime, entries: Sequence[Entry]) -> None:
        """Write entries durably in one transaction, all or none; raises JournalError."""
        rows = [(at.isoformat(), entry.kind.value, entry.step, json.dumps(entry.body)) for entry in entries]
        with self.exclusive() if not self._db.in_transaction else nullcontext(), self._reported():
            self._db.executemany("INSERT INTO records (at, kind, step, body) VALUES (?, ?, ?, ?)", rows)

    async def until_free(self) -> None:
        """Wait, without blocking the screen, until no other process writes; raises JournalError after `PATIENCE`."""
        until = monotonic() + PATIENCE
        while not self._db.in_transaction and not self._is_free():
            if monotonic() > until:
                raise JournalError(f"{self.path}: nothing was written: another process has locked it")
            await asyncio.sleep(_PAUSE)

    def _is_free(self) -> bool:
        self._db.execute("PRAGMA busy_timeout = 0")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("ROLLBACK")
        except sqlite3.Error as error:
            return error.sqlite_errorcode != sqlite3.SQLITE_BUSY  # the write will report any other error
        finally:
            self._db.execute(f"PRAGMA busy_timeout = {round(PATIENCE * 1000)}")
        return True

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Run a block as one transaction that locks out other writers, so that its reads stay valid; JournalError.

        If the block raises, nothing that it appended is kept. It must be quick.
        """
        with self._reported():
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._commit()
        except BaseException:
            # SQLite may have rolled back already, for example on a full disk
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _commit(self) -> None:
        with self._reported():
            self._db.execute("COMMIT")

    def records_after(self, seq: int = 0) -> list[Record]:
        """Return the records after position `seq`, in order; raises JournalError."""
        try:
            return records_in(self._db, seq)
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} cannot be read: {_cause(self.path, error)}") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(f"{self.path}: nothing was written: {_cause(self.path, error)}") from error
