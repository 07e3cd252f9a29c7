"""The one exception to the append-only journal: erased data is removed from the file, its log and its free pages.

One transaction changes the records and adds the tombstone, so a kill leaves either the old journal or the erased one.
Other processes may have the file open: it stays the same file, and they see the tombstone at their next read. The bytes
are gone once the file is rewritten and the log is empty; after a kill before that, erasing again does the rest.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from cxr_tui.domain.errors import JournalError
from cxr_tui.journal.store import TRIGGERS, Entry, Record, records_in

WAIT_SECONDS = 10
"""Seconds to wait for another process that writes."""


@dataclass
class Rewriting:
    """The changes of an erasure, and its tombstone."""

    at: datetime
    tombstone: Entry
    bodies: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    """New bodies by position."""
    gone: set[int] = field(default_factory=set)
    """Positions of the removed records."""


Changes = TypeVar("Changes", bound=Rewriting)


def rewrite(path: Path, decide: Callable[[list[Record]], Changes]) -> Changes:
    """Apply to the file what `decide` returns for its records, and remove the bytes of the erased ones; JournalError.

    No other process can write in between.
    """
    left = f"{path}: nothing was erased from the journal: "
    try:
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA temp_store = MEMORY")  # rewriting copies the remaining records
            db.execute("BEGIN IMMEDIATE")
            rewriting = decide(records_in(db))
            _change(db, rewriting)
            db.execute("COMMIT")
            left = (
                f"{path}: the records are erased, but free pages of the file or its log may still contain their data. "
                "Erase again to finish. The reason: "
            )
            db.execute("VACUUM")
            if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise JournalError(f"{left}another process is reading it")
    except sqlite3.Error as error:
        raise JournalError(f"{left}{error}") from error
    return rewriting


def _change(db: sqlite3.Connection, rewriting: Rewriting) -> None:
    for name in TRIGGERS:
        db.execute(f"DROP TRIGGER IF EXISTS {name}")
    bodies = [(json.dumps(body), seq) for seq, body in rewriting.bodies.items()]
    db.executemany("UPDATE records SET body = ? WHERE seq = ?", bodies)
    db.executemany("DELETE FROM records WHERE seq = ?", [(seq,) for seq in rewriting.gone])
    for statement in TRIGGERS.values():
        db.execute(statement)
    tombstone = rewriting.tombstone
    db.execute(
        "INSERT INTO records (at, kind, step, body) VALUES (?, ?, ?, ?)",
        (rewriting.at.isoformat(), tombstone.kind.value, tombstone.step, json.dumps(tombstone.body)),
    )
