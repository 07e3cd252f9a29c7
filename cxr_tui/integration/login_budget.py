"""The login limit kept in the journal: it counts for all processes and after every restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cxr_tui.domain.errors import LOCK_LASTS
from cxr_tui.domain.login_endings import running_command
from cxr_tui.gateways.rest.login_limit import LoginCounts, LoginLimit
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.events import LoginEnd


class JournalLoginLimit(LoginLimit):
    """The login limit of the secret that is active for one keyring item, which a rotation may make stricter."""

    def __init__(
        self,
        base: str,
        journal: Callable[[], IntegrationState],
        now: Callable[[], datetime],
        note: Callable[[str, LoginEnd], None],
    ) -> None:
        self.item = journal().active_item(base)
        self._base = base
        self._journal_state = journal
        self._now = now
        self._note = note

    def spent(self) -> LoginCounts:
        """Return what has gone wrong so far; after an hour a person's command may ignore lost answers."""
        journal, now = self._journal_state(), self._now()
        refused, unanswered = journal.counted_refusals(self._base, now), journal.unanswered.get(self.item, ())
        command = running_command()
        if command is None or not command.by_person:
            return LoginCounts(refused, len(unanswered))
        return LoginCounts(refused, sum(now - at < LOCK_LASTS for at in unanswered))

    def refused(self) -> None:
        """Count a refused login."""
        self._note(self.item, LoginEnd.REFUSED)

    def unanswered(self) -> None:
        """Count a login without an answer."""
        self._note(self.item, LoginEnd.UNANSWERED)

    def accepted(self) -> None:
        """Reset the count; most logins have nothing to reset and leave no record."""
        journal = self._journal_state()
        if (
            journal.refusals.get(self.item)
            or journal.unanswered.get(self.item)
            or journal.refusal_streak(self.item).count
        ):
            self._note(self.item, LoginEnd.ACCEPTED)
