"""What a rotation needs of an open integration; `setup.session.Setup` is one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from cxr_tui.guide.step import Guide
from cxr_tui.journal.gate import StepState
from cxr_tui.journal.ledger import Ledger
from cxr_tui.journal.store import Entry
from cxr_tui.model.errors import OutsideError
from cxr_tui.model.finding import Outcome
from cxr_tui.model.ports import Progress, World
from cxr_tui.privacy.files import open_private


class Login(Protocol):
    """One login of its own."""

    async def login(self) -> None:
        """Log in once; LoginRefusedError, KeyFileError, and the errors of the connection."""

    async def close(self) -> None:
        """Close the connection."""


class Integration(Protocol):
    """An open integration."""

    guide: Guide
    name: str
    world: World

    @property
    def place(self) -> Path:
        """The journal's file."""

    def ledger(self) -> Ledger:
        """Return the folded journal."""

    def states(self) -> dict[str, StepState]:
        """Return the state of every step."""

    def note(self, entries: Sequence[Entry]) -> None:
        """Write records in one transaction."""

    def trial(self, item: str) -> Login:
        """Return a login of its own with what lies under a keyring item."""

    async def check(self, step_id: str, progress: Progress) -> Outcome:
        """Run a step's check and record it."""


class RotationBusyError(OutsideError):
    """Another process rotates a secret of this integration right now."""


@contextmanager
def turn(journal: Path) -> Iterator[None]:
    """Let one process at a time rotate secrets of an integration; RotationBusyError.

    A lock of SQLite on a file of its own: it works the same on every system and is gone with the process, however that
    ends. The journal itself is not locked, so checks go on meanwhile.
    """
    held = journal.with_name("rotation.lock")
    os.close(open_private(held, append=True))
    lock = sqlite3.connect(held, timeout=0, isolation_level=None)
    try:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise RotationBusyError("another cxr-tui is rotating a secret of this integration right now") from None
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                lock.execute("ROLLBACK")
    finally:
        lock.close()
