"""The sandbox's desk: the HTTP interface through which visits are made, time passes and throwaway secrets are kept."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.faults import Switch, UnknownFaultError
from cxr_tui.sandbox.faults.keyring_faults import FaultyKeyring
from cxr_tui.sandbox.faults.registry import parse_all
from cxr_tui.sandbox.logins import LoginLog
from cxr_tui.sandbox.scenarios import Slips
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, Upload

DESK_HEADER = "x-desk-token"


class BadRequestError(ValueError):
    """A call that is not of the desk's form; the text says which part."""


class Desk:
    """Routes visits to the sites and keeps the throwaway keyring's memory; every call needs the token."""

    def __init__(
        self,
        *,
        clock: Clock,
        sites: Mapping[str, Pages],
        slips: Slips,
        truth: Callable[[], dict[str, Any]],
        token: str,
        memory: dict[tuple[str, str], str] | None = None,
        faults: Switch | None = None,
        logins: LoginLog | None = None,
        opening: Callable[[str], list[str]] = lambda _: [],
    ) -> None:
        """`memory` is that of the throwaway keyring; `opening` names its services whose secret lets a user in."""
        self._clock = clock
        self._sites = sites
        self._slips = slips
        self._truth = truth
        self._memory = {} if memory is None else memory
        self._faults = Switch() if faults is None else faults
        self._log = LoginLog(clock) if logins is None else logins
        self._opening = opening
        routes = [
            Route("/visit", self._visit, methods=["POST"]),
            Route("/clock", self._now, methods=["GET"]),
            Route("/clock/advance", self._advance, methods=["POST"]),
            Route("/state", self._state, methods=["GET"]),
            Route("/keyring/{service}/{user}", self._keyring, methods=["GET", "PUT", "DELETE"]),
            Route("/faults", self._weather, methods=["GET", "PUT"]),
            Route("/logins", self._logins, methods=["GET"]),
            Route("/secrets", self._secrets, methods=["GET"]),
        ]
        app = FaultyKeyring(Starlette(routes=routes, exception_handlers={BadRequestError: _bad}), self._faults)
        self.app: ASGIApp = _TokenDoor(app, token)

    async def _visit(self, request: Request) -> Response:
        call = await _json(request)
        site, path = call.get("site"), _texts(call, "path")
        if not isinstance(site, str) or site not in self._sites:
            raise BadRequestError(f"site: one of {', '.join(self._sites)} is expected")
        entries, pressed = self._slips.apply(site, path, _entries(call.get("entries", {})), _texts(call, "press"))
        try:
            shows = await self._sites[site].visit(path, entries, pressed)
        except PageError as refusal:
            return JSONResponse({"refused": str(refusal)}, status_code=409)
        return JSONResponse(_shown(await self._slips.follow(site, path, entries, pressed, shows)))

    async def _now(self, _: Request) -> Response:
        return JSONResponse({"now": self._clock.now().isoformat()})

    async def _advance(self, request: Request) -> Response:
        until = (await _json(request)).get("until")
        try:
            moment = datetime.fromisoformat(str(until))
        except ValueError:
            raise BadRequestError("until: a moment in ISO 8601 is expected") from None
        if moment.tzinfo is None:
            raise BadRequestError("until: the offset from UTC is missing")
        await self._clock.advance(moment)
        return await self._now(request)

    async def _state(self, _: Request) -> Response:
        return JSONResponse(self._truth())

    async def _weather(self, request: Request) -> Response:
        """Say which faults are on and how often each kind has struck; with PUT, have those named on and no others."""
        if request.method == "PUT":
            try:
                await self._faults.turn(parse_all(_texts(await _json(request), "on")))
            except UnknownFaultError as error:
                raise BadRequestError(str(error)) from None
        on = [str(fault) for fault in self._faults.on]
        return JSONResponse({"on": on, "struck": self._faults.struck})

    async def _logins(self, request: Request) -> Response:
        """Return the logins from a position on, for tests."""
        since = request.query_params.get("since", "0")
        return JSONResponse({"logins": self._log.since(int(since) if since.isdigit() else 0)})

    async def _secrets(self, request: Request) -> Response:
        """Return the marks of what the keyring holds, and which of it lets a user in, for tests; no secret itself."""
        user = request.query_params.get("user", "")
        return JSONResponse({"marks": self._log.marks(self._memory), "opening": self._opening(user)})

    async def _keyring(self, request: Request) -> Response:
        key = (request.path_params["service"], request.path_params["user"])
        if request.method == "PUT":
            self._memory[key] = (await request.body()).decode()
            return Response(status_code=204)
        if key not in self._memory:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self._memory[key]
            return Response(status_code=204)
        return Response(self._memory[key].encode(), media_type="application/octet-stream")


class _TokenDoor:
    """Lets only calls with the desk's token in, so that no web page of this machine's browser can work the desk."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope["headers"]).get(DESK_HEADER.encode(), b"")
        if not hmac.compare_digest(given, self._token):
            await JSONResponse({"refused": "the desk's token is missing"}, status_code=401)(scope, receive, send)
            return
        await self._app(scope, receive, send)


async def _bad(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


async def _json(request: Request) -> dict[str, Any]:
    try:
        call = await request.json()
    except ValueError:
        raise BadRequestError("a JSON object is expected") from None
    if not isinstance(call, dict):
        raise BadRequestError("a JSON object is expected")
    return call


def _texts(call: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = call.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadRequestError(f"{name}: a list of texts is expected")
    return tuple(value)


def _entries(given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise BadRequestError("entries: an object is expected")
    return {label: _entry(label, value) for label, value in given.items()}


def _entry(label: str, value: object) -> object:
    if not (isinstance(value, dict) and isinstance(value.get("file"), dict)):
        return value
    try:
        return Upload(str(value["file"]["name"]), base64.b64decode(value["file"]["base64"], validate=True))
    except (KeyError, TypeError, binascii.Error):
        raise BadRequestError(f"{label}: a file with name and base64 is expected") from None


def _shown(shows: PageShows) -> dict[str, Any]:
    files = {
        label: {"name": name, "base64": base64.b64encode(data).decode()} for label, (name, data) in shows.files.items()
    }
    return {"message": shows.message, "values": shows.values, "secrets": shows.secrets, "files": files}
