"""The login of one API user: one token for all calls, made anew once when it dies, and a memory of refusals.

Five wrong logins lock a user for an hour (facts B.3; documented), and the account has about ten logins a minute, which
CX Audience shares. So one command makes one login that does not succeed, whatever the answer. Exempt are one new login
for a token that died and one more after API_LIMIT_EXCEEDED once the minute is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from cxr_tui.domain.errors import (
    LoginRefusedError,
    LoginUnansweredError,
    MalformedError,
    NothingStoredError,
    OutsideError,
    Reach,
    RedirectedError,
    RefusedError,
    ServiceFaultError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.first_seen import FirstSeen
from cxr_tui.domain.login_endings import Result, result_of, running_command
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.error_mapping import NO_CODE, THROTTLED, is_dead_token
from cxr_tui.gateways.rest.error_mapping import result_of as result_of_answer
from cxr_tui.gateways.rest.failed_logins import FAULT_REST_SECONDS, FailedLogins, Moment
from cxr_tui.gateways.rest.first_seen import first_seen
from cxr_tui.gateways.rest.http_client import HttpAnswer, HttpClient
from cxr_tui.gateways.rest.login_limit import Allowance, OwnAllowance, require_left
from cxr_tui.gateways.rest.parts import Part
from cxr_tui.gateways.rest.server_clock import ServerClock

PAUSE_SECONDS = 1.0
MINUTE = 60.0

TOKEN_PATH = "/rest/api/v1.3/auth/token"  # nosec B105  # noqa: S105 - a path

NoteWords = Callable[[Sequence[FirstSeen]], None]
"""Takes the words of an answer that no document mentions."""

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Held:
    """A token, the base URL that its calls go to, and the password that it was given for."""

    token: Secret
    base: str
    password: Secret


class TokenSession:
    """Calls of one API user; all callers share one login.

    `base_of` reads from the login's answer where all further calls go. `allowance` counts logins that went wrong over
    all processes, `failed` remembers them within this one. `sleep` waits out a throttled minute.
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
        product: str,
        note_words: NoteWords | None = None,
        allowance: Allowance | None = None,
        failed: FailedLogins | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._login_url = login_url.rstrip("/")
        self._user_name = user_name
        self._password = password
        self._clock = clock
        self._http = http
        self._base_of = base_of
        self._product = product
        self._note_words = note_words
        self._allowance = allowance or OwnAllowance()
        self._sleep = sleep
        self._failed = failed or FailedLogins()
        self._held: Held | None = None
        self._renewed: Moment | None = None
        """When a dead token was replaced last."""
        self._lock = asyncio.Lock()

    async def login(self) -> None:
        """Log in if no token is held; the one way by which a wrong password is tried a second time.

        Raises LoginRefusedError, LoginBudgetSpentError, ThrottledError and the errors of the connection.
        """
        await self._hold(asked_by_person=True)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> object:
        """Return the JSON of a GET; one connection fault or 5xx is tried again after a moment, a login never."""
        await self._hold()
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
        except OutsideError as error:
            if not is_dead_token(error):
                raise
            died = error
        held = await self._hold(instead_of=held, died=died)
        try:
            return await self._ask(held, method, path, query, body)
        except OutsideError as error:
            if not is_dead_token(error):
                raise
            raise self._dead_again(held, error) from None

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
            self._look(method, path, query, answer)
            return result_of_answer(answer)

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

    async def _hold(
        self, instead_of: Held | None = None, *, died: OutsideError | None = None, asked_by_person: bool = False
    ) -> Held:
        async with self._lock:
            if self._held is None or self._held is instead_of:
                self._held = None
                if instead_of is not None and died is not None:
                    rest = FAULT_REST_SECONDS if running_command() is None else 0.0
                    if self._renewed is not None and self._renewed.within(rest):
                        raise self._dead_again(instead_of, died)
                    self._renewed = Moment()
                self._held = await self._log_in(asked_by_person)
            return self._held

    def _dead_again(self, held: Held, died: OutsideError) -> ServiceFaultError:
        """Give up after one new login for a dead token; return the error that every call of this command gets now."""
        fault = ServiceFaultError(getattr(died, "status", 401), f"a new token is not accepted either ({died})")
        self._failed.note(self._login_url, self._user_name, held.password, fault)
        if self._held is held:
            self._held = None
        return fault

    async def _log_in(self, asked_by_person: bool) -> Held:
        if not self._user_name:
            raise NothingStoredError("the user name")  # a login as nobody would be refused, and might be counted
        password = await self._password()
        self._failed.require_none(self._login_url, self._user_name, password, asked_by_person=asked_by_person)
        require_left(self._allowance)
        try:
            answer = await self._send_once_more_if_throttled(password)
            token = Secret(answer["authToken"].text())
            if not _fits_header(token):
                raise MalformedError("login answer.authToken holds characters that no token has")
            held = Held(token, self._base_of(answer), password)
        except OutsideError as error:
            raise self._failure(password, error) from None
        self._failed.forget(self._login_url, self._user_name)
        self._allowance.accepted()
        return held

    async def _send_once_more_if_throttled(self, password: Secret) -> Part:
        """Wait out one minute by this machine's clock where the account's logins are used up, then log in once more."""
        try:
            return await self._send(password)
        except ThrottledError as error:
            if error.code != THROTTLED:
                raise
        await self._sleep(MINUTE + PAUSE_SECONDS)
        return await self._send(password)

    async def _send(self, password: Secret) -> Part:
        """Send one login. Cancelling it does not undo that it was sent."""
        sent = asyncio.Event()
        try:
            answer = await self._http.send(
                "POST",
                self._login_url + TOKEN_PATH,
                form={"user_name": self._user_name, "password": password, "auth_type": "password"},
                on_sent=sent.set,
            )
            self._look("POST", TOKEN_PATH, None, answer)
            return Part(result_of_answer(answer), "login answer")
        except asyncio.CancelledError:
            if sent.is_set():
                with suppress(Exception):  # a journal that cannot be written must not swallow the cancellation
                    self._allowance.unanswered()
            raise

    def _look(self, method: str, path: str, query: Mapping[str, str] | None, answer: HttpAnswer) -> None:
        """Note the words of an answer that no document mentions."""
        if self._note_words is not None:
            words = first_seen(self._product, method, path, query, answer)
            if words:
                self._note_words(words)

    def _failure(self, password: Secret, error: OutsideError) -> OutsideError:
        """Count a failed login by what it says of the password, remember it, and return the error to raise."""
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
            self._allowance.unanswered()
        elif result.counts:
            self._allowance.refused()
        if isinstance(error, LoginRefusedError):
            error.refusals = self._allowance.spent().refused if result in (Result.REFUSED, Result.LOCKED) else 0
            error.item = self._allowance.item
        self._failed.note(self._login_url, self._user_name, password, error)
        return error


def _fits_header(token: Secret) -> bool:
    text = token.reveal()
    return bool(text) and text.isascii() and text.isprintable() and " " not in text
