"""The sandbox's throwaway keyring gone wrong: locked half way, slow, gone, empty."""

from __future__ import annotations

import asyncio

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.sandbox.faults.switch import Switch

PLACE = "keyring"
_PATH = "/keyring/"


class FaultyKeyring:
    """Around the desk; only the keyring's calls meet its faults."""

    def __init__(self, app: ASGIApp, switch: Switch) -> None:
        self._app = app
        self._switch = switch
        self._answered = 0
        switch.tell(self._begin_anew)

    async def _begin_anew(self) -> None:
        self._answered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http" or not self._switch.on or not scope["path"].startswith(_PATH):
            await self._app(scope, receive, send)
            return
        slow = self._switch.strike("keyring-slow", PLACE)
        if slow is not None:
            await asyncio.sleep(slow.number / 1000)
        locked = self._switch.find("keyring-locked", PLACE)
        self._answered += 1
        if locked is not None and self._answered > locked.number and self._switch.strike("keyring-locked", PLACE):
            await Response(b"locked", 423)(scope, receive, send)
        elif self._switch.strike("keyring-gone", PLACE):
            # announced and never sent: the server closes the connection
            headers = [(b"content-length", b"1000")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
        elif self._switch.strike("keyring-forgets", PLACE):
            await Response(status_code=204 if scope["method"] == "PUT" else 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
