"""A log of all logins over REST, for tests: who tried when, with which program and which password, and what came of it.

It contains no password, only a mark: the same password has the same mark within one sandbox, and nothing more can be
told from it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cxr_tui.sandbox.clock import Clock

_TOKEN_PATH = "/auth/token"
ACCEPTED = "accepted"


@dataclass(frozen=True)
class LoginTry:
    """One login as the host saw it; whether its answer arrived is another matter."""

    at: datetime
    host: str
    user: str
    program: str
    """What the caller calls itself."""
    mark: str
    outcome: str
    """`accepted`, or the error code of the answer."""


@dataclass
class LoginLog:
    """All tries, oldest first."""

    clock: Clock
    tries: list[LoginTry] = field(default_factory=list)
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    def mark(self, password: str) -> str:
        """Return the mark of a password."""
        return hmac.new(self._key, password.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:16]

    def marks(self, memory: Mapping[tuple[str, str], str]) -> dict[str, str]:
        """Return the marks of what a keyring holds, by service."""
        return {service: self.mark(password) for (service, _), password in memory.items()}

    def since(self, number: int) -> list[dict[str, Any]]:
        """Return the tries from a position on, JSON-able."""
        names = ("host", "user", "program", "mark", "outcome")
        return [
            {"at": one.at.isoformat(), **{name: getattr(one, name) for name in names}} for one in self.tries[number:]
        ]

    def around(self, host: str, app: ASGIApp) -> ASGIApp:
        """Return a host's application with its logins noted."""

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].endswith(_TOKEN_PATH):
                await app(scope, receive, send)
                return
            asked, answered, status = bytearray(), bytearray(), 0

            async def hear() -> Message:
                message = await receive()
                asked.extend(message.get("body", b""))
                return message

            async def say(message: Message) -> None:
                nonlocal status
                status = message.get("status", status)
                answered.extend(message.get("body", b""))
                await send(message)

            await app(scope, hear, say)
            self._note(host, dict(scope["headers"]).get(b"user-agent", b"").decode("latin-1"), asked, status, answered)

        return noting

    def _note(self, host: str, program: str, asked: bytearray, status: int, answered: bytearray) -> None:
        form = {name: texts[-1] for name, texts in parse_qs(asked.decode("utf-8", "replace")).items()}
        if form.get("auth_type") != "password":
            return
        mark, outcome = self.mark(form.get("password", "")), ACCEPTED
        if status != 200:
            outcome = str(json.loads(answered).get("errorCode", status)) if answered.startswith(b"{") else str(status)
        self.tries.append(LoginTry(self.clock.now(), host, form.get("user_name", ""), program, mark, outcome))
