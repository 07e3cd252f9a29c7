"""Private files and folders: 0600 in 0700, for any umask; wider permissions are removed.

On Windows nothing is done: the data folder of the user is private by its access list, and modes have no effect.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def private_folder(folder: Path) -> Path:
    """Create a private folder with its parents, or make an existing one private; OSError.

    Only for folders of this program: a folder that the user chose keeps its permissions.
    """
    missing = [folder, *folder.parents]
    for one in reversed([one for one in missing if not one.exists()]):
        with contextlib.suppress(FileExistsError):  # another process created it first
            one.mkdir(mode=FOLDER_MODE)
        restrict_permissions(one, FOLDER_MODE)
    restrict_permissions(folder, FOLDER_MODE)
    return folder


def expanded(named: str | Path) -> Path:
    """Return a path with `~` resolved, if it names a user."""
    path = Path(named)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def open_named(named: str | Path, buffering: int = -1) -> BinaryIO:
    """Open a file that the user named, for reading; OSError, also for anything but a regular file.

    Opening a pipe waits for another program to write, and reading a pipe or a device may never end.
    """
    path = expanded(named)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:  # a null character
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) and not os.path.samestat(found, os.stat(os.devnull)):  # noqa: PTH116 - as fstat
        os.close(descriptor)
        kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
        what = kinds.get(stat.S_IFMT(found.st_mode), "a device")
        raise OSError(errno.EINVAL, f"this is {what}, not a file", str(path))
    return os.fdopen(descriptor, "rb", buffering)


def open_private(path: Path, *, fresh: bool = False) -> int:
    """Open a private file for writing, create it if necessary, and return its descriptor; OSError.

    Symbolic links are not followed. With `fresh` the file must not exist; else its content is deleted.
    """
    kind = os.O_EXCL if fresh else os.O_TRUNC
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | _NO_LINK | kind, FILE_MODE)
    if sys.platform != "win32":
        # corrects a strict umask or an older file; a file system without modes is no reason to fail
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, FILE_MODE)
    return descriptor


def make_private(path: Path) -> None:
    """Create an empty private file, or make an existing one private without opening it; OSError.

    Closing a file releases every lock that this process has on it through other descriptors (POSIX), and a database
    that loses its locks is damaged by the next process that uses it.
    """
    try:
        os.close(open_private(path, fresh=True))
    except FileExistsError:
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
        restrict_permissions(path)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file atomically; OSError."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(open_private(part), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def restrict_permissions(path: Path, mode: int = FILE_MODE) -> None:
    """Remove the permissions of other users if possible; otherwise `doctor` reports it."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            found = path.stat()
            if stat.S_IMODE(found.st_mode) & ~mode or stat.S_IMODE(found.st_mode) & 0o700 != mode & 0o700:
                path.chmod(mode)
