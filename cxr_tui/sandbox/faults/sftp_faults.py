"""A file server that does wrong with files; asked from the threads that serve a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cxr_tui.sandbox.faults.switch import Switch

PLACE = "files"
MOVED = ".moved"
"""What is added to the name of a file that was moved away."""


class FileFaults:
    """Of one session."""

    def __init__(self, switch: Switch, hang_up: Callable[[], None], ended: Callable[[], bool]) -> None:
        """`hang_up` ends the connection; `ended` says whether it has gone."""
        self._switch = switch
        self._hang_up = hang_up
        self._ended = ended
        self._read = 0

    def asked(self) -> None:
        """Let the server fall silent at any request for a file."""
        if self._switch.strike("sftp-stall", PLACE):
            self._switch.wait_while("sftp-stall", PLACE, self._ended)

    def listed(self, folder: Path, names: list[str]) -> None:
        """Let one of the files that were listed be moved away."""
        for name in names:
            path = folder / name
            if not name.endswith(MOVED) and path.is_file() and self._switch.strike("sftp-rename", PLACE):
                path.rename(path.with_name(name + MOVED))
                return

    def length(self, offset: int, wanted: int) -> int:
        """Return how much of a read is answered; 0: the file ends here."""
        self._hang(wanted)
        ends = self._switch.find("sftp-ends-at", PLACE)
        if ends is not None and offset + wanted > ends.number:
            self._switch.strike("sftp-ends-at", PLACE)
            wanted = max(ends.number - offset, 0)
        short = self._switch.find("sftp-short-read", PLACE)
        if short is not None and wanted > max(short.number, 1):
            self._switch.strike("sftp-short-read", PLACE)
            wanted = max(short.number, 1)
        return wanted

    def _hang(self, wanted: int) -> None:
        fault = self._switch.find("sftp-disconnect", PLACE)
        if fault is None:
            return
        self._read += wanted
        if self._read > fault.number and self._switch.strike("sftp-disconnect", PLACE):
            self._hang_up()
