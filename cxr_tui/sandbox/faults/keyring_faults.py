"""Faults of the sandbox's throwaway keyring: locked, slow, gone, empty."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.sandbox.faults.registry import FaultController

PLACE = "keyring"


class FaultyKeyring:
    """Wraps the control API; only the keyring's calls meet its faults."""

    def __init__(self, app: ASGIApp, faults: FaultController) -> None:
        self._app = app
        self._faults = faults
        self._answered = 0
        faults.on_change(self._start_again)

    async def _start_again(self) -> None:
        self._answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        faults = self._faults
        if scope["type"] != "http" or not faults.on or not scope["path"].startswith("/keyring"):
            await self._app(scope, receive, send)
            return
        if slow := faults.trigger("keyring-slow", PLACE):
            await asyncio.sleep(slow.number / 1000)
        locked = faults.find("keyring-locked", PLACE)
        self._answered += 1
        if locked is not None and self._answered > locked.number and faults.trigger("keyring-locked", PLACE):
            await Response(b"locked", 423)(scope, receive, send)
        elif faults.trigger("keyring-gone", PLACE):
            # announced and never sent: the server closes the connection
            headers = [(b"content-length", b"1000")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
        elif faults.trigger("keyring-forgets", PLACE):
            await Response(status_code=204 if scope["method"] == "PUT" else 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
