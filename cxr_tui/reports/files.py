"""Writing a file that a person asked for: whole or not at all, private, never through a link."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.security.private_files import expanded, private_folder, write_private
from cxr_tui.security.redaction import redact, redact_document

FOLDER = "handovers"


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


def write_handover(integration: Integration) -> Callable[[], tuple[Path, ...]]:
    """Read the journal now, and return what writes a page and a Markdown file from it, to be called in a thread.

    The journal's connection belongs to the thread that opened it. What is returned raises OSError.
    """
    document, name = redact_document(handover(integration)), integration.name
    day = document["at"][:10]

    def write() -> tuple[Path, ...]:
        folder = private_folder(data_home() / FOLDER)
        forms = (("html", handover_html(document)), ("md", f"{handover_markdown(document)}\n"))
        return tuple(save(folder / f"{name}-{day}.{ending}", redact(text)) for ending, text in forms)

    return write
