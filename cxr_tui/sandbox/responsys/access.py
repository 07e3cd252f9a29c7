"""The gates every API call passes: token, account, throttle, role; and the shape of a call's implementation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys import refusals
from cxr_tui.sandbox.responsys.permissions import ApiFunction
from cxr_tui.sandbox.responsys.refusals import ApiRefusalError
from cxr_tui.sandbox.responsys.state import Account, User, UserStatus
from cxr_tui.sandbox.responsys.throttle import Throttle
from cxr_tui.sandbox.responsys.tokens import Tokens

PREFIX = "/rest/api/v1.3"


@dataclass(frozen=True)
class Call:
    """One admitted call: who calls, and what was sent."""

    user: User
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
            raise refusals.invalid_parameter(f"{name} should be a numeric value.")
        return int(text)

    async def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; INVALID_PARAMETER."""
        try:
            body = await self.request.json()
        except (ValueError, UnicodeDecodeError):
            raise refusals.invalid_parameter("The request body is not valid JSON.") from None
        if not isinstance(body, dict):
            raise refusals.invalid_parameter("The request body should be a JSON object.")
        return body

    def link(self, rel: str = "self") -> dict[str, str]:
        """Return a HATEOAS link to this call, without a host (facts A.7; observed)."""
        url = self.request.url
        return {
            "rel": rel,
            "href": url.path + (f"?{url.query}" if url.query else ""),
            "method": self.request.method,
        }


Handler: TypeAlias = Callable[[Call], Awaitable[Any]]
Endpoint: TypeAlias = tuple[ApiFunction, Handler]


class Access:
    """Lets calls in or refuses them; two gates stand apart: role here, organization at each object (facts A.10)."""

    def __init__(self, account: Account, clock: Clock, throttle: Throttle, tokens: Tokens) -> None:
        self._account = account
        self._clock = clock
        self._throttle = throttle
        self._tokens = tokens

    def route(self, function: ApiFunction, handler: Handler, prefix: str = PREFIX) -> Route:
        """Return the route of one function."""

        async def endpoint(request: Request) -> Response:
            try:
                body = await handler(self._admit(function, request))
            except ApiRefusalError as refusal:
                return refusal.response()
            return JSONResponse(body, media_type="application/json;charset=UTF-8")

        return Route(prefix + function.path, endpoint, methods=[function.verb], name=function.api)

    def _admit(self, function: ApiFunction, request: Request) -> Call:
        now = self._clock.now()
        if not self._account.allows_address(request.client.host if request.client else "127.0.0.1"):
            raise refusals.address_not_allowed()
        # The bare token, no "Bearer" (facts A.2; documented): anything else is not a valid token.
        session = self._tokens.session(request.headers.get("authorization", ""), now)
        user = self._account.users.get(session.user_name)
        if user is None or user.status is not UserStatus.ACTIVE or not self._account.web_services:
            raise refusals.api_disabled()
        self._throttle.count(function, now)
        if not function.allows(user.roles):
            raise refusals.insufficient_access(f"{function.description}: access denied")
        return Call(user, request)
