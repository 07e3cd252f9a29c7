"""The login of one API user: one token for all calls, made anew once when it dies, and a memory of refusals.

Five wrong logins lock a user for an hour (facts B.3; documented), so a refused login is never repeated by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from cxr_tui.gateways.clock import ServerClock
from cxr_tui.gateways.http import HttpClient
from cxr_tui.gateways.parts import Part
from cxr_tui.gateways.refusals import is_dead_token, result_of
from cxr_tui.model.errors import (
    MOST_REFUSALS,
    LoginBudgetSpentError,
    LoginRefusedError,
    MalformedError,
    NotFoundError,
    NothingStoredError,
    Reach,
    RefusedError,
    ServiceFaultError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.model.secret import Secret

NOT_THE_PASSWORD = frozenset(
    {
        "PASSWORD_EXPIRED",
        "API_DISABLED_FOR_USER",
        "API_BLOCKED",
        "DUPLICATE_API_REQUEST",
        "INTERNAL_CAPACITY_LIMIT_EXCEEDED",
    }
)
"""Refused logins that blame something else than the password; they lead to no lock and are not counted (inferred)."""

PERSON_REST_SECONDS = 10.0
"""Somebody who has mended something needs longer than this; checks that run one after the other do not."""
FAULT_REST_SECONDS = 60.0
"""After this long a login that was refused for something else than the password is tried again by any call."""
PAUSE_SECONDS = 1.0

TOKEN_PATH = "/rest/api/v1.3/auth/token"  # nosec B105  # noqa: S105 - a path

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Held:
    """A token and the base URL that its calls go to."""

    token: Secret
    base: str


@dataclass(frozen=True)
class _Refusal:
    password: Secret
    error: LoginRefusedError
    at: float


class TokenSession:
    """Calls of one API user; all callers share one login.

    `base_of` reads from the login's answer where all further calls go. `refusals` counts refused logins with this
    password that are already known, `on_refusal` is told of each new one. `sleep` waits out a throttled minute.
    """

    def __init__(
        self,
        login_url: str,
        user_name: str,
        password: Callable[[], Awaitable[Secret]],
        clock: ServerClock,
        http: HttpClient,
        *,
        base_of: Callable[[Part], str],
        refusals: int = 0,
        on_refusal: Callable[[], None] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._login_url = login_url.rstrip("/")
        self._user_name = user_name
        self._password = password
        self._clock = clock
        self._http = http
        self._base_of = base_of
        self._refusals = refusals
        self._on_refusal = on_refusal
        self._sleep = sleep
        self._held: Held | None = None
        self._refusal: _Refusal | None = None
        self._lock = asyncio.Lock()

    async def login(self) -> None:
        """Log in if no token is held; the one way by which a wrong password is tried a second time.

        Raises LoginRefusedError, LoginBudgetSpentError, ThrottledError and the errors of the connection.
        """
        await self._hold(asked_by_person=True)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """Return the JSON of a GET; one connection fault or 5xx is tried again after a moment."""
        try:
            return await self._call("GET", path, query=query)
        except UnreachableError as error:
            if error.reach not in (Reach.REFUSED, Reach.CUT):
                raise
        except ServiceFaultError as error:
            if error.status < 500:
                raise
        await self._sleep(PAUSE_SECONDS)
        return await self._call("GET", path, query=query)

    async def put(self, path: str, body: Mapping[str, object]) -> object:
        """Return the JSON of a PUT; sent again only where a dead token refused it, so never carried out twice."""
        return await self._call("PUT", path, body=body)

    async def close(self) -> None:
        """Forget the token and close the connections; the gateway may be used again."""
        self._held = None
        await self._http.close()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> object:
        held = await self._hold()
        try:
            return await self._ask(held, method, path, query, body)
        except RefusedError as error:
            if not is_dead_token(error):
                raise
        held = await self._hold(instead_of=held)
        return await self._ask(held, method, path, query, body)

    async def _ask(
        self,
        held: Held,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, object] | None,
    ) -> object:
        async def once() -> object:
            answer = await self._http.send(
                method,
                held.base + path,
                headers={"Authorization": held.token, "Content-Type": "application/json"},
                query=query,
                json=body,
            )
            return result_of(answer, hide=(held.token,))

        return await (self._unthrottled(once) if method == "GET" else once())

    async def _unthrottled(self, once: Callable[[], Awaitable[object]]) -> object:
        """Wait out the minute where the account's calls are used up; the server names no time (facts A.6)."""
        waits = (60.0 - self._clock.now().second + PAUSE_SECONDS, 60.0 + PAUSE_SECONDS)
        for wait in waits:
            try:
                return await once()
            except ThrottledError:
                await self._sleep(wait)
        return await once()

    async def _hold(self, instead_of: Held | None = None, *, asked_by_person: bool = False) -> Held:
        async with self._lock:
            if self._held is None or self._held is instead_of:
                self._held = None
                self._held = await self._log_in(asked_by_person)
            return self._held

    async def _log_in(self, asked_by_person: bool) -> Held:
        if not self._user_name:
            raise NothingStoredError("the user name")  # a login as nobody would be refused, and might be counted
        password = await self._password()
        self._heed_refusals(password, asked_by_person)

        async def once() -> object:
            answer = await self._http.send(
                "POST",
                self._login_url + TOKEN_PATH,
                form={"user_name": self._user_name, "password": password, "auth_type": "password"},
            )
            return result_of(answer, hide=(password,))

        try:
            answer = Part(await self._unthrottled(once), "login answer")
        except (ThrottledError, NotFoundError):
            raise  # says nothing of this user
        except RefusedError as error:
            if 300 <= error.status < 400:
                raise
            raise self._remember(password, error) from None
        token = Secret(answer["authToken"].text())
        if not _fits_header(token):
            raise MalformedError("login answer.authToken holds characters that no token has")
        self._refusal = None
        return Held(token, self._base_of(answer))

    def _heed_refusals(self, password: Secret, asked_by_person: bool) -> None:
        refusal = self._refusal
        if refusal is not None and refusal.password == password:
            rest = monotonic() - refusal.at
            blamed = refusal.error.code not in NOT_THE_PASSWORD
            enough = FAULT_REST_SECONDS if not asked_by_person else PERSON_REST_SECONDS
            if rest < enough or (blamed and not asked_by_person):
                error = refusal.error
                raise LoginRefusedError(error.status, error.code, error.title, error.detail, refusals=error.refusals)
        if self._refusals >= MOST_REFUSALS:
            raise LoginBudgetSpentError(self._refusals)

    def _remember(self, password: Secret, error: RefusedError) -> LoginRefusedError:
        blamed = error.code not in NOT_THE_PASSWORD
        if blamed:
            self._refusals += 1
            if self._on_refusal is not None:
                self._on_refusal()
        counted = self._refusals if blamed else 0
        refused = LoginRefusedError(error.status, error.code, error.title, error.detail, refusals=counted)
        self._refusal = _Refusal(password, refused, monotonic())
        return refused


def _fits_header(token: Secret) -> bool:
    text = token.reveal()
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
