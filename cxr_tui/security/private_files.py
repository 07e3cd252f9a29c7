"""Files and folders for their owner alone: 0600 in 0700, whatever the umask, and tightened where found looser.

On Windows the user's own data folder is private by its access list, and modes mean nothing; nothing is done there.
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
    """Make a folder of our own, parents included, or take the group's and others' rights from the one there; OSError.

    Give it only folders that hold nothing but ours: one that a person has chosen is theirs to open to others.
    """
    missing = [folder, *folder.parents]
    for one in reversed([one for one in missing if not one.exists()]):
        with contextlib.suppress(FileExistsError):  # another process was quicker
            one.mkdir(mode=FOLDER_MODE)
        restrict_permissions(one, FOLDER_MODE)
    restrict_permissions(folder, FOLDER_MODE)
    return folder


def expanded(named: str | Path) -> Path:
    """Return a path with `~` resolved; as it is where that names no user."""
    path = Path(named)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def open_named(named: str | Path, buffering: int = -1) -> BinaryIO:
    """Open a file that a person named, for reading; OSError, also where it is no regular file.

    Opening a pipe waits until another program writes to it, and reading one or a device may never end.
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
        raise OSError(errno.EINVAL, f"it is {what}, not a file", str(path))
    return os.fdopen(descriptor, "rb", buffering)


def open_private(path: Path, *, append: bool = False, fresh: bool = False) -> int:
    """Open a file for writing, made if need be, as its owner's alone, and return its descriptor; OSError.

    A symbolic link is never followed. With `fresh` the file must not be there yet; else what it held goes, or stays
    before what is written with `append`.
    """
    kind = os.O_EXCL if fresh else os.O_APPEND if append else os.O_TRUNC
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | _NO_LINK | kind, FILE_MODE)
    if sys.platform != "win32":
        # a umask may have taken too much, an older file may give too much; no other file system error is worth a loss
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, FILE_MODE)
    return descriptor


def make_private(path: Path) -> None:
    """Make an empty file for its owner alone where there is none, and tighten one that is there; OSError.

    One that is there is never opened. Closing a file takes away every lock that this process holds on it by another
    descriptor (POSIX), and a database that loses its locks unnoticed is damaged by the next process that uses it.
    """
    try:
        os.close(open_private(path, fresh=True))
    except FileExistsError:
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None
        restrict_permissions(path)


def write_private(path: Path, content: bytes) -> None:
    """Write a whole file in one step: it is there complete, or as it was before; OSError."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(open_private(part), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def restrict_permissions(path: Path, mode: int = FILE_MODE) -> None:
    """Take the rights of others from what is there, if it is ours; what cannot be changed is for `doctor` to tell."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            found = path.stat()
            if stat.S_IMODE(found.st_mode) & ~mode or stat.S_IMODE(found.st_mode) & 0o700 != mode & 0o700:
                path.chmod(mode)
