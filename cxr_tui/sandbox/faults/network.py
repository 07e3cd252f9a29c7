"""The network of one sandbox: a line before every host that a person's machine calls, and Oracle's own behind them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import Sequence
from typing import Protocol

from starlette.types import ASGIApp

from cxr_tui.sandbox.faults import inside
from cxr_tui.sandbox.faults.http_faults import FaultyAnswers
from cxr_tui.sandbox.faults.proxy import LOOPBACK, Line
from cxr_tui.sandbox.faults.registry import PLACES, Fault, Layer
from cxr_tui.sandbox.faults.switch import Switch
from cxr_tui.sandbox.http_servers import bind

FILES = "files"
DESK = "desk"
"""No line stands before it: a person's hands and eyes do not go over the network."""


class Files(Protocol):
    """The file server, as far as it is joined to a line."""

    port: int
    inside_port: int
    shown_port: int | None
    faults: Switch | None

    def start(self) -> None:
        """Bind and serve; OSError."""


class Network:
    """Takes every port at once, so that all URLs are known before anybody listens."""

    def __init__(self, faults: Sequence[Fault], seed: int, closing: contextlib.ExitStack) -> None:
        """`faults` are on from the start; `closing` gets whatever has to be closed that needs no event loop."""
        self.switch = Switch(faults)
        self._chance = random.Random(seed)  # nosec B311  # noqa: S311 - the weather is no secret
        self._lines = {place: Line(place, self.switch, self._chance) for place in PLACES[Layer.LINE]}
        self._desk = closing.enter_context(bind())
        self._closing = closing

    @property
    def urls(self) -> dict[str, str]:
        """Where everything is called, by host; without a slash at the end."""
        ports = {place: line.port for place, line in self._lines.items() if place != FILES}
        return {host: f"http://{LOOPBACK}:{port}" for host, port in {**ports, DESK: _port(self._desk)}.items()}

    def sockets(self) -> dict[str, list[socket.socket]]:
        """Return where each host is to listen: at the end of its line, and in Oracle's own network."""
        listening = {DESK: [self._desk]}
        for host in PLACES[Layer.ANSWER]:
            by_line, by_oracle = self._closing.enter_context(bind()), self._closing.enter_context(bind())
            self._lines[host].target = _port(by_line)
            inside.open_way(self._lines[host].port, _port(by_oracle))
            listening[host] = [by_line, by_oracle]
        return listening

    def around(self, host: str, app: ASGIApp) -> ASGIApp:
        """Return a host's application with the faults of its answers."""
        if host not in PLACES[Layer.ANSWER]:
            return app
        return FaultyAnswers(app, host, self.switch, self._lines[host].target, self._chance)

    async def open(self, files: Files) -> None:
        """Start the file server at the end of its line, and open all lines; the hosts listen already."""
        line = self._lines[FILES]
        files.faults, files.shown_port = self.switch, line.port
        await asyncio.to_thread(files.start)
        line.target = files.port
        inside.open_way(line.port, files.inside_port)
        for one in self._lines.values():
            await one.open()

    async def close(self) -> None:
        """Hang up on everybody."""
        for line in self._lines.values():
            await line.close()


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])
