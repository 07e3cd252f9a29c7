"""An integration in memory: it starts with the records of a real one and leaves nothing behind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Entry, Record


class MemoryJournal:
    """Implements `cxr_tui.journal.store.JournalPort` in memory."""

    def __init__(self, path: Path, records: Iterable[Record] = ()) -> None:
        self.path = path
        self._records = list(records)

    def append(self, at: datetime, entries: Sequence[Entry]) -> None:
        """Keep entries in memory."""
        for entry in entries:
            self._records.append(Record(self._records[-1].seq + 1 if self._records else 1, at, entry))

    def records_after(self, seq: int = 0) -> list[Record]:
        """Return the records after a position."""
        return self._records[bisect_right(self._records, seq, key=lambda record: record.seq) :]

    async def until_free(self) -> None:
        """No other process has it."""

    def exclusive(self) -> AbstractContextManager[None]:
        """No other process knows this journal."""
        return nullcontext()

    def close(self) -> None:
        """Nothing is open."""


class NoCredentials:
    """Implements `cxr_tui.domain.ports.Credentials` without any store."""

    def __init__(self, store: str) -> None:
        """`store` is the name of the store that is not opened."""
        self.store = store

    async def put(self, item: str, secret: Secret) -> None:
        """Store nothing."""

    async def get(self, item: str) -> Secret:
        """NothingStoredError, always."""
        raise NothingStoredError(item)

    async def has(self, item: str) -> bool:
        """Return that nothing is stored."""
        return False

    async def drop(self, item: str) -> None:
        """Remove nothing."""


def in_memory(guide: Guide, name: str, path: Path, records: Iterable[Record], store: str) -> Integration:
    """Return an integration with these records; what is written to it is not kept."""
    return Integration(guide, MemoryJournal(path, records), NoCredentials(store), None, name)
