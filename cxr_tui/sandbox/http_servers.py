"""HTTP hosts on loopback: one socket each, one server for all, all answers dated by the sandbox's clock."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from email.utils import format_datetime

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cxr_tui.sandbox.clock import Clock

LOOPBACK = "127.0.0.1"


def bind(port: int = 0, *, shared: bool = False) -> socket.socket:
    """Return a socket on a loopback port (0: one of the system's choice), so that its URL is known before it listens.

    `shared` lets another socket bind the same port while this one does not listen.
    """
    # With the protocol given, asyncio sends at once (TCP_NODELAY); without it, every answer waits some 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if shared:  # Windows calls it by the other name
        bound.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_REUSEPORT", socket.SO_REUSEADDR), 1)
    bound.bind((LOOPBACK, port))
    return bound


def port_of(bound: socket.socket) -> int:
    """Return the port of a bound socket."""
    return int(bound.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(
    apps: Mapping[str, ASGIApp],
    sockets: Mapping[str, socket.socket],
    clock: Clock,
    wrap: Callable[[str, ASGIApp], ASGIApp] = lambda _, app: app,
) -> AsyncIterator[None]:
    """Serve every app on the socket of the same name while the block runs; `wrap` sees complete answers."""
    by_port = {port_of(sockets[host]): wrap(host, _dated(app, clock)) for host, app in apps.items()}

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await by_port[scope["server"][1]](scope, receive, send)

    server = _Server(
        uvicorn.Config(
            call,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
    )
    running = asyncio.create_task(server.serve([sockets[host] for host in apps]))
    while not server.started:
        if running.done():
            running.result()
        await asyncio.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        await running


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _dated(app: ASGIApp, clock: Clock) -> ASGIApp:
    """Give every answer the `Date` of the sandbox's clock, from which the product learns what time it is."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(clock.now(), usegmt=True).encode()
                message["headers"] = [*message.get("headers", ()), (b"date", date)]
            await send(message)

        await app(scope, receive, send_dated)

    return call
