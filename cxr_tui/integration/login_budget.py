"""Logins that went wrong, counted in the journal: over all processes, and after every restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cxr_tui.domain.errors import LOCK_LASTS
from cxr_tui.domain.login_endings import running_command
from cxr_tui.gateways.rest.login_limit import LoginCounts, LoginLimit
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.events import LoginEnd


class JournalLoginLimit(LoginLimit):
    """The login limit of what lies under one keyring item."""

    def __init__(
        self,
        item: str,
        journal: Callable[[], IntegrationState],
        now: Callable[[], datetime],
        note: Callable[[str, LoginEnd], None],
        refused: Callable[[], int],
    ) -> None:
        """`refused` tells how many refusals count, which a rotation under way may see more strictly."""
        self.item = item
        self._journal_state = journal
        self._now = now
        self._note = note
        self._refused = refused

    def spent(self) -> LoginCounts:
        """Return what has gone wrong so far; after an hour a person's command may ignore lost answers."""
        refused = self._refused()  # folds what other processes have written since
        unanswered = self._journal_state().unanswered.get(self.item, ())
        command = running_command()
        if command is None or not command.by_person:
            return LoginCounts(refused, len(unanswered))
        return LoginCounts(refused, sum(self._now() - at < LOCK_LASTS for at in unanswered))

    def refused(self) -> None:
        """Count one that was refused."""
        self._note(self.item, LoginEnd.REFUSED)

    def unanswered(self) -> None:
        """Count one without an answer."""
        self._note(self.item, LoginEnd.UNANSWERED)

    def accepted(self) -> None:
        """Begin anew; most logins have nothing to begin anew from, and leave no record."""
        journal = self._journal_state()
        if (
            journal.refusals.get(self.item)
            or journal.unanswered.get(self.item)
            or journal.refusal_streak(self.item).count
        ):
            self._note(self.item, LoginEnd.ACCEPTED)
