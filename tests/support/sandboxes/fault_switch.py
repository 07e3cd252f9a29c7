"""Switches the faults of a sandbox that runs, over a route that its control API serves for tests."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cxr_tui.sandbox.client import ConnectionInfo
from cxr_tui.sandbox.control_call import call_control_api
from cxr_tui.sandbox.faults.proxy import FaultProxy, FaultyNetwork
from cxr_tui.sandbox.faults.registry import UnknownFaultError, parse


class NoSuchFaultError(Exception):
    """The sandbox knows no such fault; the text lists those there are."""


@dataclass(frozen=True)
class FaultStatus:
    """Which faults are on, and how often each kind has happened since the sandbox started."""

    on: list[str]
    triggered: dict[str, int]


async def switch_faults(info: ConnectionInfo, wanted: Sequence[str] | None = None) -> FaultStatus:
    """Have these faults on and no others; None changes nothing. NoSuchFaultError."""
    method, body = ("GET", None) if wanted is None else ("PUT", json.dumps({"on": list(wanted)}).encode())
    status, answer = await asyncio.to_thread(
        call_control_api, info.control_api, info.control_token, method, "/faults", body
    )
    if status == 400:
        raise NoSuchFaultError(json.loads(answer)["error"])
    return FaultStatus(**json.loads(answer))


class FaultSwitch:
    """Switches the faults of a network in the process of its sandbox."""

    def __init__(self, network: FaultyNetwork) -> None:
        self._network = network
        self._refusing = {place for place in network.proxies if network.faults.find("refused", place)}
        self._counts: Counter[str] = Counter()
        for proxy in network.proxies.values():
            _let_bind_again(proxy.socket)
        self.route = Route("/faults", self._switch, methods=["GET", "PUT"])

    async def _switch(self, request: Request) -> Response:
        """Return which faults are on and how often each kind has happened; with PUT, have those named on, no others."""
        faults = self._network.faults
        if request.method == "PUT":
            try:
                wanted = tuple(map(parse, (await request.json())["on"]))
            except UnknownFaultError as error:
                return JSONResponse({"error": str(error)}, 400)
            self._counts = self._triggered()
            faults.on, faults.calls = wanted, 0
            faults.happened.clear()
            for place, proxy in self._network.proxies.items():
                await self._open_or_refuse(place, proxy)
        return JSONResponse({"on": [str(fault) for fault in faults.on], "triggered": self._triggered()})

    def _triggered(self) -> Counter[str]:
        counts = self._counts.copy()
        for fault, times in self._network.faults.happened.items():
            counts[fault.kind.name] += times
        return counts

    async def _open_or_refuse(self, place: str, proxy: FaultProxy) -> None:
        if self._network.faults.find("refused", place) is None:
            if place in self._refusing:
                self._refusing.discard(place)
                await proxy.open()
            return
        self._network.faults.trigger("refused", place)
        if place not in self._refusing:
            self._refusing.add(place)
            proxy.close()
            proxy.socket = _bound(proxy.port)  # never listens: it keeps the port from others


def _bound(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    _let_bind_again(bound)
    bound.bind(("127.0.0.1", port))
    return bound


def _let_bind_again(bound: socket.socket) -> None:
    """Let a later socket have the same port while connections of this one are still open."""
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
