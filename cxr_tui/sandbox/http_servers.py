"""HTTP hosts on loopback: one socket each, one server for all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator, Mapping

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = "127.0.0.1"


def bind() -> socket.socket:
    """Return a socket on a loopback port of the system's choice, so that its URL is known before it listens."""
    # With the protocol given, asyncio sends at once (TCP_NODELAY); without it, every answer waits some 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind((LOOPBACK, 0))
    return bound


def port_of(bound: socket.socket) -> int:
    """Return the port of a bound socket."""
    return int(bound.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(
    apps: Mapping[str, ASGIApp],
    sockets: Mapping[str, socket.socket],
) -> AsyncIterator[None]:
    """Serve every app on the socket of the same name while the block runs."""
    by_port = {port_of(sockets[host]): app for host, app in apps.items()}

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
