"""Checks of this computer: Python, terminal, files, time zones, gpg."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from cxr_tui.doctor.result import CheckResult, failed, passed, skipped, warned
from cxr_tui.domain.text import visible
from cxr_tui.system.terminal import COMFORTABLE, SMALLEST, WITHOUT_SCREENS, few_colors

ROOM = 200 * 1024 * 1024
"""Bytes that should be free for journals and parts of files."""
LEAST_ROOM = 1024 * 1024
"""Bytes without which no journal can be written."""


def python() -> CheckResult:
    """Return this Python's version, for support; an older Python does not start the program."""
    return passed("python", f"Python {platform.python_version()}")


def terminal(environ: Mapping[str, str], size: tuple[int, int] | None) -> CheckResult:
    """Check whether the wizard can be shown; `size` is columns and rows, None if the output is not a terminal."""
    if size is None:
        return skipped("terminal", "The output does not go to a terminal; commands and plain mode work.")
    kind = environ.get("TERM", "")
    if kind in WITHOUT_SCREENS:
        seen = f'TERM is "{visible(kind, 40)}", which cannot show screens; the wizard uses plain mode'
        return warned("terminal", seen, "For the full screen, use a terminal emulator.")
    columns, rows = size
    seen = f"{columns}x{rows}, {visible(kind, 40)}, {_colors(environ)}"
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return warned("terminal", seen, f"Make the window at least {SMALLEST[0]} columns by {SMALLEST[1]} rows.")
    if columns < COMFORTABLE[0] or rows < COMFORTABLE[1]:
        return passed("terminal", f"{seen}; every screen is complete from {COMFORTABLE[0]}x{COMFORTABLE[1]}")
    return passed("terminal", seen)


def _colors(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "no colors (NO_COLOR is set)"
    if few_colors(environ):
        return "16 colors or fewer"
    return "16 million colors" if environ.get("COLORTERM") in ("truecolor", "24bit") else "256 colors"


def characters(encoding: str) -> CheckResult:
    """Check whether the output can show symbols and names in any script."""
    if encoding.lower().replace("-", "") == "utf8":
        return passed("characters", "UTF-8")
    return warned(
        "characters", f"the output encoding is {visible(encoding, 40)}", "Set LANG to a UTF-8 locale, such as C.UTF-8."
    )


def home(folder: Path) -> CheckResult:
    """Check whether journals can be written and are private."""
    probe: Path | None = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".doctor-")
        os.close(handle)
        probe = Path(name)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return failed(
            "data-folder", f"{folder}: {error.strerror}", "Make it writable, or set CXR_TUI_HOME to another folder."
        )
    finally:
        if probe is not None:
            probe.unlink()
    if free < LEAST_ROOM:
        remedy = "Free some disk space, or set CXR_TUI_HOME to another folder."
        return failed("data-folder", f"{folder}: the disk is full", remedy)
    if free < ROOM:
        return warned("data-folder", f"{folder}: {free // 2**20} MB free", "Free some disk space.")
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        return warned("data-folder", f"other users can read {folder}", f"Run: chmod 700 {folder}")
    return passed("data-folder", f"{folder}: private, {free // 2**30} GB free")


def time_zones() -> CheckResult:
    """Check whether this computer has time zone data."""
    try:
        ZoneInfo("America/New_York")
    except (KeyError, OSError):
        return failed(
            "time-zones",
            "there is no time zone data",
            "Install the package tzdata.",
        )
    return passed("time-zones", "time zone data found")


def gpg() -> CheckResult:
    """Check whether gpg exists, is new enough, and works with an empty keyring folder; blocking."""
    from cxr_tui.domain.errors import GpgUnusableError
    from cxr_tui.system.gpg import gpg_home, gpg_wanted

    try:
        with gpg_home() as found:
            version = ".".join(str(part) for part in found.version)
    except (GpgUnusableError, OSError) as error:
        wanted = gpg_wanted()
        problem = error.problem if isinstance(error, GpgUnusableError) else str(error)
        return failed("gpg", visible(problem), f"{wanted[0].upper()}{wanted[1:]}")
    return passed("gpg", f"GnuPG {version} at {shutil.which('gpg')}, with its own keyring folder")


def store() -> CheckResult:
    """Check whether there is a credential store; blocking. Nothing is written or unlocked, so no prompt opens."""
    from cxr_tui.domain.errors import StoreUnusableError
    from cxr_tui.gateways.keyring.backend import choose_store

    try:
        choose_store()
    except StoreUnusableError as error:  # its text is long; `credential_store` shows it
        return failed("credential-store", "no usable credential store", error.advice[0] if error.advice else "")
    return passed("credential-store", "found")
