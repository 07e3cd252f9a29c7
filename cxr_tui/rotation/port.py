"""What a rotation needs of an open integration; `setup.session.Setup` is one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.ports import Progress, World
from cxr_tui.guide.definition import Guide
from cxr_tui.journal.gate import StepState
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry


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

    def rotation_lock(self) -> AbstractContextManager[None]:
        """Let one process at a time exchange secrets; RotationBusyError."""

    def journal_state(self) -> JournalState:
        """Return the folded journal."""

    def states(self) -> dict[str, StepState]:
        """Return the state of every step."""

    async def tell_time(self) -> None:
        """Probe the login host: a host that does not answer gets no password. In a sandbox this tells the time too."""

    def note(self, entries: Sequence[Entry]) -> None:
        """Write records in one transaction."""

    def trial(self, item: str) -> Login:
        """Return a login of its own with what lies under a keyring item."""

    async def check(self, step_id: str, progress: Progress) -> Outcome:
        """Run a step's check and record it."""
