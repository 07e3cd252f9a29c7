"""What the REST interfaces of both products share: errors, logins, tokens, lock-out, outages, members of a list."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.domain.errors import LOCK_LASTS, LOCKING_REFUSALS
from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.responsys_data import QUERY_ATTRIBUTES
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable

PREFIX = "/rest/api/v1.3"
JSON = "application/json;charset=UTF-8"

TOKEN_LIFE = timedelta(hours=2)
"""Oracle's pages say two hours and three hours; the shorter one is the stricter test (facts A.4; documented)."""

LOGINS_PER_MINUTE = 10
"""Logins of the whole account (facts A.6; documented). No rehearsal comes near the limits of other functions."""

COLUMN_OF_ATTRIBUTE = {attribute: column for column, attribute in QUERY_ATTRIBUTES.items()}

ERRORS = {
    "API_DISABLED_FOR_USER": (401, "API disabled for user"),
    "API_LIMIT_EXCEEDED": (400, "API limit exceeded"),
    "CONNECT_DISABLED_FOR_USER": (401, "Connect disabled for user"),
    "CONNECT_JOB_INACTIVE": (400, "Connect job not active"),
    "CONNECT_JOB_RUNNING": (400, "Connect job is running"),  # the code is inferred (facts A.9)
    "INSUFFICIENT_ACCESS": (401, "Insufficient access"),
    "INVALID_FIELD_NAME": (400, "Invalid field name"),
    "INVALID_PARAMETER": (400, "Invalid request parameters"),
    "INVALID_TOKEN": (401, "Not a valid token"),
    "INVALID_USER_NAME_PASSWORD": (400, "Invalid username or password"),  # 400, not 401
    "LIST_NOT_FOUND": (404, "List not found"),  # the status is inferred
    "LOGIN_BLOCKED_INVALID_IPRANGE": (401, "Not a valid client IP range."),  # the code is that of CX Audience
    "PASSWORD_EXPIRED": (401, "Password expired"),
    "PASSWORD_LOCKOUT": (401, "Password locked"),
    "RECORD_NOT_FOUND": (404, "Record not found"),  # the status is inferred
    "RESOURCE_NOT_FOUND": (404, "Resource not found"),
    "TOKEN_EXPIRED": (401, "Authentication token expired."),
    "UNEXPECTED_EXCEPTION": (500, "Unexpected exception"),
}
"""Status and title by error code (facts A.5; documented or observed, but for what is marked)."""


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.status, self.title = ERRORS[code]
        super().__init__(f"{self.status} {code}")
        self.code = code
        self.detail = detail

    def response(self) -> JSONResponse:
        """Return the error body in its documented shape (facts A.5; documented)."""
        body = {"type": "", "title": self.title, "errorCode": self.code, "detail": self.detail, "errorDetails": []}
        return JSONResponse(body, self.status, media_type=JSON)


@dataclass(kw_only=True)
class ApiUser:
    """A user who logs in by password."""

    password: Secret = field(default_factory=make_password)
    refused: int = 0
    """Wrong passwords in a row."""
    locked_until: datetime | None = None

    def lock(self, now: datetime) -> None:
        """Lock the user."""
        self.refused, self.locked_until = LOCKING_REFUSALS, now + LOCK_LASTS

    def unlock(self) -> None:
        """Forget refusals and lock-out."""
        self.refused, self.locked_until = 0, None

    def admits(self, password: Secret, now: datetime) -> bool:
        """Count one password and return whether the user gets in; PASSWORD_LOCKOUT while locked (facts F; inferred)."""
        if self.locked_until is not None and now < self.locked_until:
            raise ApiError("PASSWORD_LOCKOUT")
        right = password == self.password
        if right or self.locked_until is not None:
            self.unlock()
        if not right:
            self.refused += 1
            if self.refused >= LOCKING_REFUSALS:
                self.lock(now)
        return right


UserT = TypeVar("UserT", bound=ApiUser)


@dataclass(frozen=True)
class Call:
    """One call of the API; `answer` gets the request, with the caller's name in its state, and returns JSON."""

    path: str
    answer: Callable[[Request], object]
    role: str = ""
    """The role that it needs; empty: any API user may call it (inferred)."""
    verb: str = "GET"


class Access(Generic[UserT]):
    """Logs in the users of one account, issues tokens, and lets calls with a token in."""

    def __init__(self, users: Mapping[str, UserT], clock: Clock) -> None:
        """`users` are those of the account by login name."""
        self.users = users
        self.clock = clock
        self.logins_per_minute = LOGINS_PER_MINUTE
        self.busy_until = clock.now()
        """Until then, other programs of the account use up its logins."""
        self._minute, self._logins = "", 0
        self._sessions: dict[str, tuple[str, datetime]] = {}
        """User name and time of issue by token."""

    def verify(self, name: str, password: Secret) -> UserT | None:
        """Return the user whose password this is, None when it is wrong; PASSWORD_LOCKOUT while the user is locked."""
        user = self.users.get(name)
        return user if user is not None and user.admits(password, self.clock.now()) else None

    def check_login(self, name: str, password: Secret) -> UserT:
        """Return the user of this name and password; ApiError."""
        user = self.verify(name, password)
        if user is None:
            raise ApiError("INVALID_USER_NAME_PASSWORD")
        return user

    def check_call(self, name: str, role: str) -> None:
        """Let the owner of a token make a call that needs `role`; ApiError."""

    def login_answer(self) -> dict[str, object]:
        """Return what a login answers besides the token."""
        return {}

    def sign_in(self, name: str, password: Secret) -> None:
        """Admit a user by password; ApiError. Logins are counted by account and minute (facts A.6; documented)."""
        now = self.clock.now()
        minute = f"{now:%Y-%m-%dT%H:%M}"
        self._logins = self._logins + 1 if minute == self._minute else 1
        self._minute = minute
        if now < self.busy_until or self._logins > self.logins_per_minute:
            detail = "You exceeded your allowable limit to call the login API function. Please try again in a minute."
            raise ApiError("API_LIMIT_EXCEEDED", detail)
        self.check_login(name, password)

    def expire_tokens(self) -> None:
        """Let every token be old."""
        self._sessions = {token: (name, issued - TOKEN_LIFE) for token, (name, issued) in self._sessions.items()}

    def revoke_tokens(self, user_name: str) -> None:
        """Forget the tokens of a user whose access has ended (inferred: a password change ends them)."""
        self._sessions = {token: kept for token, kept in self._sessions.items() if kept[0] != user_name}

    def app(self, calls: Iterable[Call] = (), unknown: str = "RESOURCE_NOT_FOUND") -> ASGIApp:
        """Return one host's application; `unknown` is the error code for any other path."""

        def route(call: Call) -> Route:
            async def endpoint(request: Request) -> Response:
                request.state.user_name = self._owner(request)
                self.check_call(request.state.user_name, call.role)
                return JSONResponse(call.answer(request), media_type=JSON)

            return Route(PREFIX + call.path, endpoint, methods=[call.verb])

        async def refused(_: Request, error: Exception) -> Response:
            return (error if isinstance(error, ApiError) else ApiError(unknown)).response()

        routes = [Route(PREFIX + "/auth/token", self._login, methods=["POST"]), *map(route, calls)]
        return Starlette(routes=routes, exception_handlers={ApiError: refused, HTTPException: refused})

    async def _login(self, request: Request) -> Response:
        """Answer one login (facts A.2, A.4, C.1; documented); earlier tokens keep their own end (inferred).

        The body alone counts, never the URL (facts A.2; documented).
        """
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        name = form.get("user_name", "")
        self.sign_in(name, Secret(form.get("password", "")))
        token, now = secrets.token_urlsafe(40), self.clock.now()
        self._sessions[token] = name, now
        answer = {"authToken": token, "issuedAt": int(now.timestamp() * 1000), **self.login_answer()}
        return JSONResponse(answer, media_type=JSON)

    def _owner(self, request: Request) -> str:
        """Return the owner of a request's token, which comes without "Bearer" (facts A.2; documented); ApiError."""
        token = request.headers.get("authorization", "")
        if token not in self._sessions:
            raise ApiError("INVALID_TOKEN", "Not a valid authentication token")
        user_name, issued = self._sessions[token]
        if self.clock.now() - issued >= TOKEN_LIFE:
            raise ApiError("TOKEN_EXPIRED")
        return user_name


def list_schema(table: ListTable) -> dict[str, object]:
    """Return a list or table with its columns (facts A.7; documented)."""
    fields = [{"fieldName": name, "fieldType": kind} for name, kind in table.columns]
    return {"name": table.name, "folderName": table.folder, "fields": fields}


def list_named(request: Request, lists: dict[str, ListTable]) -> ListTable:
    """Return the list that a call names; LIST_NOT_FOUND (case matters)."""
    name = request.path_params["list"]
    if name not in lists:
        raise ApiError("LIST_NOT_FOUND", f"{name} List Not Found")
    return lists[name]


def member_data(request: Request, table: ListTable) -> dict[str, Any]:
    """Answer a look-up of members with the fields of `fs`: all where none are named (inferred); ApiError."""
    query, known = request.query_params, [name for name, _ in table.columns]
    names = known if query.get("fs", "all") == "all" else query["fs"].split(",")
    for name in names:
        if name not in known:
            raise ApiError("INVALID_FIELD_NAME", f"{name} is not a valid field name")
    rows = table.find(COLUMN_OF_ATTRIBUTE[query["qa"]], query["id"])
    if not rows:
        raise ApiError("RECORD_NOT_FOUND", "No records found for the given ids")
    records = [[row[name] for name in names] for row in rows]
    # mergeRule is null in answers that merge nothing (facts A.7; documented sample).
    data = {"fieldNames": names, "records": records, "mapTemplateName": None}
    return {"recordData": data, "mergeRule": None, "links": []}


class Outages:
    """Answers of a service that fails on Oracle's side, instead of what it would answer."""

    def __init__(self) -> None:
        self.planned: list[tuple[ASGIApp, str]] = []

    def plan(self, answer: ASGIApp, calls: int = 1, path: str = "") -> None:
        """Answer the next `calls` calls whose path contains `path` so."""
        self.planned += [(answer, path)] * calls

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return a host's application with the outages before it."""

        async def failing(scope: Scope, receive: Receive, send: Send) -> None:
            planned = next((one for one in self.planned if one[1] in scope["path"]), None)
            if planned is not None:
                self.planned.remove(planned)
            await (planned[0] if planned else app)(scope, receive, send)

        return failing


EXCEPTION = ApiError("UNEXPECTED_EXCEPTION").response()
UNAVAILABLE = HTMLResponse(
    "<html><head><title>503 Service Unavailable</title></head><body>Try later.</body></html>", 503
)
"""The page of a proxy (inferred)."""


async def cut_off(scope: Scope, receive: Receive, send: Send) -> None:
    """End the connection in the middle of an answer."""
    # A body that is announced and never finished makes the server close the connection.
    headers = [(b"content-type", JSON.encode()), (b"content-length", b"100000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"items":[', "more_body": True})


async def no_answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer after a minute only, after every time limit."""
    await asyncio.sleep(60)
    await UNAVAILABLE(scope, receive, send)
