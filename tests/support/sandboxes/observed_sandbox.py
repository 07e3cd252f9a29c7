"""A sandbox that tests see into: what really happened, every login, which secret lets a user in, a clock to move.

Run as a command with the options of `python -m cxr_tui.sandbox`, and perhaps `--complete`: every person has an email
address and a mobile number. The routes are served by the control API: `/state`, `/logins`, `/secrets`, `/clock`,
`/faults`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.__main__ import main as run_sandbox
from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions, attach_sandbox, encode
from cxr_tui.sandbox.server import SandboxServer
from cxr_tui.sandbox.world import Sandbox
from support.paths import program
from support.processes.cli_process import environment
from support.sandboxes.fault_switch import FaultSwitch
from support.sandboxes.login_log import LoginLog
from support.sandboxes.truth import truth

COMPLETE = "--complete"


class ObservedServer(SandboxServer):
    """Serves what tests ask for besides."""

    logins: LoginLog

    def hosts(self) -> dict[str, ASGIApp]:
        self.logins = LoginLog(self.sandbox.clock)
        return {host: self.logins.around(host, app) for host, app in super().hosts().items()}

    def further_routes(self) -> Sequence[BaseRoute]:
        return (
            Route("/state", self._state),
            Route("/logins", self._logins),
            Route("/secrets", self._secrets),
            Route("/clock", self._clock, methods=["GET", "POST"]),
            FaultSwitch(self.network).route,
        )

    async def _state(self, _: Request) -> Response:
        return JSONResponse(truth(self.sandbox))

    async def _logins(self, request: Request) -> Response:
        """Return the logins from a position on."""
        return JSONResponse({"logins": self.logins.since(int(request.query_params.get("since", "0")))})

    async def _secrets(self, request: Request) -> Response:
        """Return the marks of what the keyring holds, and which of it lets a user in; no secret itself."""
        opening = services_opening(self.sandbox, request.query_params.get("user", ""))
        return JSONResponse({"marks": self.logins.marks(self.sandbox.keyring), "opening": opening})

    async def _clock(self, request: Request) -> Response:
        """Return the time; with POST, move it on to `until` first."""
        if request.method == "POST":
            await self.sandbox.clock.advance(datetime.fromisoformat((await request.json())["until"]))
        return JSONResponse({"now": self.sandbox.clock.now().isoformat()})


class CompleteServer(ObservedServer):
    """Its people have no gaps, so that every match column serves."""

    def hosts(self) -> dict[str, ASGIApp]:
        fill_in(self.sandbox)
        return super().hosts()


def fill_in(sandbox: Sandbox) -> None:
    """Give everyone their own address and number."""
    people = sandbox.population
    for table in (people.customers, people.loyalty, people.customer_profiles):
        for person in list(table.rows()):
            number = person["CUSTOMER_ID_"].removeprefix("C")
            own = {"EMAIL_ADDRESS_": f"person{number}@example.com", "MOBILE_NUMBER_": f"1212{number}"}
            table.update(person["RIID_"], own | {"MODIFIED_DATE_": person["MODIFIED_DATE_"]}, sandbox.clock.now())


def services_opening(sandbox: Sandbox, user_name: str) -> list[str]:
    """Return the services of the throwaway keyring whose secret is this Responsys user's password."""
    user = sandbox.responsys.account.users.get(user_name)
    if user is None:
        return []
    return [name for (name, _), secret in sandbox.keyring.items() if user.password == Secret(secret)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one until it is asked to stop."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    return run_sandbox(words[:1], CompleteServer if COMPLETE in words else ObservedServer)


@contextmanager
def observed_sandbox_up(directory: Path, people: int, *further: str, **options: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - of several types
    """Keep one up and yield the line that it prints; `options` are those of SandboxOptions."""
    given = encode(SandboxOptions(directory=directory, people=people, **options)).decode()
    process = subprocess.Popen(
        [*program("support.sandboxes.observed_sandbox"), given, *further],
        env=environment(directory),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(20)


@contextmanager
def people_sandbox(people: int, seed: int, *, complete: bool, kind: str = "") -> Iterator[RunningSandbox]:
    """Keep a sandbox running; with `complete` every person has all values; `kind`: `--bare`, `--screens`."""
    further = (COMPLETE,) if complete else ()
    options = {"seed": seed, "bare": kind == "--bare", "screens": kind == "--screens"}
    with TemporaryDirectory(prefix="cxr-") as folder, observed_sandbox_up(Path(folder), people, *further, **options):
        yield attach_sandbox(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
