"""The sandbox seen from the product: starting or finding one, and its operator, who makes visits on request.

The only part of the sandbox that runs in the product's own process; it imports nothing heavy until it is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.security.private_files import open_named

if TYPE_CHECKING:
    from cxr_tui.sandbox.browser_automation import SandboxOperator
    from cxr_tui.sandbox.keyring_backend import SandboxKeyring
    from cxr_tui.sandbox.weather import Weather

DEFAULT_PEOPLE = 5000
DEFAULT_SEED = 1
START_LIMIT = 60.0
"""Seconds within which a sandbox must be ready; 100,000 people take several."""
STOP_LIMIT = 15.0
"""Seconds that a sandbox has to end by itself."""

PYTHON: str | os.PathLike[str] = sys.executable
"""The interpreter that a sandbox is started with."""

_HANDOUT = "sandbox.json"
_ORDER = 2
"""Exit code of a sandbox that was given a scenario or a fault that does not exist."""


class SandboxStartError(Exception):
    """A sandbox did not start, or there is none in the directory; the text says why, without any secret."""


class SandboxOrderError(SandboxStartError):
    """What was ordered does not exist: a scenario, or a fault; the text lists those there are."""


@dataclass(frozen=True)
class Account:
    """A user that exists from the start; the password is a throwaway of this one sandbox."""

    who: str
    user_name: str
    password: str


@dataclass(frozen=True)
class Handout:
    """Where everything of a sandbox is, as it says itself when it is ready; URLs without a slash at the end."""

    account_name: str
    responsys_login: str
    responsys_api: str
    responsys_other_pod: str
    audience_api: str
    file_server: str
    """`host:port`."""
    file_server_user: str
    file_server_key: Path
    desk: str
    desk_token: str
    directory: Path
    pid: int
    people: int
    seed: int
    scenarios: tuple[str, ...]
    faults: tuple[str, ...]
    """Those that were on at the start."""
    bare: bool
    """Whether nobody hands over API users or a key for the file server."""
    screens: bool
    """Whether checks may read the screens that the operator sees."""
    point_of_contact: str
    accounts: tuple[Account, ...]
    answers: Mapping[str, str]
    """What the person at the keyboard types in a rehearsal of the planted faults, by `step.field`."""


class RunningSandbox:
    """A sandbox that is up; `close` ends one that was started here and leaves an attached one alone."""

    def __init__(self, handout: Handout, process: asyncio.subprocess.Process | None = None) -> None:
        self.handout = handout
        self._process = process
        self._own_directory = False
        self._complaints: deque[str] = deque(maxlen=50)
        self._listening: list[asyncio.Task[None]] = []

    @property
    def directory(self) -> Path:
        """Where the sandbox keeps its files."""
        return self.handout.directory

    def operator(self) -> SandboxOperator:
        """Return the operator, who makes visits over the desk."""
        from cxr_tui.sandbox.browser_automation import SandboxOperator

        return SandboxOperator(self.handout.desk, self.handout.desk_token, self.directory / "downloads")

    def keyring(self) -> SandboxKeyring:
        """Return a keyring backend that keeps secrets in the sandbox's memory, gone with it."""
        from cxr_tui.sandbox.keyring_backend import SandboxKeyring

        return SandboxKeyring(self.handout.desk, self.handout.desk_token)

    async def weather(self, faults: Sequence[str] | None = None) -> Weather:
        """Return which faults are on now; with `faults`, have those on from now on and no others.

        SandboxOrderError for a fault that does not exist, SandboxStartError when the sandbox has ended.
        """
        from cxr_tui.sandbox.weather import ask

        return await asyncio.to_thread(ask, self.handout.desk, self.handout.desk_token, faults)

    def complaints(self) -> str:
        """Return the last lines that the sandbox wrote to its standard error."""
        return "".join(self._complaints)

    async def wait(self) -> int:
        """Wait until a sandbox that was started here has ended, and return its exit code."""
        return 0 if self._process is None else await self._process.wait()

    async def close(self) -> None:
        """End a sandbox that was started here: gently, then by force; remove a directory that it made itself."""
        if self._process is None:
            return
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        await self._ended()
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        if self._own_directory:
            await asyncio.to_thread(shutil.rmtree, self.directory, ignore_errors=True)

    async def __aenter__(self) -> RunningSandbox:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _watch(self, process: asyncio.subprocess.Process, *, own_directory: bool) -> None:
        """Drain what the process still writes, so that it never blocks on a full pipe."""
        self._own_directory = own_directory
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                self._listening.append(asyncio.create_task(self._drain(stream)))

    async def _drain(self, stream: asyncio.StreamReader) -> None:
        while block := await stream.read(65536):
            self._complaints.append(block.decode(errors="replace"))

    async def _ended(self) -> None:
        assert self._process is not None  # nosec B101  # noqa: S101 - only called where a process was started
        for end in (None, self._process.terminate, self._process.kill):
            if self._process.returncode is None and end is not None:
                with contextlib.suppress(ProcessLookupError):
                    end()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_LIMIT)
                return


async def start_sandbox(
    directory: Path | None = None,
    people: int = DEFAULT_PEOPLE,
    seed: int = DEFAULT_SEED,
    scenarios: Sequence[str] = (),
    faults: Sequence[str] = (),
    *,
    complete: bool = False,
    bare: bool = False,
    screens: bool = False,
) -> RunningSandbox:
    """Start a sandbox in a process of its own and wait until it is ready; `complete` leaves no gaps in its list.

    With `bare` nobody hands over API users or a key for the file server; with `screens` checks may read the screens.

    It ends when `close` is called or this process ends, however that ends. Without `directory` it makes one, and
    removes it. SandboxStartError, with what it said, when it does not come up; SandboxOrderError for a scenario or a
    fault that does not exist.
    """
    words = ["--people", str(people), "--seed", str(seed), "--until-stdin-closes"]
    if directory is not None:
        words += ["--dir", str(directory)]
    words += [word for word, wanted in (("--complete", complete), ("--bare", bare), ("--screens", screens)) if wanted]
    for code in scenarios:
        words += ["--scenario", code]
    for fault in faults:
        words += ["--fault", fault]
    process = await asyncio.create_subprocess_exec(
        PYTHON,
        "-P",  # else a file such as argparse.py in the working directory would be run
        "-m",
        "cxr_tui.sandbox",
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in this terminal is ours; the sandbox ends with its standard input
    )
    try:
        handout = await asyncio.wait_for(_ready(process), START_LIMIT)
    except TimeoutError:
        await _abandon(process)
        raise SandboxStartError(f"the sandbox was not ready within {START_LIMIT:.0f} seconds") from None
    except BaseException:
        await _abandon(process)
        raise
    running = RunningSandbox(handout, process)
    running._watch(process, own_directory=directory is None)
    return running


def attach(directory: Path) -> RunningSandbox:
    """Return the sandbox that runs in `directory`; SandboxStartError where none has left its handout."""
    path = directory / _HANDOUT
    try:
        with open_named(path) as file:
            return RunningSandbox(read_handout(file.read().decode(errors="replace")))
    except FileNotFoundError:
        raise SandboxStartError(f"no sandbox runs in {directory}") from None
    except OSError as error:
        raise SandboxStartError(f"{path}: {error.strerror}") from None


def read_handout(line: str) -> Handout:
    """Return the handout that a sandbox printed or wrote; SandboxStartError when it is none."""
    try:
        said: dict[str, Any] = json.loads(line)
        return Handout(
            **{name: said[name] for name in _PLAIN},
            file_server_key=Path(said["file_server_key"]),
            directory=Path(said["dir"]),
            scenarios=tuple(said["scenarios"]),
            faults=tuple(said["faults"]),
            accounts=tuple(Account(**account) for account in said["accounts"]),
            answers=dict(said["answers"]),
        )
    except (ValueError, KeyError, TypeError):
        raise SandboxStartError("the sandbox's first line is not what it should be") from None


_PLAIN = (
    "account_name",
    "responsys_login",
    "responsys_api",
    "responsys_other_pod",
    "audience_api",
    "file_server",
    "file_server_user",
    "desk",
    "desk_token",
    "pid",
    "people",
    "seed",
    "bare",
    "screens",
    "point_of_contact",
)


def describe(running: RunningSandbox) -> str:
    """Return what a person needs to use this sandbox; the passwords are throwaways that open nothing else."""
    handout = running.handout
    rows = [
        ("Responsys login URL", handout.responsys_login),
        ("Responsys, another pod", handout.responsys_other_pod),
        ("CX Audience URL", handout.audience_api),
        ("File server (SFTP)", f"{handout.file_server}, user {handout.file_server_user}"),
        ("Private key file", str(handout.file_server_key)),
        ("Responsys account name", handout.account_name),
        ("Point of contact", handout.point_of_contact),
        *((account.who, f"{account.user_name}  password {account.password}") for account in handout.accounts),
        ("People", f"{handout.people} (seed {handout.seed})"),
        ("Planted scenarios", ", ".join(handout.scenarios) or "none"),
        ("Faults on", ", ".join(handout.faults) or "none"),
        ("Files", str(handout.directory)),
    ]
    width = max(len(label) for label, _ in rows)
    lines = [f"  {label:<{width}}  {text}" for label, text in rows]
    return "\n".join(
        [
            "The sandbox is up: a twin of Oracle Responsys and Oracle CX Audience on this machine only.",
            "Its passwords and keys are throwaways; they go with it and open nothing else.",
            "",
            *lines,
            "",
            "In the wizard choose the login host `another URL` and give the Responsys login URL; give the CX Audience",
            "URL as account token. `cxr-tui --sandbox` starts a sandbox of its own and fills both in.",
        ]
    )


async def _ready(process: asyncio.subprocess.Process) -> Handout:
    assert process.stdout is not None  # nosec B101  # noqa: S101 - a pipe was asked for
    assert process.stderr is not None  # nosec B101  # noqa: S101 - likewise
    line = await process.stdout.readline()
    if not line:
        said = (await process.stderr.read()).decode(errors="replace").strip()
        if await process.wait() == _ORDER:
            raise SandboxOrderError(said)
        raise SandboxStartError(said.splitlines()[-1] if said else "the sandbox ended before it was ready")
    return read_handout(line.decode())


async def _abandon(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    await process.wait()
