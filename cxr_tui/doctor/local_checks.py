"""The machine itself: Python, terminal, files, time zones, gpg."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from cxr_tui.doctor.result import Health, absent, bad, good, poor
from cxr_tui.domain.text import visible
from cxr_tui.system.terminal import COMFORTABLE, SMALLEST, WITHOUT_SCREENS, Depth, depth

OLDEST_PYTHON = (3, 11)
ROOM = 200 * 1024 * 1024
"""Bytes that should be free for journals and a fetched head of a file."""
LEAST_ROOM = 1024 * 1024
"""Bytes without which no journal can be written."""


def python() -> Health:
    """Say whether this Python is new enough."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < OLDEST_PYTHON:
        return bad("python", f"Python {version}", "Install Python 3.11 or newer.")
    return good("python", f"Python {version}")


def terminal(environ: Mapping[str, str], size: tuple[int, int] | None) -> Health:
    """Say whether the wizard can be shown here; `size` is columns and rows, None where output is no terminal."""
    if size is None:
        return absent("terminal", "Output does not go to a terminal; commands and plain mode work.")
    kind = environ.get("TERM", "")
    if kind in WITHOUT_SCREENS:
        seen = f'TERM is "{visible(kind, 40)}", which draws no screens; the wizard asks line by line (plain mode)'
        return poor("terminal", seen, "For the full screen use a terminal emulator.")
    columns, rows = size
    seen = f"{columns}x{rows}, {visible(kind, 40)}, {_colours(environ)}"
    if columns < SMALLEST[0] or rows < SMALLEST[1]:
        return poor("terminal", seen, f"Make the window at least {SMALLEST[0]} columns by {SMALLEST[1]} rows.")
    if columns < COMFORTABLE[0] or rows < COMFORTABLE[1]:
        return good("terminal", f"{seen}; from {COMFORTABLE[0]}x{COMFORTABLE[1]} on every screen is complete")
    return good("terminal", seen)


def _colours(environ: Mapping[str, str]) -> str:
    match depth(environ):
        case Depth.NONE:
            return "no colours (NO_COLOR is set)" if environ.get("NO_COLOR") else "no colours"
        case Depth.FEW:
            return "16 colours or fewer"
        case Depth.MANY:
            return "16 million colours" if environ.get("COLORTERM") in ("truecolor", "24bit") else "256 colours"


def characters(encoding: str) -> Health:
    """Say whether the output can carry glyphs and names of any script."""
    if encoding.lower().replace("-", "") == "utf8":
        return good("characters", "UTF-8")
    return poor("characters", f"output is {visible(encoding, 40)}", "Set LANG to a UTF-8 locale, such as C.UTF-8.")


def home(folder: Path) -> Health:
    """Say whether journals can be written, privately."""
    probe: Path | None = None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".doctor-")
        os.close(handle)
        probe = Path(name)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return bad("data-folder", f"{folder}: {error.strerror}", "Make it writable, or set CXR_TUI_HOME to another.")
    finally:
        if probe is not None:
            probe.unlink()
    if free < LEAST_ROOM:
        remedy = "Free some disk space, or set CXR_TUI_HOME to another folder."
        return bad("data-folder", f"{folder}: the disk is full", remedy)
    if free < ROOM:
        return poor("data-folder", f"{folder}: {free // 2**20} MB free", "Free some disk space.")
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        return poor("data-folder", f"{folder} can be read by others", f"chmod 700 {folder}")
    return good("data-folder", f"{folder}: private, {free // 2**30} GB free")


def time_zones() -> Health:
    """Say whether schedules can be worked out in the account's time zone."""
    try:
        ZoneInfo("America/New_York")
    except (KeyError, OSError):
        return bad("time-zones", "no time zone data", "Install the Python package tzdata, or your system's.")
    return good("time-zones", "time zone data is there")


def gpg() -> Health:
    """Say whether gpg is there, new enough, and works in a home of its own; blocking."""
    from cxr_tui.domain.errors import GpgUnusableError
    from cxr_tui.system.gpg import gpg_home, gpg_wanted

    try:
        with gpg_home() as found:
            version = ".".join(str(part) for part in found.version)
    except (GpgUnusableError, OSError) as error:
        wanted = gpg_wanted()
        problem = error.problem if isinstance(error, GpgUnusableError) else str(error)
        return bad("gpg", visible(problem), f"{wanted[0].upper()}{wanted[1:]}")
    return good("gpg", f"GnuPG {version} at {shutil.which('gpg')}, with a home of its own")


def store() -> Health:
    """Say whether there is a credential store at all; blocking. Nothing is written or unlocked, so nobody is asked."""
    from cxr_tui.domain.errors import StoreUnusableError
    from cxr_tui.gateways.keyring.backend import choose_store

    try:
        choose_store()
    except StoreUnusableError as error:  # its own words are long; the whole examination prints them
        return bad("credential-store", "no credential store can be used", error.advice[0] if error.advice else "")
    return good("credential-store", "there is one")
