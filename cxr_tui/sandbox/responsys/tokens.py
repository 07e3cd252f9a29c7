"""Authentication tokens: about 54 URL-safe characters, two hours of life by the sandbox's clock."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.sandbox.responsys import refusals

TOKEN_LIFE = timedelta(hours=2)
"""Oracle's pages say two hours and three hours; the shorter one is the stricter test (facts A.4; documented)."""


@dataclass(frozen=True)
class Session:
    """Who logged in, and when."""

    user_name: str
    issued: datetime


class Tokens:
    """The tokens of one account."""

    def __init__(self, life: timedelta = TOKEN_LIFE) -> None:
        self.life = life
        self.issued: Counter[str] = Counter()
        """How many tokens each user was given, for the truth."""
        self._sessions: dict[str, Session] = {}

    def issue(self, user_name: str, now: datetime) -> str:
        """Return a new token; earlier ones of the user stay good until their own end (inferred)."""
        token = secrets.token_urlsafe(40)
        self._sessions[token] = Session(user_name, now)
        self.issued[user_name] += 1
        return token

    def session(self, token: str, now: datetime) -> Session:
        """Return whose token this is; ApiRefusalError for an unknown or an expired one."""
        session = self._sessions.get(token)
        if session is None:
            raise refusals.invalid_token()
        if now - session.issued >= self.life:
            raise refusals.token_expired()
        return session

    def expire_all(self) -> None:
        """Let every token be old, as if it had been issued a life earlier."""
        for token, session in self._sessions.items():
            self._sessions[token] = Session(session.user_name, session.issued - self.life)

    def revoke(self, user_name: str) -> None:
        """Forget the tokens of a user whose access has ended (inferred: a password change ends them)."""
        self._sessions = {token: one for token, one in self._sessions.items() if one.user_name != user_name}
