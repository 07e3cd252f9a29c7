"""CX Audience's REST interface: login, lists and members, nothing else is documented (facts C.1)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience import members
from cxr_tui.sandbox.audience.auth import ApiError, Gatekeeper
from cxr_tui.sandbox.audience.merge import merge
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable

_ROOT = "/rest/api/v1.3"
_FORM = "application/x-www-form-urlencoded"

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Rest:
    """The endpoints over one account."""

    def __init__(self, account: Account, gatekeeper: Gatekeeper, clock: Clock) -> None:
        self._account = account
        self._gatekeeper = gatekeeper
        self._clock = clock

    def app(self) -> Starlette:
        """Return the application; every error comes in the documented JSON shape (facts A.5)."""
        one, many = _ROOT + "/lists/{name}/members/{riid}", _ROOT + "/lists/{name}/members"
        return Starlette(
            routes=[
                Route(_ROOT + "/auth/token", self._token, methods=["POST"]),
                Route(_ROOT + "/lists", self._guarded("Retrieve profile lists", self._lists), methods=["GET"]),
                Route(many, self._guarded("Retrieve list recipients", self._find), methods=["GET"]),
                Route(many, self._guarded("Merge list recipients", self._post), methods=["POST"]),
                Route(one, self._guarded("Retrieve list recipients", self._get), methods=["GET"]),
                Route(one, self._guarded("Delete list recipients", self._delete), methods=["DELETE"]),
            ],
            exception_handlers={ApiError: _api_error, HTTPException: _not_there},
        )

    async def _token(self, request: Request) -> Response:
        """Log in, or refresh; the answer holds no endPoint, for the host stays the same (facts C.1; documented)."""
        if not request.headers.get("content-type", "").startswith(_FORM):
            raise _bad_request(f"Content-Type must be {_FORM}")
        form = {name: texts[-1] for name, texts in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        if form.get("auth_type") == "token":
            token, issued = self._gatekeeper.refresh(request.headers.get("authorization", ""))
        elif form.get("auth_type") == "password":
            name, password = form.get("user_name", ""), Secret(form.get("password", ""))
            token, issued = self._gatekeeper.log_in(name, password)
        else:
            raise _bad_request("auth_type must be password or token")
        return _json({"authToken": token, "issuedAt": int(issued.timestamp() * 1000)})

    async def _lists(self, _: Request) -> Response:
        """Answer a bare array (facts C.1; documented)."""
        return _json(
            [
                {
                    "name": table.name,
                    "folderName": table.folder,
                    "fields": [{"fieldName": name, "fieldType": kind} for name, kind in table.columns],
                }
                for table in self._account.lists.values()
            ]
        )

    async def _find(self, request: Request) -> Response:
        query = request.query_params
        table = self._table(request)
        rows = members.find(table, query.get("qa", ""), query.get("id", ""))
        return _json(members.record_data(table, rows, query.get("fs", "all"), _self_link(request)))

    async def _get(self, request: Request) -> Response:
        table = self._table(request)
        rows = members.find(table, "r", request.path_params["riid"])
        return _json(members.record_data(table, rows, request.query_params.get("fs", "all"), _self_link(request)))

    async def _delete(self, request: Request) -> Response:
        table = self._table(request)
        rows = members.find(table, "r", request.path_params["riid"])
        table.delete(rows[0]["RIID_"])
        return _json({"id": rows[0]["RIID_"], "message": "Member deleted"})  # the documented answer was not found

    async def _post(self, request: Request) -> Response:
        table = self._table(request)
        body = await _read_json(request)
        action = request.query_params.get("action")
        if action is None:
            return _json(merge(table, body, self._clock.now(), _self_link(request)))
        if action not in ("get", "delete"):
            raise _bad_request("action must be get or delete")
        rows = members.find_many(table, body)
        if action == "get":
            return _json(members.record_data(table, rows, members.field_list(body), _self_link(request)))
        for row in rows:
            table.delete(row["RIID_"])
        return _json(members.record_data(table, rows, "RIID_", _self_link(request)))

    def _table(self, request: Request) -> ListTable:
        name = request.path_params["name"]
        if name not in self._account.lists:
            raise ApiError(404, "LIST_NOT_FOUND", "List not found", f"{name} List Not Found")
        return self._account.lists[name]

    def _guarded(self, function: str, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            self._gatekeeper.user_of(request.headers.get("authorization", ""))
            self._gatekeeper.count(function)
            return await endpoint(request)

        return guarded


async def _read_json(request: Request) -> Mapping[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise _bad_request("the body is no JSON") from None
    if not isinstance(body, dict):
        raise _bad_request("the body is no JSON object")
    return body


async def _api_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return _error(error.status, error.code, error.title, error.detail)


async def _not_there(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _error(status, "RESOURCE_NOT_FOUND", "Resource not found", "")


def _error(status: int, code: str, title: str, detail: str) -> Response:
    body = {"type": "", "title": title, "errorCode": code, "detail": detail, "errorDetails": []}
    return _json(body, status)


def _bad_request(detail: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETER", "Invalid request parameters", detail)


def _self_link(request: Request) -> dict[str, str]:
    return {"rel": "self", "href": request.url.path, "method": request.method}


def _json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, media_type="application/json;charset=UTF-8")
