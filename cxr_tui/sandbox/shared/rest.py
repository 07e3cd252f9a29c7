"""What the REST interfaces of both products share: error bodies, tokens, lock-out, limits, members of a list."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.lists import ListTable

PREFIX = "/rest/api/v1.3"
JSON = "application/json;charset=UTF-8"

TOKEN_LIFE = timedelta(hours=2)
"""Oracle's pages say two hours and three hours; the shorter one is the stricter test (facts A.4; documented)."""

LOCK_AFTER = 5
"""Wrong passwords in a row that lock a user (facts B.3, C.2; documented)."""
LOCK_TIME = timedelta(minutes=60)
"""The default (facts B.3, C.2; documented)."""

DEFAULT_LIMIT = 200
"""Calls per minute of an API function without a known limit (facts A.6; documented)."""

QUERY_ATTRIBUTES = {
    "r": "RIID_",
    "e": "EMAIL_ADDRESS_",
    "c": "CUSTOMER_ID_",
    "m": "MOBILE_NUMBER_",
    "e_md5": "EMAIL_MD5_HASH_",
    "e_sha256": "EMAIL_SHA256_HASH_",
}
"""Values of `qa` (facts A.7; documented)."""


class ApiError(Exception):
    """An answer other than success, with the parts of the documented error body (facts A.5)."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail

    def response(self) -> JSONResponse:
        """Return the error body in its documented shape (facts A.5; documented)."""
        body = {"type": "", "title": self.title, "errorCode": self.code, "detail": self.detail, "errorDetails": []}
        return JSONResponse(body, self.status, media_type=JSON)


def wrong_user_or_password() -> ApiError:
    """Refuse with 400, not 401 (facts A.5; documented and observed)."""
    return ApiError(400, "INVALID_USER_NAME_PASSWORD", "Invalid username or password")


def api_disabled() -> ApiError:
    """Refuse: web services are off for account or user (documented), or the user is suspended (facts F; inferred)."""
    return ApiError(401, "API_DISABLED_FOR_USER", "API disabled for user", "API is disabled for user")


def invalid_token() -> ApiError:
    """Refuse: no token, an invented token, or a token of another host (facts A.5; observed)."""
    return ApiError(401, "INVALID_TOKEN", "Not a valid token", "Not a valid authentication token")


def invalid_parameter(detail: str) -> ApiError:
    """Refuse: a request the API cannot read (facts A.5; documented)."""
    return ApiError(400, "INVALID_PARAMETER", "Invalid request parameters", detail)


def list_not_found(name: str) -> ApiError:
    """Refuse: no such list (facts A.5: text observed, status inferred)."""
    return ApiError(404, "LIST_NOT_FOUND", "List not found", f"{name} List Not Found")


def resource_not_found() -> ApiError:
    """Refuse: no such path or object (facts A.5; observed)."""
    return ApiError(404, "RESOURCE_NOT_FOUND", "Resource not found")


@dataclass(frozen=True)
class ApiFunction:
    """One function of the API, the role it needs, and its limit."""

    name: str
    path: str
    description: str
    role: str = ""
    """Empty: any API user (inferred)."""
    limit: int = DEFAULT_LIMIT
    """Calls per minute of the whole account."""
    verb: str = "GET"


LOGIN = ApiFunction("login", "/auth/token", "Login", limit=10, verb="POST")


@dataclass(frozen=True)
class Call:
    """One admitted call: the name of the user who calls, and the request."""

    user_name: str
    request: Request

    def path(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str, otherwise: str = "") -> str:
        """Return a query parameter."""
        return str(self.request.query_params.get(name, otherwise))

    def number(self, name: str, otherwise: int) -> int:
        """Return a query parameter as a whole number; INVALID_PARAMETER."""
        text = self.query(name, str(otherwise))
        if not text.isascii() or not text.isdigit():
            raise invalid_parameter(f"{name} should be a numeric value.")
        return int(text)

    def link(self) -> dict[str, str]:
        """Return the HATEOAS link to this call, without a host (facts A.7; observed)."""
        url = self.request.url
        href = url.path + (f"?{url.query}" if url.query else "")
        return {"rel": "self", "href": href, "method": self.request.method}


Handler: TypeAlias = Callable[[Call], Awaitable[object]]
Login: TypeAlias = Callable[[Request], Awaitable[object]]


def rest_host(
    login: Login,
    functions: Mapping[ApiFunction, Handler] | None = None,
    admit: Callable[[ApiFunction, Request], str] | None = None,
    unknown: Callable[[], ApiError] = resource_not_found,
) -> Starlette:
    """Return one host's application.

    `admit` returns the name of the user who may call the function or raises ApiError; `unknown` answers any other path.
    """

    def route(function: ApiFunction, answer: Login) -> Route:
        async def endpoint(request: Request) -> Response:
            return JSONResponse(await answer(request), media_type=JSON)

        return Route(PREFIX + function.path, endpoint, methods=[function.verb])

    def guarded(function: ApiFunction, handler: Handler) -> Login:
        async def answer(request: Request) -> object:
            return await handler(Call(admit(function, request) if admit else "", request))

        return answer

    async def refused(_: Request, error: Exception) -> Response:
        return error.response() if isinstance(error, ApiError) else unknown().response()

    routes: list[BaseRoute] = [route(LOGIN, login)]
    routes += [route(function, guarded(function, handler)) for function, handler in (functions or {}).items()]
    return Starlette(routes=routes, exception_handlers={ApiError: refused, HTTPException: refused})


async def read_login(request: Request) -> tuple[str, Secret]:
    """Return user name and password; ApiError. The body alone counts, never the URL (facts A.2; documented)."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise invalid_parameter("Content-Type must be application/x-www-form-urlencoded")
    body = (await request.body()).decode("utf-8", "replace")
    form = {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
    if form.get("auth_type") != "password":
        raise invalid_parameter("auth_type is not supported")
    return form.get("user_name", ""), Secret(form.get("password", ""))


@dataclass
class LockOut:
    """The wrong passwords of one user."""

    refused: int = 0
    """In a row."""
    until: datetime | None = None

    def active(self, now: datetime) -> bool:
        """Return whether the user is locked now."""
        return self.until is not None and now < self.until

    def lock(self, now: datetime) -> None:
        """Lock the user."""
        self.refused, self.until = LOCK_AFTER, now + LOCK_TIME

    def unlock(self) -> None:
        """Forget refusals and lock-out."""
        self.refused, self.until = 0, None

    def admits(self, right: bool, now: datetime) -> bool:
        """Count one password and return whether the user gets in; PASSWORD_LOCKOUT while locked (facts F; inferred)."""
        if self.active(now):
            raise ApiError(401, "PASSWORD_LOCKOUT", "Password locked")
        if right or self.until is not None:
            self.unlock()
        if not right:
            self.refused += 1
            if self.refused >= LOCK_AFTER:
                self.lock(now)
        return right


class Tokens:
    """The tokens of one account: 54 URL-safe characters, two hours of life by the sandbox's clock."""

    def __init__(self) -> None:
        self._sessions: dict[str, tuple[str, datetime]] = {}
        """User name and time of issue by token."""

    def issue(self, user_name: str, now: datetime) -> dict[str, object]:
        """Return the answer to a login; earlier tokens of the user keep their own end (inferred)."""
        token = secrets.token_urlsafe(40)
        self._sessions[token] = user_name, now
        return {"authToken": token, "issuedAt": int(now.timestamp() * 1000)}

    def user_of(self, request: Request, now: datetime) -> str:
        """Return the owner of a request's token, which comes without "Bearer" (facts A.2; documented); ApiError."""
        token = request.headers.get("authorization", "")
        if token not in self._sessions:
            raise invalid_token()
        user_name, issued = self._sessions[token]
        if now - issued >= TOKEN_LIFE:
            raise ApiError(401, "TOKEN_EXPIRED", "Authentication token expired.")
        return user_name

    def expire_all(self) -> None:
        """Let every token be old."""
        self._sessions = {token: (name, issued - TOKEN_LIFE) for token, (name, issued) in self._sessions.items()}

    def revoke(self, user_name: str) -> None:
        """Forget the tokens of a user whose access has ended (inferred: a password change ends them)."""
        self._sessions = {token: kept for token, kept in self._sessions.items() if kept[0] != user_name}


class Throttle:
    """Counts calls by account, function and minute, never by user (facts A.6; documented)."""

    def __init__(self) -> None:
        self.limits: dict[str, int] = {}
        """Calls per minute by function, where the account differs from the defaults (facts A.6; documented)."""
        self.used_up: dict[str, datetime] = {}
        """Functions whose limit other programs of the account use up, and until when."""
        self._minute = ""
        self._calls: dict[str, int] = {}

    def count(self, function: ApiFunction, now: datetime) -> None:
        """Count a call; API_LIMIT_EXCEEDED beyond the limit."""
        minute = now.strftime("%Y-%m-%dT%H:%M")
        if minute != self._minute:
            self._minute = minute
            self._calls.clear()
        calls = self._calls[function.name] = self._calls.get(function.name, 0) + 1
        if now < self.used_up.get(function.name, now) or calls > self.limits.get(function.name, function.limit):
            raise ApiError(
                400,
                "API_LIMIT_EXCEEDED",
                "API limit exceeded",
                f"You exceeded your allowable limit to call the {function.name} API function. "
                "Please try again in a minute.",
            )


def list_schema(table: ListTable) -> dict[str, object]:
    """Return a list or table with its columns (facts A.7; documented)."""
    fields = [{"fieldName": name, "fieldType": kind} for name, kind in table.columns]
    return {"name": table.name, "folderName": table.folder, "fields": fields}


def find_members(call: Call, table: ListTable) -> list[dict[str, str]]:
    """Return the members that a call asks for by `qa` and `id`; ApiError."""
    attribute, value = call.query("qa"), call.query("id")
    if attribute not in QUERY_ATTRIBUTES:
        raise invalid_parameter(f"{attribute} is not a valid query attribute")
    if not value:
        raise invalid_parameter("id is required")
    return table.find(QUERY_ATTRIBUTES[attribute], value)


def member_data(call: Call, table: ListTable) -> dict[str, Any]:
    """Answer a look-up of members with the fields of `fs`: all where none are named (inferred); ApiError."""
    rows = find_members(call, table)
    known = [name for name, _ in table.columns]
    wanted = call.query("fs")
    names = known if wanted in ("", "all") else [name.strip() for name in wanted.split(",")]
    for name in names:
        if name not in known:
            raise ApiError(400, "INVALID_FIELD_NAME", "Invalid field name", f"{name} is not a valid field name")
    if not rows:
        # The code is documented, the status inferred (facts A.5).
        raise ApiError(404, "RECORD_NOT_FOUND", "Record not found", "No records found for the given ids")
    records = [[row[name] for name in names] for row in rows]
    # mergeRule is null in answers that merge nothing (facts A.7; documented sample).
    data = {"fieldNames": names, "records": records, "mapTemplateName": None}
    return {"recordData": data, "mergeRule": None, "links": [call.link()]}


class Outage(StrEnum):
    """How a service can fail on Oracle's side."""

    EXCEPTION = "exception"
    """500 with an error body (facts A.5, UNEXPECTED_EXCEPTION)."""
    UNAVAILABLE = "unavailable"
    """503 with an HTML page of a proxy (inferred)."""
    CUT = "cut"
    """The connection ends in the middle of an answer."""
    SILENT = "silent"
    """No answer for a minute."""


@dataclass
class _Planned:
    outage: Outage
    calls: int
    path: str


class Outages:
    """Which of the coming calls to a product's hosts fail."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, outage: Outage, calls: int = 1, path: str = "") -> None:
        """Let the next `calls` calls whose path contains `path` fail."""
        self._planned.append(_Planned(outage, calls, path))

    def clear(self) -> None:
        """End all outages."""
        self._planned.clear()

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return a host's application with the outages before it."""

        async def failing(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await self._answer(scope["path"]) if scope["type"] == "http" else None
            await (answer or app)(scope, receive, send)

        return failing

    async def _answer(self, path: str) -> ASGIApp | None:
        planned = next((one for one in self._planned if one.calls > 0 and one.path in path), None)
        if planned is None:
            return None
        planned.calls -= 1
        match planned.outage:
            case Outage.EXCEPTION:
                return ApiError(500, "UNEXPECTED_EXCEPTION", "Unexpected exception").response()
            case Outage.UNAVAILABLE:
                page = "<html><head><title>503 Service Unavailable</title></head><body>Try later.</body></html>"
                return HTMLResponse(page, 503)
            case Outage.CUT:
                return cut_off
            case Outage.SILENT:
                await asyncio.sleep(60)
        return None


async def cut_off(scope: Scope, receive: Receive, send: Send) -> None:
    """Begin an answer and let the connection end."""
    # A body that is announced and never finished makes the server close the connection.
    headers = [(b"content-type", JSON.encode()), (b"content-length", b"100000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"items":[', "more_body": True})
