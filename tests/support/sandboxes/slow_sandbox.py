"""A sandbox whose REST hosts answer late, as over a long line, and count what they are asked: for benchmarks only.

Run as a command with a directory; everything stays on loopback. `GET /bench?ms=N` on the Responsys login host sets the
latency of every request from then on and answers how many there were since the last such call.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.sandbox.server import SandboxServer, serve

NO_LIMIT = 1_000_000
PEOPLE = 60


class Line:
    """The long line between client and hosts."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.requests = 0

    def over(self, app: ASGIApp) -> ASGIApp:
        """Return an app at the other end of the line."""

        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == "/bench":
                await self._answer(scope, send)
                return
            self.requests += 1
            await asyncio.sleep(self.seconds)
            await app(scope, receive, send)

        return call

    async def _answer(self, scope: Scope, send: Send) -> None:
        body = json.dumps({"requests": self.requests}).encode()
        self.seconds = int(parse_qs(scope["query_string"].decode())["ms"][0]) / 1000
        self.requests = 0
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class SlowServer(SandboxServer):
    """Its hosts are at the other end of a long line."""

    def hosts(self) -> dict[str, ASGIApp]:
        # hundreds of integrations on one account would spend its logins of a minute, which is not what is measured
        self.sandbox.responsys.access.logins_per_minute = NO_LIMIT
        self.sandbox.audience.access.logins_per_minute = NO_LIMIT
        line = Line()
        return {host: line.over(app) for host, app in super().hosts().items()}


def main() -> None:
    """Serve until standard input closes."""
    asyncio.run(serve(SandboxOptions(directory=Path(sys.argv[1]), people=PEOPLE), SlowServer))


if __name__ == "__main__":
    main()
