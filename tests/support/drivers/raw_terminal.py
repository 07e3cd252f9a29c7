"""Every byte that `cxr-tui` sends to a real pseudo terminal, and what in them is not the program's own."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cxr_tui.domain.text import is_hidden
from support.drivers.plain_terminal import ON_A_TERMINAL
from support.processes.cli_process import environment

SEQUENCES = re.compile(
    rb"\x1b\[[0-9;:?<>=$]*[ -/]*[@-~]"  # colours, places, modes
    rb"|\x1b[78=>]"  # the cursor kept and brought back, the keypad
    rb"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"  # the shape of the pointer
    rb"|\x1b[P_][^\x1b\x07]{0,40}\x1b\\"  # questions about what the terminal can do
)
"""What a full-screen program sends; a plain command sends none of it but what `ERASED` is."""
ERASED = re.compile(rb"\x1b\[K|\x1b\[H\x1b\[2J")


def foreign_bytes(output: bytes, own: re.Pattern[bytes] = SEQUENCES) -> list[str]:
    """Return the hidden characters that are left when the program's own sequences are taken out, with their places."""
    left = own.sub(b"", output)
    text = left.decode("utf-8", "surrogateescape")
    return [
        repr(text[max(0, at - 30) : at + 30]) for at, char in enumerate(text) if char not in "\r\n" and is_hidden(char)
    ]


class RawTerminal:
    """One run of `cxr-tui` on its own terminal; `output` is everything that came."""

    def __init__(
        self,
        home: Path,
        arguments: Sequence[str | bytes],
        size: tuple[int, int],
        more: Mapping[str, str],
        program: str,
    ) -> None:
        self._master, slave = os.openpty()
        width, height = size
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            env={**environment(home), "COLORTERM": "truecolor", **more},
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self.output = bytearray()

    @property
    def text(self) -> str:
        """What came, without the program's own sequences."""
        return SEQUENCES.sub(b"", bytes(self.output)).decode("utf-8", "replace")

    def press(self, keys: bytes) -> None:
        """Press keys and take what follows, until nothing more comes for a moment."""
        os.write(self._master, keys)
        self.settle()

    def settle(self, quiet: float = 0.15, seconds: float = 15) -> None:
        """Take what comes until nothing more comes for a moment."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and select.select([self._master], [], [], quiet)[0] and self._more():
            pass

    def wait_for(self, words: str, seconds: float = 60) -> None:
        """Take what comes until these words are among it."""
        until = time.monotonic() + seconds
        while words not in self.text:
            assert time.monotonic() < until, self.text[-3000:]
            if select.select([self._master], [], [], 0.2)[0]:
                assert self._more(), self.text[-3000:]

    def end(self, seconds: float = 120) -> int:
        """Take everything up to the end, and return the exit code."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if select.select([self._master], [], [], 0.2)[0]:
                if not self._more():
                    break
            elif self._process.poll() is not None:
                break
        return self._process.wait(20)

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def hang_up(self) -> None:
        """Let the terminal be gone, as with a line that drops."""
        os.close(self._master)
        self._master = -1

    def wait(self, seconds: float) -> int:
        """Wait for the process to end and return its exit code."""
        return self._process.wait(seconds)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)
        if self._master >= 0:
            os.close(self._master)

    def _more(self) -> bool:
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # the other side is closed
            return False
        self.output += data
        return bool(data)


@contextmanager
def raw_terminal(
    home: Path,
    *arguments: str | bytes,
    size: tuple[int, int] = (100, 30),
    program: str = ON_A_TERMINAL,
    **more: str,
) -> Iterator[RawTerminal]:
    """Run `cxr-tui` with these arguments, and these variables besides a bare environment."""
    terminal = RawTerminal(home, arguments, size, more, program)
    try:
        yield terminal
    finally:
        terminal.close()


def on_a_terminal(home: Path, *arguments: str | bytes, **more: str) -> tuple[bytes, int]:
    """Run a command to its end, with more variables; return its output and its exit code."""
    with raw_terminal(home, *arguments, size=(100, 30), **more) as terminal:
        code = terminal.end()
        return bytes(terminal.output), code
