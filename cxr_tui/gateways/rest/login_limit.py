"""Limits failed logins of a user: five refused logins in a row lock the user (facts B.3; documented).

A login whose answer was lost may have been refused, so it counts too, separately. Only a login during which
the program is killed is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

from cxr_tui.domain.errors import (
    MOST_REFUSALS,
    MOST_UNCERTAIN,
    LoginBudgetSpentError,
    OutsideError,
    UnreachableError,
)
from cxr_tui.domain.login_endings import Command, Result, result_of, running_command
from cxr_tui.domain.secret import Secret

FAULT_REST_SECONDS = 60.0
"""Minimum delay before a failed login is tried again without a person's command."""


class LoginCounts(NamedTuple):
    """Failed logins of a user since the last accepted login or the last entry of the password."""

    refused: int
    unanswered: int
    """Logins of the last hour that may have been refused."""
    before: int = 0
    """Failed logins with the same password before it was entered again."""


class LoginLimit:
    """Counts the failed logins with one password, here in memory; read at every login, as other processes count too."""

    item = ""
    """Name of the password in the keyring; empty: not known."""

    def __init__(self) -> None:
        self._spent = LoginCounts(0, 0)

    def spent(self) -> LoginCounts:
        """Return the failed logins so far."""
        return self._spent

    def refused(self) -> None:
        """Count a login that was refused because of the password."""
        self._spent = self._spent._replace(refused=self._spent.refused + 1)

    def unanswered(self) -> None:
        """Count a login that was sent and whose answer was lost or not understood."""
        self._spent = self._spent._replace(unanswered=self._spent.unanswered + 1)

    def accepted(self) -> None:
        """Reset the counts: the password is right."""
        self._spent = LoginCounts(0, 0)

    def require_left(self) -> None:
        """Raise LoginBudgetSpentError if no further login may be tried."""
        spent = self.spent()
        if spent.refused >= MOST_REFUSALS or sum(spent) >= MOST_UNCERTAIN:
            raise LoginBudgetSpentError(spent.refused + spent.before, spent.unanswered, item=self.item)


@dataclass(frozen=True)
class Moment:
    """A time, and the command that was running then."""

    at: float = field(default_factory=monotonic)
    command: Command | None = field(default_factory=running_command)

    @property
    def in_this_command(self) -> bool:
        """Whether the same command is still running."""
        return self.command is not None and self.command is running_command()

    def within(self, seconds: float) -> bool:
        """Return whether this was in the current command or less than `seconds` ago."""
        return self.in_this_command or monotonic() - self.at < seconds


class FailedLogins:
    """The failed logins and probes of one integration, shared by all of its gateways."""

    def __init__(self) -> None:
        self._logins: dict[tuple[str, str], tuple[Secret, OutsideError, Moment]] = {}
        """The newest failed login of each user."""
        self._probes: dict[str, tuple[UnreachableError, Moment]] = {}

    def note(self, url: str, user: str, password: Secret, error: OutsideError) -> None:
        """Remember a login that failed."""
        self._logins[url, user] = password, error, Moment()

    def note_probe(self, url: str, error: UnreachableError | None) -> None:
        """Remember the result of a probe of a login host; None: the host answered."""
        self._probes.pop(url.rstrip("/"), None)
        if error is not None:
            of_login = UnreachableError(error.reach, error.where, error.detail, flaw=error.flaw, sent=False)
            self._probes[url.rstrip("/")] = of_login, Moment()

    def forget(self, url: str, user: str) -> None:
        """Forget the failure of a user: a login succeeded."""
        self._logins.pop((url, user), None)

    def clear(self) -> None:
        """Forget everything: a problem outside was fixed."""
        self._logins.clear()
        self._probes.clear()

    def require_none(self, url: str, user: str, password: Secret, *, asked_by_person: bool) -> None:
        """Raise the remembered error if another login would break the rule of one failed login per command."""
        probe = self._probes.get(url)
        if probe is not None and probe[1].in_this_command:
            raise probe[0].with_traceback(None)  # no password goes to a host that does not answer
        failure = self._logins.get((url, user))
        if failure is None or failure[0] != password:
            return
        _, error, moment = failure
        command = running_command()
        by_person = asked_by_person or (command is not None and command.by_person)
        blames_password = result_of(error) in (Result.REFUSED, Result.LOCKED)
        if moment.within(0.0 if by_person else FAULT_REST_SECONDS) or (blames_password and not asked_by_person):
            raise error.with_traceback(None)
