"""How many logins of a user may still go wrong: five refused ones in a row lock it (facts B.3; documented).

A login whose answer was lost may have been refused as well. Nobody knows, so it counts too, apart from those that are
known to be refused. The one thing that is not counted is a login in whose very moment the program is killed.
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
ANSWERED_SECONDS = 60.0
"""How long a host that has answered a call with a token need not be probed."""


class LoginCounts(NamedTuple):
    """Logins of a user that went wrong, since one was accepted or the password was entered anew."""

    refused: int
    unanswered: int
    """Within the last hour, and not known to be refused."""


class LoginLimit:
    """Counts the logins with one password, here in memory; asked at every login, for other processes may log in too."""

    item = ""
    """Where the password lies in the keyring; empty: not known."""

    def __init__(self) -> None:
        self._spent = LoginCounts(0, 0)

    def spent(self) -> LoginCounts:
        """Return what has gone wrong so far."""
        return self._spent

    def refused(self) -> None:
        """Count one that was refused because of the password."""
        self._spent = self._spent._replace(refused=self._spent.refused + 1)

    def unanswered(self) -> None:
        """Count one that was sent, and whose answer did not arrive or could not be understood."""
        self._spent = self._spent._replace(unanswered=self._spent.unanswered + 1)

    def accepted(self) -> None:
        """Begin again: the password is right."""
        self._spent = LoginCounts(0, 0)


def require_left(limit: LoginLimit) -> None:
    """Raise LoginBudgetSpentError where no further login may be tried."""
    spent = limit.spent()
    if spent.refused >= MOST_REFUSALS or sum(spent) >= MOST_UNCERTAIN:
        raise LoginBudgetSpentError(spent.refused, spent.unanswered, item=limit.item)


@dataclass(frozen=True)
class Moment:
    """When something happened, and in which command."""

    at: float = field(default_factory=monotonic)
    command: Command | None = field(default_factory=running_command)

    @property
    def in_this_command(self) -> bool:
        """Whether the same command is still running."""
        return self.command is not None and self.command is running_command()

    def within(self, seconds: float) -> bool:
        """Say whether it happened in this command, or less than so many seconds ago."""
        return self.in_this_command or monotonic() - self.at < seconds


@dataclass(frozen=True)
class _Failure:
    """The newest login of a user that did not succeed."""

    password: Secret
    error: OutsideError
    moment: Moment = field(default_factory=Moment)


class FailedLogins:
    """The failed logins and probes of one integration, shared by all of its gateways."""

    def __init__(self) -> None:
        self._logins: dict[tuple[str, str], _Failure] = {}
        self._probes: dict[str, tuple[UnreachableError, Moment]] = {}
        self._answered: dict[str, float] = {}

    def note_answer(self, url: str) -> None:
        """Remember that a call with a token was answered, whose login went to this host."""
        self._answered[url] = monotonic()

    def just_answered(self, url: str) -> bool:
        """Say whether such a call was answered so recently that the host need not be probed."""
        return monotonic() - self._answered.get(url.rstrip("/"), -ANSWERED_SECONDS) < ANSWERED_SECONDS

    def note(self, url: str, user: str, password: Secret, error: OutsideError) -> None:
        """Remember a login that failed."""
        self._answered.pop(url, None)
        self._logins[url, user] = _Failure(password, error)

    def note_probe(self, url: str, error: UnreachableError | None) -> None:
        """Remember how a probe of a login host ended; None: the host answered."""
        self._probes.pop(url.rstrip("/"), None)
        if error is not None:
            of_login = UnreachableError(error.reach, error.where, error.detail, flaw=error.flaw, sent=False)
            self._probes[url.rstrip("/")] = of_login, Moment()

    def forget(self, url: str, user: str) -> None:
        """Forget the failure of a user: a login succeeded."""
        self._logins.pop((url, user), None)

    def clear(self) -> None:
        """Forget everything: something outside was put right."""
        self._logins.clear()
        self._probes.clear()
        self._answered.clear()

    def require_none(self, url: str, user: str, password: Secret, *, asked_by_person: bool) -> None:
        """Raise the remembered error where another login would break the rule: one failed login for each command."""
        probe = self._probes.get(url)
        if probe is not None and probe[1].in_this_command:
            raise probe[0].with_traceback(None)  # no password goes to a host that does not answer
        failure = self._logins.get((url, user))
        if failure is None or failure.password != password:
            return
        command = running_command()
        by_person = asked_by_person or (command is not None and command.by_person)
        blames_password = result_of(failure.error) in (Result.REFUSED, Result.LOCKED)
        if failure.moment.within(0.0 if by_person else FAULT_REST_SECONDS) or (blames_password and not asked_by_person):
            raise failure.error.with_traceback(None)
