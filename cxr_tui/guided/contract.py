"""What the wizard asks of a setup, so that a test can hand it a small one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Visit
from cxr_tui.domain.ports import Progress, World
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.form import FieldView
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.gate import StepState
from cxr_tui.journal.store import Entry
from cxr_tui.journal.undo import Saved

LONGEST_SENTENCE = 500
"""Characters of the sentence with which a person confirms a step against its findings."""


class IntegrationView(Protocol):
    """One integration as the wizard sees it; `cxr_tui.integration.integration.Setup` is the real one."""

    @property
    def guide(self) -> Guide:
        """The documented procedure."""

    @property
    def name(self) -> str:
        """The integration's name."""

    @property
    def sandboxed(self) -> bool:
        """Whether this is the embedded sandbox, where an operator can do the browser part."""

    @property
    def world(self) -> World:
        """The outside world; the wizard only reads the name of the credential store from it."""

    def journal_state(self) -> IntegrationState:
        """Return the folded journal; the wizard hands it to the jobs' service only."""

    def note(self, entries: Sequence[Entry]) -> None:
        """Write records to the journal, such as runs that were seen."""

    def states(self) -> Mapping[str, StepState]:
        """Return the state of every step in guide order."""

    def current(self) -> str:
        """Return the step to resume at."""

    def form(self, step_id: str, entered: Mapping[str, Value] | None = None) -> tuple[FieldView, ...]:
        """Return the fields that apply, given what is entered but not confirmed."""

    def visits(self, step_id: str, entered: Mapping[str, Value] | None = None) -> tuple[Visit, ...]:
        """Return the instruction."""

    def problem(self, step_id: str, name: str, value: Value, entered: Mapping[str, Value]) -> str | None:
        """Say what is wrong with a value; None: nothing."""

    async def save(self, step_id: str, values: Mapping[str, Value], source: str = "typed") -> dict[str, str]:
        """Write the answers; return problems by field, empty when all were written."""

    async def save_form(self, step_id: str, typed: Mapping[str, Value]) -> dict[str, str]:
        """Write what is typed, with all that the form proposes; return problems by field."""

    def last_saved(self) -> Saved | None:
        """Return the answers that were confirmed last; None: there is nothing to undo."""

    async def undo(self, wanted: Saved) -> bool:
        """Put back what was there before these answers; False where they are not the last; StepLockedError."""

    async def keep_secret(self, step_id: str, name: str, secret: Secret) -> str | None:
        """Put a secret into the keyring; return what is wrong with it; StoreUnusableError."""

    async def confirm(self, step_id: str, by: str = "", sentence: str = "") -> None:
        """Record a person's (or the operator's) word, with a sentence also against findings; HardStopError."""

    async def withdraw(self, step_id: str) -> None:
        """Take a confirmation back."""

    async def check(self, step_id: str, progress: Progress) -> Outcome:
        """Look at the world and record the outcome; StepLockedError."""

    async def operate(self, step_id: str, progress: Progress, *, only_wait: bool = False) -> None:
        """Let the sandbox's operator make a step's visits, or only let time pass; VisitRefusedError, OutsideError."""

    async def put_right(self, fix: Fix) -> dict[str, str]:
        """Confirm the answers that a finding offers; return problems by key."""

    def server_time(self) -> datetime:
        """Return the servers' time (aware)."""

    def time_zone(self) -> str:
        """Return the account's time zone, empty when unknown."""

    async def close(self) -> None:
        """Let go of everything."""
