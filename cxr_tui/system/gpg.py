"""A GnuPG home directory of our own, for one piece of work: made, used, its agent ended, removed.

The person's own keyring is never looked at. One home a piece of work, because keys that an earlier one left behind, and
passphrases that an agent remembers, would make a wrong answer look right.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import subprocess  # nosec B404  # fixed words and our own paths only, never a shell
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import sleep
from typing import Protocol, cast

import gnupg

from cxr_tui.domain.errors import GpgUnusableError
from cxr_tui.domain.safe_text import visible
from cxr_tui.security.scratch_folders import scratch_folder, scratch_root
from cxr_tui.system.package_manager import GNUPG, install_command

logging.getLogger("gnupg").setLevel(logging.CRITICAL)  # it writes command lines; what went wrong is raised here

_OPTIONS = ["--pinentry-mode", "loopback", "--ignore-time-conflict"]
"""Never ask on the terminal; and a clock that is some minutes late must not make a fresh key look invalid."""

OLDEST_GPG = (2, 1, 0)
_LONGEST_SOCKET = 100 if sys.platform == "darwin" else 104
_KILL_SECONDS = 10
_REMOVE_TRIES = 5


def gpg_wanted() -> str:
    """Return what to do for a gpg that will do, with the command for this system."""
    command = install_command(GNUPG)
    return "install GnuPG 2.1 or later" + (f": {command}" if command else "")


class Ran(Protocol):
    """A run of gpg that has ended."""

    returncode: int | None
    """Below zero: a signal has ended it, which says nothing of what it was reading."""
    stderr: str


class ImportResult(Ran, Protocol):
    """What came of an import."""

    fingerprints: list[str]


class Listed(Ran, Protocol):
    """What came of a listing."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int) -> dict[str, object]: ...


class Gpg(Protocol):
    """What is used of python-gnupg, which has no types; keys are gpg's colon fields by name (GnuPG, doc/DETAILS)."""

    version: tuple[int, ...] | None

    def import_keys(self, key_data: bytes) -> ImportResult:
        """Import keys; those that gpg did not take are missing from the result."""

    def list_keys(self, *, keys: list[str]) -> Listed:
        """Return the public keys with these fingerprints."""

    def export_keys(self, keyids: str, *, armor: bool, minimal: bool) -> bytes:
        """Return a public key, with nothing but its newest self-signatures if `minimal`."""


@contextmanager
def gpg_home() -> Iterator[Gpg]:
    """Yield gpg with an empty home (0700) in the program's state folder; blocking. Raises GpgUnusableError."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch_folder())
            home = stack.enter_context(_short_name(folder))
            (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\ndefault-cache-ttl 0\nmax-cache-ttl 0\n")
        except OSError as error:
            raise GpgUnusableError(
                f"gpg needs a folder to work in, and {visible(error.filename or str(scratch_root()))} cannot be "
                f"written: {visible(error.strerror or str(error))}"
            ) from None
        stack.callback(_remove, folder)
        stack.callback(_end_agent, home)
        yield _start(home)


@contextmanager
def _short_name(folder: Path) -> Iterator[Path]:
    """Yield a name of the folder that leaves room for the agent's sockets; systems limit how long their paths are."""
    if len(os.fsencode(folder / "S.gpg-agent.browser")) <= _LONGEST_SOCKET:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="cxr-") as short:
        link = Path(short) / "gpg"
        link.symlink_to(folder, target_is_directory=True)
        if len(os.fsencode(link / "S.gpg-agent.browser")) > _LONGEST_SOCKET:
            raise OSError(errno.ENAMETOOLONG, "its name is too long for gpg's agent", short)
        yield link


def _start(home: Path) -> Gpg:
    env = {name: value for name, value in os.environ.items() if name not in ("GPG_TTY", "GPG_AGENT_INFO", "GNUPGHOME")}
    env["LC_ALL"] = "C"  # its messages are read
    try:
        gpg = cast(
            "Gpg",
            gnupg.GPG(gnupghome=str(home), options=_OPTIONS, env=env, encoding="utf-8"),
        )
    except (OSError, ValueError, RuntimeError):
        raise GpgUnusableError(f"gpg is missing or does not start; {gpg_wanted()}") from None
    if gpg.version is None or gpg.version < OLDEST_GPG:
        raise GpgUnusableError(f"gpg is too old; {gpg_wanted()}")
    return gpg


def require_worked(ran: Ran) -> None:
    """Raise GpgUnusableError where a run says nothing of what gpg was given: it was killed, or had no room to work."""
    require_not_killed(ran.returncode)
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        if os.strerror(number) in ran.stderr:
            raise GpgUnusableError(f"gpg could not work in {visible(str(scratch_root()))}: {os.strerror(number)}")


def require_not_killed(code: int | None) -> None:
    """Raise GpgUnusableError where a signal has ended gpg, as a system without memory left sends."""
    if code is not None and code < 0:
        raise GpgUnusableError(
            f"gpg was killed in the middle of its work (signal {-code}); nothing is known of the rest"
        )


def _end_agent(home: Path) -> None:
    try:
        subprocess.run(  # nosec B603 B607  # noqa: S603 - a fixed command and a directory that was made here
            ["gpgconf", "--homedir", str(home), "--kill", "all"],  # noqa: S607 - found where gpg is found
            capture_output=True,
            timeout=_KILL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # no gpgconf, no agent; an agent ends by itself when its home has gone


def _remove(home: Path) -> None:
    for _ in range(_REMOVE_TRIES):  # an agent that is ending may still remove its own sockets meanwhile
        shutil.rmtree(home, ignore_errors=True)
        if not home.exists():
            return
        sleep(0.1)
