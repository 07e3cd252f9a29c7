"""Login to CX Audience's REST interface: passwords, lock-out, tokens, and the limits a minute (facts C.1, C.2, A.6)."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.state import Account, ApiUser
from cxr_tui.sandbox.clock import Clock

TOKEN_LIFE = timedelta(hours=2)
"""Documented in CX Audience's Quick start."""

LOCK_TIME = timedelta(minutes=60)
REFUSALS_TO_LOCK = 5
"""Five failures lock for an hour by default (facts C.2; documented)."""

DEFAULT_LIMITS = {"login": 10, "Retrieve profile lists": 100, "Retrieve list recipients": 200, "default": 200}
"""Calls a minute of the whole account; sample values of Oracle's throttling page, which says that they differ."""


class ApiError(Exception):
    """An answer other than success, with the parts of the documented error body (facts A.5)."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail


@dataclass(frozen=True)
class _Token:
    user: str
    issued: datetime


class Gatekeeper:
    """Lets API users in, and only so often."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._calls: defaultdict[str, list[datetime]] = defaultdict(list)
        self.limits = dict(DEFAULT_LIMITS)

    def count(self, function: str) -> None:
        """Count one call of an API function; ApiError API_LIMIT_EXCEEDED once the minute's limit is reached."""
        now = self._clock.now()
        recent = [moment for moment in self._calls[function] if now - moment < timedelta(minutes=1)]
        self._calls[function] = recent
        if len(recent) >= self.limits.get(function, self.limits["default"]):
            raise ApiError(
                400,
                "API_LIMIT_EXCEEDED",
                "API limit exceeded",
                f"You exceeded your allowable limit to call the {function} API function. Please try again in a minute.",
            )
        recent.append(now)

    def log_in(self, name: str, password: Secret) -> tuple[str, datetime]:
        """Return a new token and its time; ApiError for a wrong password, a locked or a suspended user."""
        self.count("login")
        now = self._clock.now()
        user = self._account.users.get(name)
        if user is None:
            raise _wrong_password()
        if user.locked_until is not None and now < user.locked_until:
            raise ApiError(401, "PASSWORD_LOCKOUT", "Password locked")
        if user.password != password:
            self._refuse(user, now)
        if user.suspended:
            raise ApiError(401, "API_DISABLED_FOR_USER", "API disabled for user", "API is disabled for user")
        user.refusals, user.locked_until = 0, None
        return self._issue(name)

    def refresh(self, token: str) -> tuple[str, datetime]:
        """Return a new token for one that still lives (facts A.4; documented)."""
        self.count("login")
        return self._issue(self.user_of(token))

    def user_of(self, token: str) -> str:
        """Return who a token belongs to; ApiError INVALID_TOKEN, or TOKEN_EXPIRED after two hours."""
        known = self._tokens.get(token)
        if known is None:
            raise ApiError(401, "INVALID_TOKEN", "Not a valid token", "Not a valid authentication token")
        if self._clock.now() - known.issued >= TOKEN_LIFE:
            raise ApiError(401, "TOKEN_EXPIRED", "Token expired", "The authentication token has expired")
        return known.user

    def forget_tokens(self) -> None:
        """Make every token unknown, as a restart of the service would."""
        self._tokens.clear()

    def _issue(self, name: str) -> tuple[str, datetime]:
        token, now = secrets.token_urlsafe(40), self._clock.now()
        self._tokens[token] = _Token(name, now)
        return token, now

    def _refuse(self, user: ApiUser, now: datetime) -> None:
        user.refusals += 1
        if user.refusals >= REFUSALS_TO_LOCK:
            user.refusals, user.locked_until = 0, now + LOCK_TIME
        raise _wrong_password()


def _wrong_password() -> ApiError:
    return ApiError(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")
