"""The line before one host: a relay on loopback that does to connections what networks do.

A relay and not a patched server: the product then meets what real sockets do, resets and refusals included.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections import deque

from cxr_tui.sandbox.faults.registry import Fault
from cxr_tui.sandbox.faults.switch import Switch

LOOPBACK = "127.0.0.1"
MOST_HELD = 256 * 1024
"""Bytes on their way in one direction, after which no more is taken."""
_RESET = struct.pack("ii", 1, 0)


class Line:
    """Listens on a port of its own, which stays the same while it refuses, and carries to `target`."""

    def __init__(self, place: str, switch: Switch, chance: random.Random) -> None:
        """Take a port; nobody listens on it yet."""
        self.place = place
        self.switch = switch
        self.chance = chance
        self.target = 0
        """Port of the host itself; set before `open`."""
        # Bound and never listening: it keeps the port from others while the line refuses.
        self._keeper = _bound(0)
        self.port = int(self._keeper.getsockname()[1])
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()

    async def open(self) -> None:
        """Listen, unless the line refuses from the start; OSError."""
        self.switch.tell(self._changed)
        await self._changed()

    async def close(self) -> None:
        """Hang up and let go of the port."""
        await self._deaf()
        self._keeper.close()

    async def _changed(self) -> None:
        refuses = self.switch.find("refused", self.place) is not None
        if refuses:
            self.switch.strike("refused", self.place)
            await self._deaf()
        elif self._server is None:
            loop = asyncio.get_running_loop()
            listener = _bound(self.port)
            listener.listen(100)
            self._server = await loop.create_server(lambda: _Near(self), sock=listener)

    async def _deaf(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self._connections):
            connection.reset()

    def begun(self, connection: Connection) -> None:
        """Know a connection."""
        self._connections.add(connection)

    def ended(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)


class Connection:
    """One connection with both its ends."""

    def __init__(self, line: Line, near: asyncio.Transport) -> None:
        self.line = line
        self._near = near
        self._far: asyncio.Transport | None = None
        self._answered = 0
        self._forth: Way | None = None
        self._back: Way | None = None
        line.begun(self)
        near.pause_reading()
        self._dialling = asyncio.create_task(self._dial())

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        if self._strike_at(0) is not None:
            self.reset()
            return
        try:
            await loop.create_connection(lambda: _Far(self), LOOPBACK, self.line.target)
        except OSError:
            self.reset()

    def far_made(self, far: asyncio.Transport) -> None:
        """Join both ends, now that the host has taken the call."""
        self._far = far
        if self._near.is_closing():  # the client has gone meanwhile
            far.abort()
            return
        self._forth = Way(self.line, self._near, far)
        self._back = Way(self.line, far, self._near)
        self._near.resume_reading()

    def sent(self, data: bytes) -> None:
        """Carry what the client sends."""
        if self._forth is not None and not self._swallowed():
            self._forth.carry(data)

    def answered(self, data: bytes) -> None:
        """Carry what the host answers, as far as the line lets it through."""
        if self._back is None or self._swallowed():
            return
        ends = self._strike_at(self._answered + len(data))
        if ends is None:
            self._answered += len(data)
            self._back.carry(data)
            return
        # what still fits is sent at once, whatever else slows the line down
        self._near.write(data[: max(ends.number - self._answered, 0)])
        if ends.kind.name == "reset-at":
            self.reset()
        else:
            self._near.close()
            self._hang_up_far()

    def client_ended(self) -> None:
        """Carry the end of what the client sends."""
        if self._forth is not None and not self._swallowed():
            self._forth.end()

    def host_ended(self) -> None:
        """Carry the end of what the host answers."""
        if self._back is not None and not self._swallowed():
            self._back.end()

    def near_lost(self) -> None:
        """Hang up on the host, for the client has gone."""
        self.line.ended(self)
        self._hang_up_far()

    def far_lost(self) -> None:
        """Hang up on the client, after what is still on its way, for the host has gone."""
        if self._back is None:
            self._near.close()
        elif not self._swallowed():
            self._back.end(close=True)

    def write_paused(self, *, near: bool) -> None:
        """Take no more while one end takes no more."""
        way = self._back if near else self._forth
        if way is not None:
            way.hold(True)

    def write_resumed(self, *, near: bool) -> None:
        """Go on."""
        way = self._back if near else self._forth
        if way is not None:
            way.hold(False)

    def reset(self) -> None:
        """Reset it: the client is told that there is no such connection."""
        end = self._near.get_extra_info("socket")
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._near.abort()
        self._hang_up_far()

    def _hang_up_far(self) -> None:
        if self._far is not None:
            self._far.abort()

    def _swallowed(self) -> bool:
        return self.line.switch.strike("half-open", self.line.place) is not None

    def _strike_at(self, answered: int) -> Fault | None:
        """Return what ends the connection once so much was answered; None: nothing does."""
        for name in ("reset-at", "cut-at"):
            fault = self.line.switch.find(name, self.line.place)
            if fault is not None and (answered > fault.number or not fault.number):
                return self.line.switch.strike(name, self.line.place)
        return None


class Way:
    """One direction: bytes in order, each piece due at its own time."""

    def __init__(self, line: Line, source: asyncio.Transport, target: asyncio.Transport) -> None:
        self._line = line
        self._source = source
        self._target = target
        self._loop = asyncio.get_running_loop()
        self._held: deque[bytes | None] = deque()
        self._size = 0
        self._free = 0.0
        self._close = False
        self._blocked = False

    def carry(self, data: bytes) -> None:
        """Send on, at once or when it is due."""
        delay, rate = self._weather()
        if not delay and not rate and not self._held:
            self._target.write(data)
            return
        piece = max(rate // 10, 1) if rate else len(data)
        for start in range(0, len(data), piece):
            self._hold(data[start : start + piece], delay, rate)
        self._read_on()

    def end(self, *, close: bool = False) -> None:
        """Send on that nothing more comes, after what is on its way."""
        self._close |= close
        if self._held:
            self._hold(None, 0.0, 0)
        else:
            self._say_end()

    def hold(self, blocked: bool) -> None:
        """Take no more from the source, or go on."""
        self._blocked = blocked
        self._read_on()

    def _weather(self) -> tuple[float, int]:
        """Return delay in seconds and bytes a second; 0: no limit."""
        switch, place = self._line.switch, self._line.place
        if not switch.on:
            return 0.0, 0
        latency, jitter = switch.strike("latency", place), switch.strike("jitter", place)
        bandwidth = switch.strike("bandwidth", place)
        delay = latency.number / 2000 if latency else 0.0
        if jitter:
            delay += self._line.chance.random() * jitter.number / 1000
        return delay, max(bandwidth.number, 1) if bandwidth else 0

    def _hold(self, data: bytes | None, delay: float, rate: int) -> None:
        now = self._loop.time()
        self._free = max(self._free, now + delay) + (len(data or b"") / rate if rate else 0.0)
        self._held.append(data)
        self._size += len(data or b"")
        self._loop.call_at(self._free, self._give)

    def _give(self) -> None:
        data = self._held.popleft()
        if data is None:
            self._say_end()
            return
        self._size -= len(data)
        if not self._target.is_closing():
            self._target.write(data)
        self._read_on()

    def _say_end(self) -> None:
        if self._target.is_closing():
            return
        if self._close:
            self._target.close()
        else:
            with contextlib.suppress(OSError, RuntimeError):
                self._target.write_eof()

    def _read_on(self) -> None:
        if self._source.is_closing():
            return
        if self._blocked or self._size > MOST_HELD:
            self._source.pause_reading()
        else:
            self._source.resume_reading()


class _Near(asyncio.Protocol):
    """The client's end."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # nosec B101  # noqa: S101 - sockets give these
        self._connection = Connection(self._line, transport)

    def data_received(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.sent(data)

    def eof_received(self) -> bool:
        if self._connection is not None:
            self._connection.client_ended()
        return True  # the other direction stays open

    def pause_writing(self) -> None:
        if self._connection is not None:
            self._connection.write_paused(near=True)

    def resume_writing(self) -> None:
        if self._connection is not None:
            self._connection.write_resumed(near=True)

    def connection_lost(self, error: Exception | None) -> None:
        if self._connection is not None:
            self._connection.near_lost()


class _Far(asyncio.Protocol):
    """The host's end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # nosec B101  # noqa: S101 - sockets give these
        self._connection.far_made(transport)

    def data_received(self, data: bytes) -> None:
        self._connection.answered(data)

    def eof_received(self) -> bool:
        self._connection.host_ended()
        return True

    def pause_writing(self) -> None:
        self._connection.write_paused(near=False)

    def resume_writing(self) -> None:
        self._connection.write_resumed(near=False)

    def connection_lost(self, error: Exception | None) -> None:
        self._connection.far_lost()


def _bound(port: int) -> socket.socket:
    # With the protocol said, asyncio sends at once (TCP_NODELAY).
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # so that the port can be kept while nobody listens; Windows calls the same thing by the other name
    bound.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_REUSEPORT", socket.SO_REUSEADDR), 1)
    bound.bind((LOOPBACK, port))
    return bound
