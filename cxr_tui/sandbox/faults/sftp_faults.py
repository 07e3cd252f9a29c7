"""Faults of the file server with files; called from the threads that serve a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from cxr_tui.sandbox.faults.registry import FILES, FaultController

MOVED = ".moved"
"""Added to the name of a file that was moved away."""


class FileFaults:
    """The faults of one session."""

    def __init__(self, faults: FaultController, hang_up: Callable[[], None], ended: Callable[[], bool]) -> None:
        """`hang_up` ends the connection; `ended` returns whether it has ended."""
        self._faults = faults
        self._hang_up = hang_up
        self._ended = ended
        self._read = 0

    def before_answer(self) -> None:
        """Let the server stay silent at any request for a file."""
        if self._faults.trigger("sftp-stall", FILES):
            self._faults.wait_while("sftp-stall", FILES, self._ended)

    def after_listing(self, files: Iterable[Path]) -> None:
        """Let one of the files that were listed be moved away."""
        for path in files:
            if path.suffix != MOVED and path.is_file() and self._faults.trigger("sftp-rename", FILES):
                path.rename(path.with_name(path.name + MOVED))
                return

    def length(self, offset: int, wanted: int) -> int:
        """Return how many bytes of a read are answered; 0: the file ends here."""
        self._read += wanted
        if self._faults.trigger("sftp-disconnect", FILES, lambda limit: self._read > limit.number):
            self._hang_up()
        end = self._faults.trigger("sftp-ends-at", FILES, lambda end: offset + wanted > end.number)
        return wanted if end is None else max(end.number - offset, 0)
