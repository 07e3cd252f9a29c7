"""A sandbox of which one REST call is answered otherwise, as the real products may do it.

Run as a command with a directory, the rules as JSON, the file of a second recipient's key or nothing, and `bare` or
nothing; everything stays on loopback. Only the product meets a rule: CX Audience's twin calls Responsys' as before.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.sandbox.responsys import public_keys
from cxr_tui.sandbox.server import SandboxServer, serve
from support.paths import program
from support.sandboxes.fault_switch import FaultSwitch

PEOPLE = 20
REFUSED = "refused"
BARE = "bare"
_ROOT = "/rest/api/v1.3"


def _error(status: int, code: str, title: str) -> Response:
    body = {"type": "", "title": title, "errorCode": code, "detail": "", "errorDetails": []}
    return JSONResponse(body, status)


ANSWERS: dict[str, Callable[[], Response]] = {
    "401": lambda: Response(b"", 401),
    "403": lambda: HTMLResponse("<!doctype html><title>Forbidden</title>", 403),
    "404": lambda: _error(404, "RESOURCE_NOT_FOUND", "Resource not found"),
    "429": lambda: JSONResponse({"title": "Too many requests"}, 429),
    "500": lambda: _error(500, "UNEXPECTED_EXCEPTION", "Unexpected exception"),
    "redirect": lambda: RedirectResponse("https://maintenance.example/", 302),
    "empty": lambda: JSONResponse([]),
    "unknown-shape": lambda: JSONResponse({"result": {"state": "fine", "rows": [{"label": "x"}]}}),
    "allowed": lambda: JSONResponse({"items": [{"name": "Spring", "id": "1"}]}),
    REFUSED: lambda: _error(401, "INSUFFICIENT_ACCESS", "Insufficient access"),
}
"""Answers in the place of the twin's own."""


def _organizations(body: Any) -> Any:  # noqa: ANN401 - JSON
    return json.loads(json.dumps(body).replace('"Root', '"Acme Retail Corp'))


def _words(body: Any) -> Any:  # noqa: ANN401 - JSON
    text = json.dumps(body)
    for word, other in {"succeeded": "Finished", "running": "Processing", "failed": "Stopped"}.items():
        text = text.replace(f'"{word}"', f'"{other}"')
    return json.loads(text)


def _zone(body: Any) -> Any:  # noqa: ANN401 - JSON
    return {**body, "accountTimeZone": "PST"}


REWRITTEN: dict[str, Callable[[Any], Any]] = {"organizations": _organizations, "words": _words, "zone": _zone}
"""The twin's own answers in other words."""


@dataclass(frozen=True)
class Rule:
    """What a call is answered with."""

    host: str
    """`responsys-login`, `responsys-api` or `audience-api`."""
    call: str
    """Method and path below the API's root, `*` for one part."""
    answer: str
    """A name of `ANSWERS` or of `REWRITTEN`."""

    def meets(self, method: str, path: str) -> bool:
        pattern = re.escape(self.call).replace(r"\*", "[^/]+")
        return re.fullmatch(pattern, f"{method} {path.removeprefix(_ROOT)}") is not None


def main() -> None:
    """Serve until standard input closes."""
    directory, given, recipient, bare = sys.argv[1:]
    rules = [Rule(**one) for one in json.loads(given)]

    class AnsweringServer(SandboxServer):
        def hosts(self) -> dict[str, ASGIApp]:
            hosts = super().hosts()
            return {host: _Answering(app, [one for one in rules if one.host == host]) for host, app in hosts.items()}

        def further_routes(self) -> Sequence[BaseRoute]:
            return (FaultSwitch(self.network).route,)

    if recipient:
        _encrypt_to_another_too(recipient)
    asyncio.run(serve(SandboxOptions(directory=Path(directory), people=PEOPLE, bare=bare == BARE), AnsweringServer))


def _encrypt_to_another_too(key: str) -> None:
    store: Any = public_keys.PublicKeys
    gpg = store._run

    async def to_both(self: object, *arguments: str, data: bytes = b"") -> Any:  # noqa: ANN401 - as the twin's own
        further = ("--recipient-file", key) if "--recipient" in arguments else ()
        return await gpg(self, *further, *arguments, data=data)

    store._run = to_both


class _Answering:
    """Around one host."""

    def __init__(self, app: ASGIApp, rules: list[Rule]) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = self._rule(scope) if scope["type"] == "http" else None
        if rule is None:
            await self._app(scope, receive, send)
        elif rule.answer in ANSWERS:
            await ANSWERS[rule.answer]()(scope, receive, send)
        else:
            await self._rewritten(REWRITTEN[rule.answer], scope, receive, send)

    def _rule(self, scope: Scope) -> Rule | None:
        if dict(scope["headers"]).get(b"user-agent") != b"cxr-tui":
            return None
        return next((one for one in self._rules if one.meets(scope["method"], scope["path"])), None)

    async def _rewritten(self, rewrite: Callable[[Any], Any], scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def take(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            else:
                body += message.get("body", b"")

        await self._app(scope, receive, take)
        if start["status"] == 200:
            body = json.dumps(rewrite(json.loads(body))).encode()
        headers = [one for one in start["headers"] if one[0].lower() != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def answering_sandbox(
    directory: Path, rules: tuple[Rule, ...] = (), recipient: Path | None = None, *, bare: bool = False
) -> AsyncIterator[None]:
    """Run one in a separate process until the block ends; attach to `directory`."""
    command = [
        *program("support.sandboxes.answering_sandbox"),
        str(directory),
        json.dumps([asdict(one) for one in rules]),
    ]
    process = await asyncio.create_subprocess_exec(
        *(*command, str(recipient or ""), BARE if bare else ""), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        if not await process.stdout.readline():
            raise RuntimeError("the sandbox did not start")
        yield
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    main()
