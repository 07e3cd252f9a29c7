"""How a login ended and what that says of the password: decided here for set-up, checks, status and rotation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

from cxr_tui.domain.errors import (
    KeyFileError,
    LoginRefusedError,
    MalformedError,
    OutsideError,
    Reach,
    UnreachableError,
)


class Result(StrEnum):
    """How a login ended."""

    OPEN = "open"
    """Sent or about to be; the answer is missing or does not say whether the password is right."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Responsys does not know this user with this password (at this host)."""
    LOCKED = "locked"
    EXPIRED = "expired"
    """The server says that the password has expired or is temporary; so it is the right one (inferred)."""
    BLOCKED = "blocked"
    """Refused for something other than the password."""
    NOT_ASKED = "not-asked"
    """The password was not judged: no connection, throttled, the service itself failed."""

    @property
    def counts(self) -> bool:
        """Whether it may have counted towards the lock-out."""
        return self in (Result.OPEN, Result.REFUSED, Result.LOCKED)


_OF_THE_PASSWORD = {
    "INVALID_USER_NAME_PASSWORD": Result.REFUSED,
    "PASSWORD_EXPIRED": Result.EXPIRED,
    "PASSWORD_LOCKOUT": Result.LOCKED,
}
"""The only codes that speak of the password (facts A.5; documented)."""

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
"""Documented codes that blame something else, and so do not count towards the lock-out (inferred)."""

_MAY_BE_THE_PASSWORD = (400, 401, 403)
"""With one of these and no documented code a server may have refused the password; it then counts as if it had."""


def result_of(error: OutsideError) -> Result:
    """Return what an error of a login says of the password; where that is not known, it counts as possibly refused."""
    match error:
        case LoginRefusedError() if error.code in _OF_THE_PASSWORD:
            return _OF_THE_PASSWORD[error.code]
        case LoginRefusedError() if error.code in _OF_SOMETHING_ELSE or error.status not in _MAY_BE_THE_PASSWORD:
            return Result.BLOCKED
        case KeyFileError() if "the passphrase is wrong" in str(error):
            return Result.REFUSED  # any other trouble with the file says nothing of the passphrase
        case LoginRefusedError() | MalformedError() | UnreachableError(reach=Reach.TIMEOUT | Reach.CUT, sent=True):
            return Result.OPEN
        case _:
            return Result.NOT_ASKED


class Command:
    """One command, key press or look: within it, a login that failed is not repeated."""

    def __init__(self, *, by_person: bool) -> None:
        self.by_person = by_person
        """False: the program looks again without being asked, so it waits between two logins that failed."""


_running: ContextVar[Command | None] = ContextVar("running", default=None)


def running_command() -> Command | None:
    """Return the command that this task works for."""
    return _running.get()


@contextmanager
def one_command(*, by_person: bool = True) -> Iterator[None]:
    """Do everything within as one command; within another one it belongs to that."""
    token = None if _running.get() else _running.set(Command(by_person=by_person))
    try:
        yield
    finally:
        if token is not None:
            _running.reset(token)
