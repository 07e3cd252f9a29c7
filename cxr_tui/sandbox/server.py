"""Runs one sandbox: sockets first, so that every URL is known, then the twins, then one server per host."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from cxr_tui.sandbox.client import INFO_FILE, ConnectionInfo, SandboxOptions, encode
from cxr_tui.sandbox.control_api import ControlApi
from cxr_tui.sandbox.faults.proxy import CONTROL_API, FaultyNetwork
from cxr_tui.sandbox.faults.registry import parse
from cxr_tui.sandbox.http_servers import serving
from cxr_tui.sandbox.responsys.account import Urls
from cxr_tui.sandbox.scenarios import plant
from cxr_tui.sandbox.scenarios.builder import PendingMistakes
from cxr_tui.sandbox.services.colleague import POINT_OF_CONTACT
from cxr_tui.sandbox.world import Sandbox
from cxr_tui.security.private_files import write_private
from cxr_tui.security.scratch_folders import use_state_folder


class SandboxServer:
    """One sandbox with its network and its control API."""

    def __init__(self, options: SandboxOptions, directory: Path, closing: contextlib.ExitStack) -> None:
        """UnknownFaultError; `closing` closes the sockets."""
        self.options = options
        self.network = FaultyNetwork(tuple(map(parse, options.faults)), options.seed, closing)
        self.mistakes = PendingMistakes()
        self.token = secrets.token_urlsafe(24)
        urls = self.network.urls
        responsys = Urls(urls["responsys-login"], urls["responsys-api"], urls["responsys-other-pod"])
        self.sandbox = Sandbox(directory, options, responsys, urls["audience-api"])

    def hosts(self) -> dict[str, ASGIApp]:
        """Return the applications of the products' REST hosts."""
        return {
            "responsys-login": self.sandbox.responsys.login_app,
            "responsys-api": self.sandbox.responsys.api_app,
            "responsys-other-pod": self.sandbox.responsys.other_pod_app,
            "audience-api": self.sandbox.audience.api_app,
        }

    def further_routes(self) -> Sequence[BaseRoute]:
        """Return routes that the control API serves besides its own."""
        return ()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; prints one line of JSON when everything is ready."""
        sandbox = self.sandbox
        control_api = ControlApi(
            sites=sandbox.sites,
            mistakes=self.mistakes,
            token=self.token,
            keyring=sandbox.keyring,
            faults=self.network.faults,
            further=self.further_routes(),
        )
        apps: dict[str, ASGIApp] = {**self.network.wrap(self.hosts(), sandbox.clock), CONTROL_API: control_api}
        async with serving(apps, self.network.sockets):
            await self.network.open(sandbox.responsys.file_server)
            await plant(sandbox, self.options.scenarios, self.mistakes)
            ticking = asyncio.create_task(sandbox.clock.run())
            line = encode(self.info())
            file = sandbox.directory / INFO_FILE
            write_private(file, line + b"\n")
            print(line.decode(), flush=True)  # noqa: T201 - the one line that a client waits for
            _stop_at_end_of_stdin(stop)
            await stop.wait()
            file.unlink(missing_ok=True)
            ticking.cancel()

    async def close(self) -> None:
        """End everything that runs."""
        self.network.close()
        await self.sandbox.close()

    def info(self) -> ConnectionInfo:
        """Return where everything is."""
        urls = self.network.urls
        responsys = self.sandbox.responsys
        return ConnectionInfo(
            **{**msgspec.structs.asdict(self.options), "directory": self.sandbox.directory},
            account_name=responsys.account.name,
            responsys_login=urls["responsys-login"],
            responsys_api=urls["responsys-api"],
            responsys_other_pod=urls["responsys-other-pod"],
            audience_api=urls["audience-api"],
            file_server=responsys.file_server.server,
            file_server_user=responsys.file_server.user,
            file_server_key=responsys.administrator_key,
            control_api=urls[CONTROL_API],
            control_token=self.token,
            pid=os.getpid(),
            point_of_contact=POINT_OF_CONTACT,
            answers=self.mistakes.answers,
            accounts=self.sandbox.accounts,
        )


async def serve(options: SandboxOptions, kind: type[SandboxServer] = SandboxServer) -> None:
    """Run a sandbox until it is asked to stop.

    UnknownScenarioError, UnknownFaultError and OSError before it prints its line.
    """
    stop = asyncio.Event()
    _stop_on_signals(stop)
    with _directory(options.directory) as name, contextlib.ExitStack() as closing:
        directory = Path(name)
        use_state_folder(directory)  # gpg's homes belong to this sandbox
        server = kind(options, directory, closing)
        try:
            await server.run(stop)
        finally:
            await server.close()


def _directory(given: Path | None) -> contextlib.AbstractContextManager[str]:
    if given is None:  # a short name: gpg's sockets below it have a length limit
        return tempfile.TemporaryDirectory(prefix="cxr-", ignore_cleanup_errors=True)
    given.mkdir(mode=0o700, parents=True, exist_ok=True)
    return contextlib.nullcontext(str(given.resolve()))


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows has no signal handlers of the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _stop_at_end_of_stdin(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def read() -> None:
        # os.read, not sys.stdin: a buffered reader held by a daemon thread aborts the interpreter's exit
        while os.read(stdin, 4096):
            pass
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(stop.set)

    stdin = sys.stdin.fileno()
    threading.Thread(target=read, name="end of stdin", daemon=True).start()
