"""Scratch folders, such as a GnuPG home with a private key in it.

They are in the program's state folder and not in the system's temporary directory, so that the next start finds and
removes the folders of a killed process.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cxr_tui.security.file_lock import file_lock
from cxr_tui.security.private_files import FOLDER_MODE, private_folder

_state: Path | None = None


def use_state_folder(folder: Path) -> None:
    """Create scratch folders below `folder`, and remove those of killed processes."""
    global _state
    _state = folder
    with suppress(OSError):  # the next use of a folder there reports the problem
        _sweep(scratch_root())


def scratch_root() -> Path:
    """Return the parent of the scratch folders."""
    if _state is not None:
        return _state / "scratch"
    from platformdirs import user_state_path  # loaded only where it is needed: start-up stays light

    return user_state_path("cxr-tui", appauthor=False) / "scratch"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder (0700) and remove it afterwards; OSError."""
    folder = private_folder(scratch_root()) / os.urandom(6).hex()
    with file_lock(_lock_of(folder)):  # before the folder exists, so that it is always locked
        folder.mkdir(FOLDER_MODE)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")


def _sweep(root: Path) -> None:
    """Remove the folders that no process uses."""
    for folder in {one.with_suffix("") for one in root.glob("*")}:
        with file_lock(_lock_of(folder)) as unused:
            if unused and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)
        if unused:
            _lock_of(folder).unlink(missing_ok=True)
