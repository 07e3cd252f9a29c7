"""Answers of REST hosts as they arrive, with their date and their faults, and of a faulty keyring."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from datetime import timedelta
from email.utils import format_datetime

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.faults.registry import KEYRING, FaultController
from cxr_tui.sandbox.shared.rest import EXCEPTION, UNAVAILABLE, cut_off

_STORM = (
    EXCEPTION,
    UNAVAILABLE,
    HTMLResponse("<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>", 502),
    Response(status_code=503, media_type="application/json"),
    PlainTextResponse("upstream request timeout", 504),
)
"""Answers of failing services, and of the proxies before them (facts A.5; inferred)."""


def answering(app: ASGIApp, host: str, clock: Clock, faults: FaultController, chance: random.Random) -> ASGIApp:
    """Return a host's application whose answers have the `Date` of the sandbox's clock, and their faults.

    From that date the product learns what time it is.
    """

    def headers(given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        skew = faults.trigger("clock-skew", host)
        date = clock.now() + timedelta(seconds=skew.number if skew else 0)
        own = {b"date": format_datetime(date, usegmt=True).encode()}
        if kind := faults.trigger("content-type", host):
            own[b"content-type"] = kind.value.encode("latin-1", "replace")
        return [*(one for one in given if one[0] not in own), *own.items()]

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        left: int | None = None

        async def send_faulty(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                message["headers"] = headers(message.get("headers", ()))
                cut = faults.trigger("truncated", host)
                left = cut.number if cut is not None else None
            elif left is not None:
                if left < 0:
                    return
                body = message.get("body", b"")
                message["body"], left = body[:left], left - len(body)
                # announced and never finished: the server closes the connection
                message["more_body"] = message.get("more_body", False) or left < 0
            await send(message)

        if faults.trigger("storm", host, lambda storm: chance.randrange(100) < storm.number):
            await chance.choice(_STORM)(scope, receive, send)
        else:
            await app(scope, receive, send_faulty)

    return call


async def keyring_fault(method: str, faults: FaultController) -> ASGIApp | None:
    """Return the answer of a faulty keyring to a call; None: no fault is on."""
    if slow := faults.trigger("keyring-slow", KEYRING):
        await asyncio.sleep(slow.number / 1000)
    if faults.trigger("keyring-locked", KEYRING, faults.is_call_after):
        return Response(b"locked", 423)
    if faults.trigger("keyring-gone", KEYRING):
        return cut_off
    if faults.trigger("keyring-forgets", KEYRING):
        return Response(status_code=204 if method == "PUT" else 404)
    return None
