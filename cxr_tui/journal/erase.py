"""The one exception to the append-only journal: what is erased leaves the file, its log and its free pages.

The records change in one transaction that also adds the tombstone, so a kill at any moment leaves either the journal
as it was or the erased one. Other processes may have the file open meanwhile: it stays the same file, and they see the
tombstone at their next look. Its bytes are gone once the file is rewritten and the log is empty; where a kill comes
before that, erasing again does the rest.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cxr_tui.journal.store import TRIGGERS, Entry, JournalError, Record, records_in

WAIT_SECONDS = 10
"""How long another process that writes is waited for."""


@dataclass(frozen=True)
class Rewriting:
    """What changes in a journal, and the tombstone that says so."""

    bodies: Mapping[int, Mapping[str, Any]]
    """New bodies by position."""
    gone: frozenset[int]
    """Positions of the records that are removed altogether."""
    tombstone: Entry
    at: datetime


def rewrite(path: Path, decide: Callable[[list[Record]], Rewriting]) -> Rewriting:
    """Change what `decide` says of the records, in the whole file; JournalError.

    Nobody writes between the look and the change.
    """
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA temp_store = MEMORY")  # what stays is copied while the file is rewritten
            db.execute("BEGIN IMMEDIATE")
            rewriting = decide(records_in(db))
            _change(db, rewriting)
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise JournalError(f"{path}: nothing was erased from the journal: {error}") from error
    return rewriting


def purge(path: Path) -> None:
    """Let nothing of what records once held stay in the file or its log; JournalError says that it is still there."""
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA temp_store = MEMORY")
            db.execute("VACUUM")
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise JournalError(_left_behind(path, str(error))) from error
    if busy:
        raise JournalError(_left_behind(path, "another process is reading it"))


def _left_behind(path: Path, reason: str) -> str:
    return (
        f"{path}: the records are erased, but free pages of the file or its log may still hold what they said: "
        f"{reason}. Erase again to finish."
    )


def _change(db: sqlite3.Connection, rewriting: Rewriting) -> None:
    for name in TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    bodies = [(json.dumps(body), seq) for seq, body in rewriting.bodies.items()]
    db.executemany("UPDATE records SET body = ? WHERE seq = ?", bodies)
    db.executemany("DELETE FROM records WHERE seq = ?", [(seq,) for seq in rewriting.gone])
    for statement in TRIGGERS.values():
        db.execute(statement)
    told = rewriting.tombstone
    db.execute(
        "INSERT INTO records (at, kind, step, body) VALUES (?, ?, ?, ?)",
        (rewriting.at.isoformat(), told.kind.value, told.step, json.dumps(told.body)),
    )
