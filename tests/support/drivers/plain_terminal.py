"""Plain mode in a separate process on a real pseudo terminal, its controlling one: keys, signals, echo."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.processes.cli_process import environment

ON_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "cxr_tui", *sys.argv[1:]])
"""
NEXT = re.compile(r"next \[([^\n]*)\]: $")
ENTER, END, INTERRUPT = "\n", "\x04", "\x03"


class PlainTerminal:
    """One run of `cxr-tui` on its own terminal."""

    def __init__(self, home: Path, arguments: tuple[str, ...], more: Mapping[str, str]) -> None:
        self._master, slave = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, *arguments],
            env={**environment(home), **more},
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        self.transcript = ""
        self._read_to = 0

    @property
    def since(self) -> str:
        """What came since the last line was typed."""
        return self.transcript[self._read_to :].replace("\r\n", "\n")

    @property
    def offered(self) -> str:
        """What Enter stands for now."""
        match = NEXT.search(self.since)
        return match[1] if match else ""

    def wait_for(self, pattern: str | re.Pattern[str] = NEXT, seconds: float = 40) -> str:
        """Read until what came since the last line typed fits."""
        until = time.monotonic() + seconds
        while not re.search(pattern, self.since):
            assert time.monotonic() < until, f"{pattern!r} did not come:\n{self.since[-3000:]}"
            if select.select([self._master], [], [], 0.2)[0] and not self._more():
                break
        assert re.search(pattern, self.since), f"ended without {pattern!r}:\n{self.since[-3000:]}"
        return self.since

    def type(self, line: str, pattern: str | re.Pattern[str] = NEXT, seconds: float = 40) -> str:
        """Type a line and wait for what must follow it."""
        self.press(line + ENTER)
        return self.wait_for(pattern, seconds)

    def press(self, keys: str) -> None:
        """Press keys, no Enter among them unless it is said."""
        self._read_to = len(self.transcript)
        os.write(self._master, keys.encode())

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def end(self) -> int:
        """Wait until it has ended, and return its exit code."""
        until = time.monotonic() + 20
        while time.monotonic() < until and (not select.select([self._master], [], [], 0.2)[0] or self._more()):
            if self._process.poll() is not None:
                break
        return self._process.wait(20)

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()
        os.close(self._master)

    def _more(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            return False
        self.transcript += data.decode()
        return bool(data)


@contextmanager
def plain_terminal(home: Path, *arguments: str, **more: str) -> Iterator[PlainTerminal]:
    """Run `cxr-tui` with these arguments, and these variables besides a bare environment."""
    terminal = PlainTerminal(home, arguments, more)
    try:
        yield terminal
    finally:
        terminal.close()
