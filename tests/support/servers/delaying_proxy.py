"""A loopback proxy that makes a line long: every byte arrives half a round trip later, and no faster than the line.

`python tests support.servers.delaying_proxy TARGET_PORT [--rtt 0.08] [--gbit 1.0]` prints its port and runs
until its standard input ends.
"""

from __future__ import annotations

import argparse
import queue
import socket
import sys
import threading
import time

_CHUNK = 256 * 1024
_BUFFERED = 4096
"""Chunks on their way in one direction; a line holds what it holds."""


def main() -> None:
    """Serve until standard input ends."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("target", type=int)
    options.add_argument("--rtt", type=float, default=0.08)
    options.add_argument("--gbit", type=float, default=1.0)
    args = options.parse_args()
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=_serve, args=(listening, args), daemon=True).start()
    sys.stdin.read()


def _serve(listening: socket.socket, args: argparse.Namespace) -> None:
    while True:
        client, _ = listening.accept()
        server = socket.create_connection(("127.0.0.1", args.target))
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, target in ((client, server), (server, client)):
            _carry(source, target, args.rtt / 2, args.gbit * 125e6)


def _carry(source: socket.socket, target: socket.socket, delay: float, rate: float) -> None:
    on_the_way: queue.Queue[tuple[float, bytes]] = queue.Queue(_BUFFERED)

    def take() -> None:
        free = 0.0
        while True:
            try:
                data = source.recv(_CHUNK)
            except OSError:
                data = b""
            free = max(free, time.monotonic()) + len(data) / rate
            on_the_way.put((free + delay, data))
            if not data:
                return

    def give() -> None:
        while True:
            due, data = on_the_way.get()
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    threading.Thread(target=give, daemon=True).start()


if __name__ == "__main__":
    main()
