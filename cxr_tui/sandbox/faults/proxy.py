"""The network before every host that a person's machine calls: a relay on loopback that does what networks do.

A relay instead of a patched server: the product then meets real sockets, with resets and refusals.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.faults.http_faults import answering
from cxr_tui.sandbox.faults.registry import FILES, HOSTS, Fault, FaultController
from cxr_tui.sandbox.http_servers import LOOPBACK, bind, port_of
from cxr_tui.sandbox.sftp_server import FileServer

CONTROL_API = "control-api"
"""Has no proxy: its caller stands for a person, who needs no network."""
BLOCK = 256 * 1024
"""Most bytes that are carried at once, in one direction of one connection."""
_RESET = struct.pack("ii", 1, 0)


class FaultProxy:
    """Listens on its own port and carries to `target`."""

    def __init__(self, place: str, faults: FaultController, target: int) -> None:
        """Take a port; nothing listens on it yet, so the system refuses connections."""
        self.target = target
        """Port of the host itself; known before `open`."""
        self._place = place
        self._faults = faults
        self.socket = bind()
        self.port = port_of(self.socket)
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Listen, unless it refuses; OSError."""
        if not self._trigger("refused"):
            self._server = await asyncio.start_server(self._relay, sock=self.socket, limit=BLOCK)

    def close(self) -> None:
        """Release the port and hang up on every client."""
        if self._server is not None:
            self._server.close()
        self.socket.close()
        for client in self._clients:
            _reset(client)

    async def _relay(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            if self._reset_after(0) is not None:
                raise ConnectionResetError
            from_host, host = await asyncio.open_connection(LOOPBACK, self.target, limit=BLOCK)
        except OSError:
            _reset(client)
            return
        self._clients.add(client)
        try:
            await asyncio.gather(self._pump(from_client, host), self._pump(from_host, client, answers=True))
        finally:
            self._clients.discard(client)
            host.transport.abort()
            client.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool = False) -> None:
        """Carry one direction to its end, as far as the faults let it through."""
        carried = 0
        try:
            while data := await source.read(BLOCK):
                if self._trigger("half-open"):
                    continue
                if answers and (reset := self._reset_after(carried + len(data))):
                    target.write(data[: max(reset.number - carried, 0)])
                    _reset(target)
                    return
                carried += len(data)
                await self._send_slowly(data, target)
            if not self._trigger("half-open"):
                target.write_eof()
        except OSError:
            target.transport.abort()  # so that the other direction ends too

    async def _send_slowly(self, data: bytes, target: asyncio.StreamWriter) -> None:
        if latency := self._trigger("latency"):
            await asyncio.sleep(latency.number / 2000)
        bandwidth = self._trigger("bandwidth")
        rate = max(bandwidth.number, 1) if bandwidth else 0
        piece = max(rate // 10, 1) if rate else len(data)
        for start in range(0, len(data), piece):
            if rate:
                await asyncio.sleep(len(data[start : start + piece]) / rate)
            target.write(data[start : start + piece])
            await target.drain()

    def _trigger(self, name: str) -> Fault | None:
        return self._faults.trigger(name, self._place)

    def _reset_after(self, answered: int) -> Fault | None:
        """Return the fault that resets a connection after this many bytes of answers; None: it goes on."""
        return self._faults.trigger("reset-at", self._place, lambda reset: answered > reset.number or not reset.number)


class FaultyNetwork:
    """The proxies of one sandbox; it takes every port at once, so that all URLs are known before anything listens."""

    def __init__(self, faults: Sequence[Fault], seed: int, closing: contextlib.ExitStack) -> None:
        """`faults` are on from the start; `closing` closes the sockets."""
        self.faults = FaultController(faults)
        self._chance = random.Random(seed)  # nosec B311  # noqa: S311 - chance of failures is no secret
        self.sockets = {host: closing.enter_context(bind()) for host in (*HOSTS, CONTROL_API)}
        """On which each host itself listens: behind its proxy."""
        ports = {host: port_of(bound) for host, bound in self.sockets.items()}
        self.proxies = {place: FaultProxy(place, self.faults, ports.get(place, 0)) for place in (*HOSTS, FILES)}
        ports |= {host: self.proxies[host].port for host in HOSTS}
        self.urls = {host: f"http://{LOOPBACK}:{port}" for host, port in ports.items()}
        """Where everything is called, by host; without a slash at the end."""

    def wrap(self, hosts: Mapping[str, ASGIApp], clock: Clock) -> dict[str, ASGIApp]:
        """Return the hosts' applications with date and faults of their answers."""
        return {host: answering(app, host, clock, self.faults, self._chance) for host, app in hosts.items()}

    async def open(self, files: FileServer) -> None:
        """Start the file server behind its proxy, and open all proxies; the hosts listen already."""
        proxy = self.proxies[FILES]
        files.faults, files.shown_port = self.faults, proxy.port
        await asyncio.to_thread(files.start)
        proxy.target = files.port
        for each in self.proxies.values():
            await each.open()

    def close(self) -> None:
        """Hang up on every client."""
        for proxy in self.proxies.values():
            proxy.close()


def _reset(client: asyncio.StreamWriter) -> None:
    """Reset a connection: the client learns that there is none."""
    with contextlib.suppress(OSError):
        client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    client.transport.abort()
