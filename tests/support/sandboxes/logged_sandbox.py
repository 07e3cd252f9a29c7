"""A sandbox that logs every call that reaches it in an access log: `ACCESS` in its directory.

Run as a command with a directory. One line a call: `HOST METHOD PATH` for HTTP, `sftp OPERATION PATH` for the file
server. It is the sandbox's own process that writes it, so nothing of the product can keep a call from standing there.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from cxr_tui.sandbox import sftp_server
from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.sandbox.server import SandboxServer, serve
from cxr_tui.sandbox.sftp_server import FileServer, SftpHome
from support.paths import program

ACCESS = "access.log"


def main() -> None:
    """Serve until standard input closes; the second argument is the number of people."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    log = os.open(directory / ACCESS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(*words: str) -> None:
        os.write(log, (" ".join(words) + "\n").encode())

    class LoggedServer(SandboxServer):
        def hosts(self) -> dict[str, ASGIApp]:
            return {host: over(host, app, write) for host, app in super().hosts().items()}

    _tell_of_file_server(write)
    people = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    asyncio.run(serve(SandboxOptions(directory=directory, people=people), LoggedServer))


def _tell_of_file_server(write: Callable[..., None]) -> None:
    """Write down what happens at the file server."""
    serve, check = FileServer._serve, sftp_server._SshAuth.check_auth_publickey

    def connected(self: FileServer, *rest: Any) -> None:  # noqa: ANN401 - handed through
        write("sftp", "connect", "/")
        serve(self, *rest)

    def asked(self: Any, username: str, key: Any) -> int:  # noqa: ANN401 - as paramiko hands it over
        write("sftp", "log-in", "/")
        return check(self, username, key)

    holder: Any = sftp_server
    holder._SshAuth.check_auth_publickey, holder.FileServer._serve = asked, connected
    for name, operation in (("list_folder", "list"), ("stat", "stat"), ("open", "read")):
        setattr(SftpHome, name, told(getattr(SftpHome, name), operation, write))


def over(host: str, app: ASGIApp, write: Callable[..., None]) -> ASGIApp:
    """Return an app whose calls are written down."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            write(host, scope["method"], scope["path"])
        await app(scope, receive, send)

    return call


def told(call: Callable[..., Any], operation: str, write: Callable[..., None]) -> Callable[..., Any]:
    """Return an SFTP operation that is written down."""

    def written(self: Any, path: str, *rest: object) -> Any:  # noqa: ANN401 - whatever the operation returns
        write("sftp", operation, path)
        return call(self, path, *rest)

    return written


class AccessLog:
    """The log of a running sandbox, read from where it was left."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / ACCESS
        self._at = 0

    def news(self) -> list[tuple[str, str, str]]:
        """Return host, method and path of every call of the product since the last look."""
        with self._path.open("rb") as file:
            file.seek(self._at)
            text = file.read().decode()
        self._at += len(text.encode())
        return [(host, method, path) for host, method, path in (line.split(" ", 2) for line in text.splitlines())]


@contextmanager
def logged_sandbox(directory: Path, people: int = 60) -> Iterator[AccessLog]:
    """Run one in a separate process until the block ends; attach to `directory`."""
    import subprocess

    command: Sequence[str] = [*program("support.sandboxes.logged_sandbox"), str(directory), str(people)]
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
