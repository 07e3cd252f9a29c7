"""What stands before every Responsys host: common headers, the limit on bodies, and outages of the service."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from enum import StrEnum

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 10 * 1024 * 1024
"""Bytes; beyond it the gateway closes the connection without an answer (facts A.5; documented)."""


class Outage(StrEnum):
    """How a service can fail on Oracle's side."""

    EXCEPTION = "exception"
    """500 with an error body (facts A.5, UNEXPECTED_EXCEPTION)."""
    UNAVAILABLE = "unavailable"
    """503 with an HTML page of a proxy (inferred)."""
    CUT = "cut"
    """The connection ends in the middle of an answer."""
    SILENT = "silent"
    """No answer for a long time."""


@dataclass
class _Planned:
    outage: Outage
    calls: int
    path: str


class Outages:
    """Which of the coming calls fail."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def plan(self, outage: Outage, calls: int = 1, path: str = "") -> None:
        """Let the next `calls` calls whose path contains `path` fail."""
        self._planned.append(_Planned(outage, calls, path))

    def strike(self, path: str) -> Outage | None:
        """Return how this call fails, None when it does not."""
        for planned in self._planned:
            if planned.calls > 0 and planned.path in path:
                planned.calls -= 1
                return planned.outage
        return None


class Front:
    """An ASGI application around one host's application."""

    def __init__(self, app: ASGIApp, outages: Outages, silence: float = 60.0) -> None:
        """`silence` is in seconds."""
        self._app = app
        self._outages = outages
        self._silence = silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_common_headers()]
            await send(message)

        if _content_length(scope) > MAX_BODY:
            await _cut(send_with_headers)
            return
        match self._outages.strike(scope["path"]):
            case None:
                await self._app(scope, receive, send_with_headers)
            case Outage.CUT:
                await _cut(send_with_headers)
            case Outage.SILENT:
                await asyncio.sleep(self._silence)
                await self._app(scope, receive, send_with_headers)
            case Outage.UNAVAILABLE:
                page = b"<html><head><title>503 Service Unavailable</title></head><body>Try later.</body></html>"
                await _answer(send_with_headers, 503, b"text/html", page)
            case Outage.EXCEPTION:
                body = {"type": "", "title": "Unexpected exception", "errorCode": "UNEXPECTED_EXCEPTION"}
                text = json.dumps({**body, "detail": "", "errorDetails": []}).encode()
                await _answer(send_with_headers, 500, b"application/json;charset=UTF-8", text)


def _common_headers() -> list[tuple[bytes, bytes]]:
    """Return what every answer carries besides the date (facts A.2; observed)."""
    return [(b"server", b"Apache"), (b"x-correlationid", str(uuid.uuid4()).encode())]


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    # A body that is announced and never finished makes the server close the connection.
    headers = [(b"content-type", b"application/json;charset=UTF-8"), (b"content-length", b"100000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"items":[', "more_body": True})
