"""The results of logins, and their meaning for the password; for set-up, checks, status and rotation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from cxr_tui.domain.errors import (
    LoginRefusedError,
    MalformedError,
    OutsideError,
    Reach,
    UnreachableError,
)


class Result(StrEnum):
    """The result of a login."""

    OPEN = "open"
    """Sent or about to be; the answer is missing or does not show whether the password is right."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Responsys does not know this user with this password (at this host)."""
    LOCKED = "locked"
    EXPIRED = "expired"
    """The password has expired or is temporary, so it is the right one (inferred)."""
    BLOCKED = "blocked"
    """Refused for another reason than the password."""
    NOT_ASKED = "not-asked"
    """The password was not checked: no connection, throttled, or the service failed."""

    @property
    def counts(self) -> bool:
        """Whether it may count toward the lock-out."""
        return self in (Result.OPEN, Result.REFUSED, Result.LOCKED)


_OF_THE_PASSWORD = {
    "INVALID_USER_NAME_PASSWORD": Result.REFUSED,
    "PASSWORD_EXPIRED": Result.EXPIRED,
    "PASSWORD_LOCKOUT": Result.LOCKED,
}
"""The only codes about the password (facts A.5; documented)."""

_OF_SOMETHING_ELSE = frozenset(
    {
        "ACCOUNT_SUSPENDED",
        "API_BLOCKED",
        "API_DISABLED_FOR_USER",
        "DUPLICATE_API_REQUEST",
        "INSUFFICIENT_ACCESS",
        "INTERNAL_CAPACITY_LIMIT_EXCEEDED",
        "LOGIN_BLOCKED_INVALID_IPRANGE",
        "WS_ARG_DISABLED",
    }
)
"""Documented codes with another cause, which do not count toward the lock-out (inferred)."""

_MAY_BE_THE_PASSWORD = (400, 401, 403)
"""With one of these and no documented code, a server may have refused the password, so it counts as refused."""


def result_of(error: OutsideError) -> Result:
    """Return the result of a failed login; an unclear one counts as possibly refused."""
    match error:
        case LoginRefusedError() if error.code in _OF_THE_PASSWORD:
            return _OF_THE_PASSWORD[error.code]
        case LoginRefusedError() if error.code in _OF_SOMETHING_ELSE or error.status not in _MAY_BE_THE_PASSWORD:
            return Result.BLOCKED
        case LoginRefusedError() | MalformedError() | UnreachableError(reach=Reach.TIMEOUT | Reach.CUT, sent=True):
            return Result.OPEN
        case _:
            return Result.NOT_ASKED


class Command:
    """One command, key press or automatic check: within it, a failed login is not repeated."""

    def __init__(self, *, by_person: bool) -> None:
        self.by_person = by_person
        """False: an automatic check, which waits between two failed logins."""


_running: ContextVar[Command | None] = ContextVar("running", default=None)


def running_command() -> Command | None:
    """Return the command of the current task."""
    return _running.get()


@contextmanager
def one_command(*, by_person: bool = True) -> Iterator[None]:
    """Run a block as one command; a nested block belongs to the outer command."""
    token = None if _running.get() else _running.set(Command(by_person=by_person))
    try:
        yield
    finally:
        if token is not None:
            _running.reset(token)
