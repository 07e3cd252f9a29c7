"""Runs an assembled sandbox: sockets first, so that every URL is known, then the twins, then one server a host."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from cxr_tui.sandbox.control_api import Desk
from cxr_tui.sandbox.faults.network import Network
from cxr_tui.sandbox.faults.registry import parse_all
from cxr_tui.sandbox.http_servers import serving
from cxr_tui.sandbox.logins import LoginLog
from cxr_tui.sandbox.responsys.account import Urls
from cxr_tui.sandbox.scenarios import Slips, check_scenarios, plant
from cxr_tui.sandbox.world import ACCOUNT_NAME, POINT_OF_CONTACT, Sandbox, build_sandbox
from cxr_tui.security.private_files import write_private

HANDOUT = "sandbox.json"
"""File in the sandbox's directory with everything a client needs; readable for its owner only."""


@dataclass(frozen=True)
class Options:
    """How a sandbox is started."""

    directory: Path | None = None
    """None: a fresh one, removed at the end."""
    people: int = 5000
    seed: int = 1
    scenarios: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    """Faults that are on from the start, each in the form that `faults.kinds.parse` reads."""
    complete: bool = False
    """Everybody has an address and a mobile number of their own."""
    bare: bool = False
    """Nobody hands over API users or a key for the file server."""
    screens: bool = False
    """Checks may read the screens that the operator sees."""
    until_stdin_closes: bool = False


async def serve(options: Options) -> None:
    """Run a sandbox until it is asked to stop; prints one line of JSON when it is ready.

    UnknownScenarioError, UnknownFaultError and OSError before that line.
    """
    check_scenarios(options.scenarios)
    faults = parse_all(options.faults)
    stop = asyncio.Event()
    _stop_on_signals(stop)
    with _directory(options.directory) as directory, contextlib.ExitStack() as closing:
        network = Network(faults, options.seed, closing)
        urls = network.urls
        sandbox = build_sandbox(
            directory,
            people=options.people,
            seed=options.seed,
            complete=options.complete,
            bare=options.bare,
            urls=lambda: Urls(urls["responsys-login"], urls["responsys-api"], urls["responsys-other-pod"]),
            audience_url=lambda: urls["audience-api"],
        )
        try:
            await _run(sandbox, options, network, stop)
        finally:
            await network.close()
            await sandbox.close()


async def _run(sandbox: Sandbox, options: Options, network: Network, stop: asyncio.Event) -> None:
    token = secrets.token_urlsafe(24)
    slips, logins = Slips(), LoginLog(sandbox.clock)
    desk = Desk(
        clock=sandbox.clock,
        sites=sandbox.sites(),
        slips=slips,
        truth=sandbox.truth,
        token=token,
        memory=sandbox.keyring,
        faults=network.switch,
        logins=logins,
        opening=sandbox.opening,
    )
    hosts: dict[str, ASGIApp] = {
        "responsys-login": sandbox.responsys.login_app,
        "responsys-api": sandbox.responsys.api_app,
        "responsys-other-pod": sandbox.responsys.other_pod_app,
        "audience-api": sandbox.audience.api_app,
    }
    apps = {host: logins.around(host, app) for host, app in hosts.items()} | {"desk": desk.app}
    async with serving(apps, network.sockets(), sandbox.clock, network.around):
        await network.open(sandbox.responsys.file_server)
        await plant(sandbox, options.scenarios, slips)
        ticking = asyncio.create_task(sandbox.clock.run())
        handout = _handout(sandbox, options, network.urls, token, slips.answers)
        file = _write_private(sandbox.directory / HANDOUT, handout)
        print(handout, flush=True)  # noqa: T201 - the one line that a client waits for
        if options.until_stdin_closes:
            _stop_at_end_of_stdin(stop)
        await stop.wait()
        file.unlink(missing_ok=True)
        ticking.cancel()


@contextlib.contextmanager
def _directory(given: Path | None) -> Iterator[Path]:
    if given is not None:
        given.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield given.resolve()
        return
    made = Path(tempfile.mkdtemp(prefix="cxr-"))  # a short name: gpg's sockets below it have a length limit
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _handout(
    sandbox: Sandbox, options: Options, urls: Mapping[str, str], token: str, answers: Mapping[str, str]
) -> str:
    responsys, audience = sandbox.responsys, sandbox.audience
    return json.dumps(
        {
            "ready": True,
            "account_name": ACCOUNT_NAME,
            "responsys_login": urls["responsys-login"],
            "responsys_api": urls["responsys-api"],
            "responsys_other_pod": urls["responsys-other-pod"],
            "audience_api": urls["audience-api"],
            "file_server": responsys.file_server.server,
            "file_server_user": f"{ACCOUNT_NAME}_scp",
            "file_server_key": str(responsys.administrator_key),
            "desk": urls["desk"],
            "desk_token": token,
            "dir": str(sandbox.directory),
            "pid": os.getpid(),
            "people": options.people,
            "seed": options.seed,
            "scenarios": list(options.scenarios),
            "faults": list(options.faults),
            "bare": options.bare,
            "screens": options.screens,
            "point_of_contact": POINT_OF_CONTACT,
            "answers": dict(answers),
            "accounts": [
                _account("CX Audience API user", audience.api_user_name, audience.api_password.reveal()),
                _account(
                    "Responsys Connect API user", responsys.connect_user_name, responsys.connect_password.reveal()
                ),
            ],
        }
    )


def _account(who: str, user_name: str, password: str) -> dict[str, Any]:
    return {"who": who, "user_name": user_name, "password": password}


def _write_private(path: Path, text: str) -> Path:
    write_private(path, f"{text}\n".encode())
    return path


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
