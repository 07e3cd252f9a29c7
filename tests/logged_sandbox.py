"""A sandbox that writes down every call that reaches it, as an access log of its own: `ACCESS` in its directory.

Run as a command with a directory. One line a call: `HOST METHOD PATH` for HTTP, `sftp OPERATION PATH` for the file
server. It is the sandbox's own process that writes it, so nothing of the product can keep a call from standing there.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Receive, Scope, Send

import cxr_tui.sandbox.server as server_module
from cxr_tui.sandbox.audience import file_source
from cxr_tui.sandbox.file_server import FileServer
from cxr_tui.sandbox.sftp_home import SftpHome

if TYPE_CHECKING:
    import socket


ACCESS = "access.log"
OF_THE_TWIN = "python-httpx"
"""CX Audience's twin calls Responsys' as the real one does; it names itself as the library does."""


def main() -> None:
    """Serve until standard input closes; the second argument is the number of people."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    log = os.open(directory / ACCESS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(*words: str) -> None:
        os.write(log, (" ".join(words) + "\n").encode())

    server: Any = server_module  # its names are replaced below
    serving = server.serving

    def logged(apps: Mapping[str, ASGIApp], *rest: Any) -> Any:  # noqa: ANN401 - as the server's own function
        return serving({host: over(host, app, write) for host, app in apps.items()}, *rest)

    server.serving = logged
    for holder, name, operation in (
        (SftpHome, "list_folder", "list"),
        (SftpHome, "stat", "stat"),
        (SftpHome, "open", "read"),
    ):
        setattr(holder, name, told(getattr(holder, name), operation, write))
    source: Any = next(one for one in vars(file_source).values() if "_session" in getattr(one, "__dict__", {}))
    session = source._session

    @contextmanager
    def of_the_twin(self: object) -> Iterator[object]:
        write("twin", "begins", "/")
        try:
            with session(self) as sftp:
                yield sftp
        finally:
            write("twin", "ends", "/")

    source._session = of_the_twin
    authorizes, serve = FileServer.authorizes, FileServer._serve

    def asked(self: FileServer, user: str, key: Any) -> bool:  # noqa: ANN401 - as paramiko hands it over
        write("sftp", "log-in", "/")
        return authorizes(self, user, key)

    def connected(self: FileServer, client: socket.socket, by_line: bool) -> None:
        write("sftp", "connect", "/")
        serve(self, client, by_line)

    FileServer.authorizes = asked  # type: ignore[method-assign]  # the log is what this file is for
    FileServer._serve = connected  # type: ignore[method-assign]  # likewise
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    asyncio.run(server.serve(server.Options(directory, people, until_stdin_closes=True)))


def over(host: str, app: ASGIApp, write: Callable[..., None]) -> ASGIApp:
    """Return an app whose calls are written down."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            agent = dict(scope["headers"]).get(b"user-agent", b"").decode()
            write("twin" if agent.startswith(OF_THE_TWIN) else host, scope["method"], scope["path"])
        await app(scope, receive, send)

    return call


def told(call: Callable[..., Any], operation: str, write: Callable[..., None]) -> Callable[..., Any]:
    """Return an SFTP operation that is written down."""

    def written(self: object, path: str, *rest: object) -> Any:  # noqa: ANN401 - whatever the operation returns
        write("sftp", operation, path)
        return call(self, path, *rest)

    return written


class AccessLog:
    """The log of a running sandbox, read from where it was left."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / ACCESS
        self._at = 0
        self._twin = False
        """Whether CX Audience's twin is at the file server; the product waits for it meanwhile."""

    def news(self) -> list[tuple[str, str, str]]:
        """Return host, method and path of every call of the product since the last look."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            text = file.read().decode()
        self._at += len(text.encode())
        calls: list[tuple[str, str, str]] = []
        for line in text.splitlines():
            host, method, path = line.split(" ", 2)
            if host == "twin":
                self._twin = {"begins": True, "ends": False}.get(method, self._twin)
            elif not (host == "sftp" and self._twin):
                calls.append((host, method, path))
        return calls


@contextmanager
def logged_sandbox(directory: Path, people: int = 60) -> Iterator[AccessLog]:
    """Run one in a process of its own until the block ends; attach to `directory`."""
    import subprocess

    command: Sequence[str] = [sys.executable, str(Path(__file__)), str(directory), str(people)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        if not process.stdout.readline():
            raise RuntimeError("the sandbox did not start")
        yield AccessLog(directory)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(20)


if __name__ == "__main__":
    main()
