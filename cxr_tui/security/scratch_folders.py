"""Folders for one piece of work, such as a GnuPG home with a private key in it.

They are in the program's state folder and not in the system's temporary directory: what a killed process leaves behind
is then in a known place, and the next start removes it.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cxr_tui.security.locks import file_lock
from cxr_tui.security.private_files import private_folder

_LOCK = "in-use.lock"
_SWEEP_SECONDS = 5.0
_state: Path | None = None


def use_state_folder(folder: Path) -> None:
    """Have the folders made below `folder`, and remove what killed processes left there."""
    global _state
    _state = folder
    with suppress(OSError):  # whoever needs a folder there says what is wrong
        _sweep(scratch_root())


def scratch_root() -> Path:
    """Return the folder in which the folders are made."""
    if _state is not None:
        return _state / "scratch"
    from platformdirs import user_state_path  # loaded only where it is needed: start-up stays light

    return user_state_path("cxr-tui", appauthor=False) / "scratch"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder (0700) and remove it afterwards; OSError where none can be made."""
    root = private_folder(scratch_root())
    with file_lock(root / _LOCK, shared=True, wait_seconds=_SWEEP_SECONDS) as locked:
        if not locked:
            raise OSError(errno.EAGAIN, "another process has locked it", str(root))
        folder = Path(tempfile.mkdtemp(dir=root))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove all folders, unless a process works in one of them."""
    if not root.is_dir():
        return
    with file_lock(root / _LOCK) as alone:
        for folder in [one for one in root.iterdir() if one.is_dir() and not one.is_symlink()] if alone else []:
            shutil.rmtree(folder, ignore_errors=True)
