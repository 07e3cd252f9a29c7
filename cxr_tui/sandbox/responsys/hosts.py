"""The twin's hosts as applications: the login host, the end point, and a login host of another pod."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cxr_tui.sandbox.responsys import permissions, refusals
from cxr_tui.sandbox.responsys.access import PREFIX, Access, Endpoint, Handler
from cxr_tui.sandbox.responsys.auth import Login
from cxr_tui.sandbox.responsys.front import Front, Outages

RATE_LIMIT_PREFIX = "/rest/api"
"""Without a version; with one it is not found (facts A.6; documented)."""


def login_host(login: Login, outages: Outages) -> Front:
    """Return a host that hands out tokens and takes none: API calls belong to the end point (facts A.2)."""

    async def foreign_token(request: Request, _: Exception) -> Response:
        return refusals.invalid_token().response()

    app = Starlette(routes=[_token_route(login)], exception_handlers={HTTPException: foreign_token})
    return Front(app, outages)


def end_point(
    login: Login, access: Access, endpoints: Sequence[Endpoint], rate_limits: Handler, outages: Outages
) -> Front:
    """Return the host of all other calls; it refreshes tokens too (inferred from facts A.4)."""
    routes: list[BaseRoute] = [_token_route(login)]
    routes += [access.route(function, handler) for function, handler in endpoints]
    routes.append(access.route(permissions.RATE_LIMITS, rate_limits, RATE_LIMIT_PREFIX))

    async def unknown(request: Request, _: Exception) -> Response:
        return refusals.resource_not_found().response()

    return Front(Starlette(routes=routes, exception_handlers={HTTPException: unknown}), outages)


def _token_route(login: Login) -> Route:
    return Route(f"{PREFIX}/auth/token", login.token, methods=["POST"])
