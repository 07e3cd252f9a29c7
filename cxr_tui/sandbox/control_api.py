"""The sandbox's control API: HTTP calls that visit screens and keep throwaway secrets."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.control_call import TOKEN_HEADER, VisitCall
from cxr_tui.sandbox.faults.http_faults import keyring_fault
from cxr_tui.sandbox.faults.registry import FaultController
from cxr_tui.sandbox.scenarios.builder import PendingMistakes
from cxr_tui.sandbox.shared.screens import PageError, Pages


@dataclass(kw_only=True)
class ControlApi:
    """Routes visits to the sites and keeps the throwaway keyring's memory; every call needs the token."""

    sites: Mapping[Site, Pages]
    mistakes: PendingMistakes
    token: str
    keyring: dict[tuple[str, str], str]
    """The throwaway keyring's memory."""
    faults: FaultController
    further: Sequence[BaseRoute] = ()
    """Routes that are served besides the API's own."""

    def __post_init__(self) -> None:
        routes = [
            Route("/visit", self._visit, methods=["POST"]),
            Route("/keyring", self._secret, methods=["GET", "PUT", "DELETE"]),
            *self.further,
        ]
        refusals = {PageError: _refused, msgspec.MsgspecError: _malformed}
        self._app = Starlette(routes=routes, exception_handlers=refusals)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a call with the token, so that no web page of this machine's browser can control the sandbox."""
        given = dict(scope["headers"]).get(TOKEN_HEADER.lower().encode(), b"")
        if hmac.compare_digest(given, self.token.encode()):
            await self._app(scope, receive, send)
        else:
            await JSONResponse({"refused": "the control API's token is missing"}, 401)(scope, receive, send)

    async def _visit(self, request: Request) -> Response:
        visit = msgspec.json.decode(await request.body(), type=VisitCall)
        visit.entries |= visit.files
        self.mistakes.apply(visit)
        shows = await self.sites[visit.site].visit(visit.path, visit.entries, visit.press)
        shows = await self.mistakes.follow(visit, shows)
        return Response(msgspec.json.encode(shows), media_type="application/json")

    async def _secret(self, request: Request) -> ASGIApp:
        fault = await keyring_fault(request.method, self.faults)
        if fault is not None:
            return fault
        key = (request.query_params["service"], request.query_params["user"])
        if request.method == "PUT":
            self.keyring[key] = (await request.body()).decode()
            return Response(status_code=204)
        if key not in self.keyring:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self.keyring[key]
            return Response(status_code=204)
        return Response(self.keyring[key].encode(), media_type="application/octet-stream")


async def _malformed(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _refused(_: Request, refusal: Exception) -> Response:
    return JSONResponse({"refused": str(refusal)}, 409)
