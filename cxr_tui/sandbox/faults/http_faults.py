"""Faulty answers of REST hosts: an ASGI application around a host's own, outermost, to see complete answers."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cxr_tui.sandbox.faults.registry import FaultController

PIECE = 64
"""Bytes of a slow body that come at a time."""

_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
_BODY = b'{"type":"","title":"Unexpected exception","errorCode":"UNEXPECTED_EXCEPTION","detail":"","errorDetails":[]}'
_STORM = (
    (500, "application/json;charset=UTF-8", _BODY),
    (502, "text/html", _PAGE),
    (503, "text/html", _PAGE),
    (503, "application/json", b""),
    (504, "text/plain", b"upstream request timeout"),
)
"""Answers of failing services, and of the proxies before them (facts A.5; inferred)."""


def with_faults(app: ASGIApp, host: str, faults: FaultController, chance: random.Random) -> ASGIApp:
    """Return the application with the faults of its answers."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not faults.on:
            await app(scope, receive, send)
            return
        storm = faults.find("storm", host)
        if storm is not None and chance.randrange(100) < storm.number:
            faults.trigger("storm", host)
            status, kind, body = chance.choice(_STORM)
            await Response(body, status, headers={"content-type": kind})(scope, receive, send)
            return
        await app(scope, receive, _FaultyAnswer(faults, host, send).send)

    return call


class _FaultyAnswer:
    """One answer on its way out."""

    def __init__(self, faults: FaultController, host: str, send: Send) -> None:
        self._faults = faults
        self._host = host
        self._send = send
        self._left: int | None = None
        """Bytes of the body until it breaks off; None: it does not."""
        self._broken = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            cut = self._faults.trigger("truncated", self._host)
            self._left = cut.number if cut is not None else None
            message["headers"] = [self._header(name, value) for name, value in message.get("headers", ())]
            await self._send(message)
        elif not self._broken:
            body = message.get("body", b"")
            if self._left is not None:
                self._broken = len(body) > self._left  # announced and never finished: the server closes the connection
                body = body[: self._left]
                self._left -= len(body)
            await self._send_body(body)
            if not self._broken and not message.get("more_body"):
                await self._send({"type": "http.response.body", "body": b""})

    def _header(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name == b"content-type" and (kind := self._faults.trigger("content-type", self._host)):
            return name, kind.value.encode("latin-1", "replace")
        if name == b"date" and (skew := self._faults.trigger("clock-skew", self._host)):
            shown = parsedate_to_datetime(value.decode()) + timedelta(seconds=skew.number)
            return name, format_datetime(shown, usegmt=True).encode()
        return name, value

    async def _send_body(self, body: bytes) -> None:
        slow = self._faults.trigger("slow-body", self._host) if body else None
        piece = PIECE if slow is not None else len(body)
        for start in range(0, len(body), piece or 1):
            await self._send({"type": "http.response.body", "body": body[start : start + piece], "more_body": True})
            if slow is not None:
                await asyncio.sleep(slow.number / 1000)
