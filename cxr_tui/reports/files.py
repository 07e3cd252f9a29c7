"""Writing a file that a person asked for: whole or not at all, private, never through a link."""

from __future__ import annotations

import errno
from pathlib import Path

from cxr_tui.security.private_files import expanded, write_private


def save(path: Path, text: str) -> Path:
    """Write a file in one step (0600) and return its absolute path; OSError, also for a symbolic link or a folder.

    Through a link, another user could choose where the report goes or which file it overwrites.
    """
    path = expanded(path)
    if path.is_symlink():
        raise OSError(errno.EINVAL, "it is a symbolic link", str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    write_private(path, text.encode("utf-8", "backslashreplace"))
    return path.absolute()
