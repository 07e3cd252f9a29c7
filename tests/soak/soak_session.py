"""The program's side of a soak: sessions, each a fork of this process, that do one act after another as they are told.

`python tests soak.soak_session LOG` talks over standard input and output; everything that the program itself prints
goes to LOG. Everything is loaded once, so that a process costs little and can be killed often. What the program waits
for is shortened: with its real patience a soak would mostly wait.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import struct
import sys
import traceback
from pathlib import Path
from typing import Any

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.errors import JournalError, OutsideError
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.integration.integration import Integration, StepLockedError
from cxr_tui.journal.store import Journal
from cxr_tui.sandbox.browser_automation import SandboxOperator
from cxr_tui.sandbox.client import attach_sandbox
from soak import soak_acts
from support.processes.short_timeouts import be_impatient

LONGEST = 60.0
"""Seconds after which an act counts as hung."""
LEAST = 8
"""Characters that a secret has; shorter ones would be found everywhere by chance."""


class Told:
    """Messages over pipes: four bytes of length, then JSON."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing

    def hear(self) -> dict[str, Any] | None:
        """Return the next message; None: nobody talks any more."""
        head = self._exactly(4)
        if head is None:
            return None
        body = self._exactly(struct.unpack(">I", head)[0])
        return None if body is None else json.loads(body)

    def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        body = json.dumps(message).encode()
        data = struct.pack(">I", len(body)) + body
        while data:
            data = data[os.write(self._writing, data) :]

    def _exactly(self, wanted: int) -> bytes | None:
        got = b""
        while len(got) < wanted:
            block = os.read(self._reading, wanted - len(got))
            if not block:
                return None
            got += block
        return got


class Points:
    """Where the process can be killed: before and after everything that changes something outside of it."""

    left = 0

    @classmethod
    def pass_by(cls) -> None:
        if cls.left:
            cls.left -= 1
            if not cls.left:
                os.kill(os.getpid(), signal.SIGKILL)


def watch_points() -> None:
    """Put a point before and after each write to journal or keyring, each request and each visit."""

    def around(owner: type, name: str) -> None:
        plain = getattr(owner, name)

        async def watched(self: object, *args: object, **named: object) -> object:
            Points.pass_by()
            result: object = await plain(self, *args, **named)
            Points.pass_by()
            return result

        setattr(owner, name, watched)

    around(KeyringCredentials, "put")
    around(KeyringCredentials, "drop")
    around(HttpClient, "request")
    around(SandboxOperator, "perform")
    commit = Journal._commit

    def watched_commit(self: Journal) -> None:
        Points.pass_by()
        commit(self)
        Points.pass_by()

    Journal._commit = watched_commit  # type: ignore[method-assign]  # watched while it works


class Made:
    """Every secret that comes into being in this process, for whoever looks whether one got out."""

    def __init__(self) -> None:
        self._new: set[str] = set()
        plain = Secret.__init__

        def noted(secret: Secret, text: str) -> None:
            plain(secret, text)
            if len(text) >= LEAST:
                self._new.add(text)

        Secret.__init__ = noted  # type: ignore[assignment,method-assign]  # every secret is to be noted

    def take(self) -> list[str]:
        new, self._new = sorted(self._new), set()
        return new


async def serve(told: Told, made: Made, order: dict[str, Any]) -> None:
    """Open the integration and do acts until told to end."""

    def opening() -> Integration:
        return open_sandboxed(attach_sandbox(Path(order["directory"])), order["name"])

    session = soak_acts.Session(opening, order, lambda meant: told.say({"meant": meant}))
    told.say({"pid": os.getpid()})
    while (message := told.hear()) is not None and message["do"] == "act":
        act = message["act"]
        random.seed(act["seed"])
        Points.left = act["dies_at"]
        answer = await _answer(session, act)
        Points.left = 0
        told.say(answer | {"secrets": made.take()})
    await session.close()


async def _answer(session: soak_acts.Session, act: dict[str, Any]) -> dict[str, Any]:
    try:
        async with asyncio.timeout(LONGEST):
            return {"told": await session.act(act["name"], act["seed"])}
    except TimeoutError:
        return {"crash": f"hung for {LONGEST:g} seconds"}
    except (OutsideError, StepLockedError, VisitRefusedError, JournalError, *soak_acts.EXPECTED) as error:
        return {"error": type(error).__name__, "said": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the soak looks for
        return {"crash": "".join(traceback.format_exception(error))}


def main() -> None:
    """Fork a session whenever one is ordered."""
    told = Told(os.dup(0), os.dup(1))
    log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(ours, theirs)
    os.umask(0o077)
    be_impatient()
    watch_points()
    soak_acts.load()
    while (order := told.hear()) is not None:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                asyncio.run(serve(told, Made(), order))
                code = 0
            except BaseException:  # noqa: BLE001 - the fork must end here, whatever happened
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        told.say({"ended": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main()
