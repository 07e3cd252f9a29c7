"""An integration in memory: it starts with the records of a real one and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Journal, Record


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
    return Integration(guide, Journal.in_memory(path, records), NoCredentials(store), None, name)
