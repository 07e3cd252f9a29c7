"""The login of one API user: one token for all calls, made anew once when it dies, and a memory of refusals.

Five wrong logins lock a user for an hour (facts B.3; documented), so a refused login is never repeated by itself, nor
is one whose answer was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from cxr_tui.gateways.allowance import Allowance, OwnAllowance, require_left
from cxr_tui.gateways.clock import ServerClock
from cxr_tui.gateways.http import HttpAnswer, HttpClient
from cxr_tui.gateways.parts import Part
from cxr_tui.gateways.refusals import is_dead_token, result_of
from cxr_tui.model.errors import (
    LoginRefusedError,
    LoginUnansweredError,
    MalformedError,
    NotFoundError,
    NothingStoredError,
    OutsideError,
    Reach,
    RedirectedError,
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
"""After this long a login that failed for something else than the password is tried again by any call."""
PAUSE_SECONDS = 1.0

TOKEN_PATH = "/rest/api/v1.3/auth/token"  # nosec B105  # noqa: S105 - a path

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Held:
    """A token and the base URL that its calls go to."""

    token: Secret
    base: str


@dataclass(frozen=True)
class _Failure:
    """The newest login that did not let anybody in."""

    password: Secret
    error: OutsideError
    at: float

    @property
    def blames_password(self) -> bool:
        return isinstance(self.error, LoginRefusedError) and self.error.code not in NOT_THE_PASSWORD


class TokenSession:
    """Calls of one API user; all callers share one login.

    `base_of` reads from the login's answer where all further calls go. `allowance` counts logins that went wrong.
    `sleep` waits out a throttled minute.
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
        allowance: Allowance | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._login_url = login_url.rstrip("/")
        self._user_name = user_name
        self._password = password
        self._clock = clock
        self._http = http
        self._base_of = base_of
        self._allowance = allowance or OwnAllowance()
        self._sleep = sleep
        self._held: Held | None = None
        self._failure: _Failure | None = None
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
        except LoginUnansweredError:
            raise
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
            return result_of(answer)

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
        self._heed_failures(password, asked_by_person)

        async def once() -> object:
            answer = await self._send(password)
            return result_of(answer)

        try:
            answer = Part(await self._unthrottled(once), "login answer")
        except (ThrottledError, NotFoundError, RedirectedError):
            raise  # says nothing of this user
        except RefusedError as error:
            raise self._refused(password, error) from None
        except MalformedError as error:
            raise self._unclear(password, error) from None
        except ServiceFaultError as error:
            if not 400 <= error.status < 500:
                raise
            raise self._unclear(password, error) from None
        token = Secret(answer["authToken"].text())
        if not _fits_header(token):
            raise MalformedError("login answer.authToken holds characters that no token has")
        self._failure = None
        self._allowance.accepted()
        return Held(token, self._base_of(answer))

    async def _send(self, password: Secret) -> HttpAnswer:
        """Send one login; counts it where no answer came. Giving up on it does not undo that it was sent."""
        try:
            return await self._http.send(
                "POST",
                self._login_url + TOKEN_PATH,
                form={"user_name": self._user_name, "password": password, "auth_type": "password"},
            )
        except UnreachableError as error:
            if not error.sent:
                raise
            unanswered = LoginUnansweredError(error.reach, error.where, error.detail, flaw=error.flaw)
            raise self._unclear(password, unanswered) from None
        except asyncio.CancelledError:
            self._allowance.unanswered()
            raise

    def _heed_failures(self, password: Secret, asked_by_person: bool) -> None:
        failure = self._failure
        if failure is not None and failure.password == password:
            rest = monotonic() - failure.at
            enough = FAULT_REST_SECONDS if not asked_by_person else PERSON_REST_SECONDS
            if rest < enough or (failure.blames_password and not asked_by_person):
                raise failure.error.with_traceback(None)
        require_left(self._allowance)

    def _refused(self, password: Secret, error: RefusedError) -> LoginRefusedError:
        blamed = error.code not in NOT_THE_PASSWORD
        if blamed:
            self._allowance.refused()
        counted = self._allowance.spent().refused if blamed else 0
        told = (error.status, error.code, error.title, error.detail)
        refused = LoginRefusedError(*told, refusals=counted, item=self._allowance.item)
        self._failure = _Failure(password, refused, monotonic())
        return refused

    def _unclear(self, password: Secret, error: OutsideError) -> OutsideError:
        """Count a login of which nobody knows whether it was refused."""
        self._allowance.unanswered()
        self._failure = _Failure(password, error, monotonic())
        return error


def _fits_header(token: Secret) -> bool:
    text = token.reveal()
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
