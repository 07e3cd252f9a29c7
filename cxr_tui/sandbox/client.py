"""The sandbox seen from the product: start one or find one, its operator, its keyring, its faults.

The only part of the sandbox that runs in the product's own process; it imports nothing heavy until it is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cxr_tui.domain.errors import InputError
from cxr_tui.security.private_files import open_named

if TYPE_CHECKING:
    from cxr_tui.sandbox.browser_automation import SandboxOperator
    from cxr_tui.sandbox.keyring_backend import SandboxKeyring

START_LIMIT = 60.0
"""Seconds within which a sandbox must be ready; 100,000 people take several."""
STOP_LIMIT = 15.0
"""Seconds that a sandbox has to end before it is terminated."""

PYTHON: str | os.PathLike[str] = sys.executable
"""The interpreter that a sandbox is started with."""

INFO_FILE = "sandbox.json"
"""File in the sandbox's directory with everything a client needs; readable for its owner only."""
_USAGE = 2
"""Exit code of a sandbox that was given a scenario or a fault that does not exist."""


class SandboxStartError(Exception):
    """A sandbox did not start, or there is none in the directory; the text gives the reason, without any secret."""


class SandboxOptionError(SandboxStartError, InputError):
    """A scenario or a fault that does not exist; the text lists those that do."""


class Account(msgspec.Struct, frozen=True):
    """A user that exists from the start; the password is a throwaway of this one sandbox."""

    who: str
    user_name: str
    password: str


class SandboxOptions(msgspec.Struct, frozen=True, kw_only=True, rename={"directory": "dir"}):
    """How a sandbox is started."""

    directory: Path | None = None
    """Where its files are; None: a fresh folder, removed at the end."""
    people: int = 5000
    seed: int = 1
    """The same seed makes the same people."""
    scenarios: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    """Those that are on from the start, each in the form that `faults.registry.parse` reads."""
    bare: bool = False
    """There are no API users and no key for the file server."""
    screens: bool = False
    """Checks may read the screens that the operator sees."""


class ConnectionInfo(SandboxOptions, frozen=True, kw_only=True, rename={"directory": "dir"}):
    """Where everything of a sandbox is, as it prints and writes when it is ready; URLs without a slash at the end."""

    ready: bool = True
    account_name: str
    responsys_login: str
    responsys_api: str
    responsys_other_pod: str
    audience_api: str
    file_server: str
    """`host:port`."""
    file_server_user: str
    file_server_key: Path
    control_api: str
    control_token: str
    directory: Path
    pid: int
    point_of_contact: str
    accounts: tuple[Account, ...]
    answers: Mapping[str, str]
    """What the person at the keyboard types in a rehearsal of the planted mistakes, by `step.field`."""


_Options = TypeVar("_Options", bound=SandboxOptions)


class RunningSandbox:
    """A sandbox that is up: started here, or found."""

    def __init__(self, info: ConnectionInfo) -> None:
        self.info = info

    @property
    def directory(self) -> Path:
        """Where the sandbox keeps its files."""
        return self.info.directory

    def operator(self) -> SandboxOperator:
        """Return the operator, who makes visits over the control API."""
        from cxr_tui.sandbox.browser_automation import SandboxOperator

        return SandboxOperator(self.info.control_api, self.info.control_token, self.directory / "downloads")

    def keyring(self) -> SandboxKeyring:
        """Return a keyring backend that keeps secrets in the sandbox's memory, gone with it."""
        from cxr_tui.sandbox.keyring_backend import SandboxKeyring

        return SandboxKeyring(self.info.control_api, self.info.control_token)


@contextlib.asynccontextmanager
async def launch_sandbox(options: SandboxOptions) -> AsyncIterator[RunningSandbox]:
    """Keep a sandbox running in a separate process; entered when it is ready.

    It ends with the block or with this process, however that ends; without a directory it makes one, and removes it.
    SandboxStartError, with its own message, when it does not start; SandboxOptionError for a scenario or a fault that
    does not exist.
    """
    # a file, not a pipe: the sandbox would block on a full pipe that is not read
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            PYTHON,
            "-P",  # else a file such as argparse.py in the working directory would be run
            "-m",
            "cxr_tui.sandbox",
            encode(options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,  # Ctrl-C in this terminal is ours; the sandbox ends with its standard input
        )
        assert process.stdin is not None  # nosec B101  # noqa: S101 - a pipe was asked for
        assert process.stdout is not None  # nosec B101  # noqa: S101 - likewise
        try:
            try:
                line = await asyncio.wait_for(process.stdout.readline(), START_LIMIT)
            except TimeoutError:
                raise SandboxStartError(f"the sandbox was not ready within {START_LIMIT:.0f} seconds") from None
            if line:
                yield RunningSandbox(read_info(line))
                return
            code = await process.wait()
            complaints.seek(0)
            message = complaints.read().decode(errors="replace").strip()
        finally:
            process.stdin.close()
            await _ended(process)
    if code == _USAGE:
        raise SandboxOptionError(message)
    raise SandboxStartError(message.splitlines()[-1] if message else "the sandbox ended before it was ready")


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait until a process has ended, then terminate it, then kill it."""
    for force in (None, process.terminate, process.kill):
        if process.returncode is None and force is not None:
            with contextlib.suppress(ProcessLookupError):
                force()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_LIMIT)
            return


def attach_sandbox(directory: Path) -> RunningSandbox:
    """Return the sandbox that runs in `directory`; SandboxStartError where there is none."""
    path = directory / INFO_FILE
    try:
        with open_named(path) as file:
            return RunningSandbox(read_info(file.read()))
    except FileNotFoundError:
        raise SandboxStartError(f"no sandbox runs in {directory}") from None
    except OSError as error:
        raise SandboxStartError(f"{path}: {error.strerror}") from None


def encode(options: SandboxOptions) -> bytes:
    """Return options, or where everything is, as JSON."""
    return msgspec.json.encode(options, enc_hook=str)


def decode(text: str | bytes, kind: type[_Options]) -> _Options:
    """Read what `encode` wrote; MsgspecError."""
    return msgspec.json.decode(text, type=kind, dec_hook=lambda path, value: path(value))


def read_info(line: bytes) -> ConnectionInfo:
    """Return what a sandbox printed or wrote; SandboxStartError when it has another form."""
    try:
        return decode(line, ConnectionInfo)
    except msgspec.MsgspecError:
        raise SandboxStartError("the sandbox's first line is not what it should be") from None


def describe_sandbox(running: RunningSandbox) -> str:
    """Return the text with which a person can use this sandbox; its passwords are throwaways."""
    info = running.info
    rows = [
        ("Responsys login URL", info.responsys_login),
        ("Responsys, another pod", info.responsys_other_pod),
        ("CX Audience URL", info.audience_api),
        ("File server (SFTP)", f"{info.file_server}, user {info.file_server_user}"),
        ("Private key file", str(info.file_server_key)),
        ("Responsys account name", info.account_name),
        ("Point of contact", info.point_of_contact),
        *((account.who, f"{account.user_name}  password {account.password}") for account in info.accounts),
        ("People", f"{info.people} (seed {info.seed})"),
        ("Planted scenarios", ", ".join(info.scenarios) or "none"),
        ("Faults on", ", ".join(info.faults) or "none"),
        ("Files", str(info.directory)),
    ]
    width = max(len(label) for label, _ in rows)
    lines = [f"  {label:<{width}}  {text}" for label, text in rows]
    return "\n".join(
        [
            "The sandbox is running: a twin of Oracle Responsys and Oracle CX Audience, on this machine only.",
            "Its passwords and keys are throwaways: they open nothing else and are removed when it stops.",
            "",
            *lines,
            "",
            "In the wizard, choose the login host `another URL` and enter the Responsys login URL. Enter the",
            "CX Audience URL as the account token. `cxr-tui --sandbox` starts its own sandbox and enters both.",
        ]
    )
