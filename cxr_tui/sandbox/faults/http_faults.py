"""REST hosts that answer wrongly: an ASGI application around one host's, outside of all that the host itself does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cxr_tui.sandbox.faults.registry import Fault
from cxr_tui.sandbox.faults.switch import Switch

PIECE = 64
"""Bytes of a slow body that come at a time."""

_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
_BODY = b'{"type":"","title":"Unexpected exception","errorCode":"UNEXPECTED_EXCEPTION","detail":"","errorDetails":[]}'
_STORM = ((500, b"application/json;charset=UTF-8", _BODY), (502, b"text/html", _PAGE), (503, b"text/html", _PAGE),
          (503, b"application/json", b""), (504, b"text/plain", b"upstream request timeout"))  # fmt: skip
"""What services and the proxies before them answer while they fail (facts A.5; inferred)."""


class FaultyAnswers:
    """Around one host; only calls that came over the line meet its faults, not those of Oracle's own network."""

    def __init__(self, app: ASGIApp, host: str, switch: Switch, line_port: int, chance: random.Random) -> None:
        """`line_port` is the port at which the line enters."""
        self._app = app
        self._host = host
        self._switch = switch
        self._line_port = line_port
        self._chance = chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        if scope["type"] != "http" or not self._switch.on or scope["server"][1] != self._line_port:
            await self._app(scope, receive, send)
            return
        storm = self._switch.find("storm", self._host)
        if storm is not None and self._chance.randrange(100) < storm.number:
            self._switch.strike("storm", self._host)
            await self._storm(send)
            return
        await self._app(scope, receive, _Spoiled(self._switch, self._host, send).send)

    async def _storm(self, send: Send) -> None:
        status, kind, body = self._chance.choice(_STORM)
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Spoiled:
    """One answer on its way out."""

    def __init__(self, switch: Switch, host: str, send: Send) -> None:
        self._switch = switch
        self._host = host
        self._send = send
        self._left: int | None = None
        self._ended = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            cut = self._switch.strike("truncated", self._host)
            self._left = cut.number if cut is not None else None
            message["headers"] = [self._head(*one) for one in message.get("headers", ())]
            await self._send(message)
        elif not self._ended:
            await self._body(message.get("body", b""), more=bool(message.get("more_body")))

    def _head(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name == b"content-type" and (called := self._switch.strike("content-type", self._host)):
            return name, called.value.encode("latin-1", "replace")
        if name == b"date" and (skew := self._switch.strike("clock-skew", self._host)):
            shown = parsedate_to_datetime(value.decode()) + timedelta(seconds=skew.number)
            return name, format_datetime(shown, usegmt=True).encode()
        return name, value

    async def _body(self, body: bytes, *, more: bool) -> None:
        slow = self._switch.strike("slow-body", self._host) if body else None
        if self._left is not None and len(body) > self._left:
            # announced and never finished: the server closes the connection
            self._ended, more, body = True, True, body[: self._left]
        elif self._left is not None:
            self._left -= len(body)
        for piece in _pieces(body, slow):
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            if slow is not None:
                await asyncio.sleep(slow.number / 1000)
        if not more:
            await self._send({"type": "http.response.body", "body": b""})


def _pieces(body: bytes, slow: Fault | None) -> Iterable[bytes]:
    if slow is None:
        return [body] if body else []
    return (body[start : start + PIECE] for start in range(0, len(body), PIECE))
