"""Writing a file that a person asked for: whole or not at all, for them alone, never through a link."""

from __future__ import annotations

from pathlib import Path

from cxr_tui.privacy.files import write_private


def save(path: Path, text: str) -> Path:
    """Write a file in one step (0600) and return its absolute path; OSError, also for a symbolic link or a folder.

    A link would put the report where somebody else wants it, or let it overwrite what they choose.
    """
    path = path.expanduser()
    if path.is_symlink():
        raise OSError(f"{path.name} is a symbolic link")
    if path.exists() and not path.is_file():
        raise OSError(f"{path.name} is no plain file")
    write_private(path, text.encode("utf-8", "backslashreplace"))
    return path.absolute()
