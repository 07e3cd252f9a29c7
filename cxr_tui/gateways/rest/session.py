"""The session of one API user: one token for all calls, renewed once after it expires, and its failed logins.

Five wrong logins lock a user for an hour (facts B.3; documented), and the account has about ten logins per minute,
shared with CX Audience. So a command makes at most one failed login, whatever the answer. Exceptions are one new login
for an expired token, and one more after API_LIMIT_EXCEEDED when the minute is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from cxr_tui.domain.errors import (
    LoginRefusedError,
    LoginUnansweredError,
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
from cxr_tui.domain.login_endings import Result, result_of, running_command
from cxr_tui.domain.responsys_data import QUERY_ATTRIBUTES, FirstSeen, ListSchema
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.gateways.rest.error_mapping import NO_CODE, RECORD_NOT_FOUND, THROTTLED, is_dead_token
from cxr_tui.gateways.rest.error_mapping import result_of as result_of_answer
from cxr_tui.gateways.rest.first_seen import first_seen
from cxr_tui.gateways.rest.http_client import HttpAnswer, HttpClient
from cxr_tui.gateways.rest.login_limit import (
    FAULT_REST_SECONDS,
    FailedLogins,
    LoginLimit,
    Moment,
)
from cxr_tui.gateways.rest.response_models import list_schemas, login, member
from cxr_tui.gateways.rest.server_clock import ServerClock

PAUSE_SECONDS = 1.0
MINUTE = 60.0
MOST_WAITS = 2
"""Throttled minutes that a call waits for."""

API = "/rest/api/v1.3"
TOKEN_PATH = "/auth/token"  # nosec B105  # noqa: S105 - a path

Decoded = TypeVar("Decoded")
NoteWords = Callable[[Sequence[FirstSeen]], None]
"""Receives the undocumented words of an answer."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class AccessToken:
    """A token, the base URL of its calls, and the password of its login."""

    token: Secret
    base: str
    password: Secret


class ApiSession:
    """Calls of one API user; the first call logs in, and all calls share that login.

    `limit` counts failed logins of all processes (in memory by default); `failed` remembers those of this process, for
    all sessions of an integration. `sleep` waits for the end of a throttled minute and may show a countdown. Close the
    session when done; it belongs to one event loop. Calls that both products have are here.
    """

    product = ""
    """Name of the product in the notes of undocumented words."""

    def __init__(
        self,
        login_url: str,
        user_name: str,
        password: Callable[[], Awaitable[Secret]],
        clock: ServerClock,
        limit: LoginLimit | None = None,
        *,
        failed: FailedLogins | None = None,
        sleep: Sleep = asyncio.sleep,
        http: HttpClient | None = None,
        note_words: NoteWords | None = None,
    ) -> None:
        self.login_url = login_url.rstrip("/")
        self._user_name = user_name
        self._password = password
        self._clock = clock
        self._limit = limit or LoginLimit()
        self._failed = failed or FailedLogins()
        self._sleep = sleep
        self._http = http or HttpClient(clock)
        self._note_words = note_words
        self._token: AccessToken | None = None
        self._renewed: Moment | None = None
        """The last renewal of an expired token."""
        self._lock = asyncio.Lock()

    def base_of(self, named: str | None) -> str:
        """Return the base URL of all further calls for the `endPoint` of a login answer; OutsideError."""
        return self.login_url

    async def login(self) -> None:
        """Log in if there is no token; only this tries a refused password again.

        Raises LoginRefusedError, LoginBudgetSpentError, ThrottledError and the errors of the connection.
        """
        await self._ensure_token(asked_by_person=True)

    async def get(self, path: str, read: Callable[[str], Decoded], query: Mapping[str, str] | None = None) -> Decoded:
        """Return the result of `read` for the answer to a GET of a path below `API`.

        A connection error or 5xx is tried again once after a pause, a throttled call after the minute; a login never.
        """
        return await self._call("GET", path, read, query)

    async def put(self, path: str, read: Callable[[str], Decoded]) -> Decoded:
        """Do as `get` with an empty PUT; sent again only after an expired token, so it is never executed twice."""
        return await self._call("PUT", path, read)

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the lists that this user can see, with columns; NoAccessError without List Web Services Manager."""
        return await self.get("/lists", list_schemas)

    async def member(self, list_name: str, column: str, value: str) -> Mapping[str, str] | None:
        """Return a member's values by column name; None: no such member.

        Raises ValueError for a column without a look-up, NotFoundError for the list.
        """
        if column not in QUERY_ATTRIBUTES:
            raise ValueError(f"members cannot be looked up by {column}")
        query = {"qa": QUERY_ATTRIBUTES[column], "id": value, "fs": "all"}
        try:
            return await self.get(f"/lists/{quote(list_name, safe='')}/members", member, query)
        except NotFoundError as error:
            if error.code == RECORD_NOT_FOUND:
                return None
            raise

    async def close(self) -> None:
        """Forget the token and close the connections; the session may be used again."""
        self._token = None
        await self._http.close()

    async def _call(
        self, method: str, path: str, read: Callable[[str], Decoded], query: Mapping[str, str] | None = None
    ) -> Decoded:
        token = await self._ensure_token()
        renewed, repeated, waits = False, method != "GET", MOST_WAITS if method == "GET" else 0
        while True:
            try:
                answer = await self._http.request(
                    method,
                    token.base + API + path,
                    headers={"Authorization": token.token, "Content-Type": "application/json"},
                    query=query,
                    json=None if method == "GET" else {},
                )
                self._note(method, path, query, answer)
                return result_of_answer(answer, read, visible(path.lstrip("/")))
            except OutsideError as error:
                fault = error
            if is_dead_token(fault):
                if renewed:
                    raise self._dead_again(token, fault)
                token, renewed = await self._ensure_token(instead_of=token, died=fault), True
            elif waits and isinstance(fault, ThrottledError):
                # the server does not name a time (facts A.6), so wait for its next minute first
                await self._sleep(PAUSE_SECONDS + MINUTE - (self._clock.now().second if waits == MOST_WAITS else 0))
                waits -= 1
            elif not repeated and _may_pass(fault):
                repeated = True
                await self._sleep(PAUSE_SECONDS)
            else:
                raise fault

    async def _ensure_token(
        self, instead_of: AccessToken | None = None, *, died: OutsideError | None = None, asked_by_person: bool = False
    ) -> AccessToken:
        async with self._lock:
            if self._token is None or self._token is instead_of:
                self._token = None
                if instead_of is not None and died is not None:
                    rest = FAULT_REST_SECONDS if running_command() is None else 0.0
                    if self._renewed is not None and self._renewed.within(rest):
                        raise self._dead_again(instead_of, died)
                    self._renewed = Moment()
                self._token = await self._log_in(asked_by_person)
            return self._token

    def _dead_again(self, token: AccessToken, died: OutsideError) -> ServiceFaultError:
        """Give up after one renewal of the token; return the error for all calls of this command."""
        fault = ServiceFaultError(getattr(died, "status", 401), f"a new token is not accepted either ({died})")
        self._failed.note(self.login_url, self._user_name, token.password, fault)
        if self._token is token:
            self._token = None
        return fault

    async def _log_in(self, asked_by_person: bool) -> AccessToken:
        if not self._user_name:
            raise NothingStoredError("the user name")  # a login without a user would be refused and might be counted
        password = await self._password()
        self._failed.require_none(self.login_url, self._user_name, password, asked_by_person=asked_by_person)
        self._limit.require_left()
        try:
            try:
                issued, named = await self._send_login(password)
            except ThrottledError as error:
                if error.code != THROTTLED:
                    raise
                # one minute by this computer's clock, then exactly one more login
                await self._sleep(MINUTE + PAUSE_SECONDS)
                issued, named = await self._send_login(password)
            token = AccessToken(issued, self.base_of(named), password)
        except OutsideError as error:
            raise self._failure(password, error) from None
        self._failed.forget(self.login_url, self._user_name)
        self._limit.accepted()
        return token

    async def _send_login(self, password: Secret) -> tuple[Secret, str | None]:
        """Send one login. Canceling does not recall it, so it counts as unanswered."""
        sent = asyncio.Event()
        try:
            answer = await self._http.request(
                "POST",
                self.login_url + API + TOKEN_PATH,
                form={"user_name": self._user_name, "password": password, "auth_type": "password"},
                on_sent=sent.set,
            )
        except asyncio.CancelledError:
            if sent.is_set():
                with suppress(Exception):  # a journal that cannot be written must not swallow the cancellation
                    self._limit.unanswered()
            raise
        self._note("POST", TOKEN_PATH, None, answer)
        return result_of_answer(answer, login, "login answer")

    def _note(self, method: str, path: str, query: Mapping[str, str] | None, answer: HttpAnswer) -> None:
        """Note the undocumented words of an answer."""
        if self._note_words is not None and (words := first_seen(self.product, method, path, query, answer)):
            self._note_words(words)

    def _failure(self, password: Secret, error: OutsideError) -> OutsideError:
        """Count a failed login by its result, remember it, and return the error to raise."""
        match error:
            case UnreachableError(sent=True):
                error = LoginUnansweredError(error.reach, error.where, error.detail, flaw=error.flaw)
            case ThrottledError() | RedirectedError():
                pass
            case RefusedError():
                error = LoginRefusedError(error.status, error.code, error.title, error.detail)
            case ServiceFaultError() if 400 <= error.status < 500:
                error = LoginRefusedError(error.status, NO_CODE, error.detail)
            case _:
                pass
        result = result_of(error)
        if result is Result.OPEN:
            self._limit.unanswered()
        elif result.counts:
            self._limit.refused()
        if isinstance(error, LoginRefusedError):
            error.refusals = self._limit.spent().refused if result in (Result.REFUSED, Result.LOCKED) else 0
            error.item = self._limit.item
        self._failed.note(self.login_url, self._user_name, password, error)
        return error


def _may_pass(fault: OutsideError) -> bool:
    """Return whether a failed call may succeed a moment later."""
    if isinstance(fault, UnreachableError):
        return fault.reach in (Reach.REFUSED, Reach.CUT)
    return isinstance(fault, ServiceFaultError) and fault.status >= 500
