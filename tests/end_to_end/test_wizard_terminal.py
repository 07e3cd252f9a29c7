"""The wizard in a real terminal (tmux), by keyboard alone, from nothing to go-live."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes.cli_process import environment

STEPS = 26
SIZES = {(80, 24): STEPS, (100, 30): 10}
"""How many steps are walked at each size; all of them once."""
LIMIT = 150
"""Seconds for the whole walk."""


class Terminal:
    """One tmux server of its own with one window."""

    def __init__(self, home: Path, width: int, height: int) -> None:
        self._socket = f"cxr-{uuid.uuid4().hex[:8]}"
        self._environment = environment(home)
        self.size = (width, height)

    def start(self, command: str) -> None:
        width, height = self.size
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), command)

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    @property
    def lines(self) -> list[str]:
        return self._tmux("capture-pane", "-p").splitlines()

    @property
    def open(self) -> bool:
        return "no server" not in self._tmux("list-sessions")

    def close(self) -> None:
        self._tmux("kill-server")

    def _tmux(self, *arguments: str) -> str:
        ended = subprocess.run(
            ["tmux", "-L", self._socket, "-f", os.devnull, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.stdout + ended.stderr


@pytest.fixture(params=list(SIZES), ids=lambda size: f"{size[0]}x{size[1]}")
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        if os.environ.get("CI"):
            pytest.fail("tmux is not installed")
        pytest.skip("tmux is not installed")
    made = Terminal(tmp_path, *request.param)
    yield made
    made.close()


def held(terminal: Terminal) -> int:
    """Return how many steps hold, as the first line says."""
    told = re.search(rf"(\d+) of {STEPS} steps done", terminal.lines[0])
    return int(told[1]) if told else 0


def wait_for(terminal: Terminal, text: str, seconds: float = 60) -> str:
    """Return the screen once it shows a text."""
    until = time.monotonic() + seconds
    shown = ""
    while time.monotonic() < until:
        shown = "\n".join(terminal.lines)
        if text in shown:
            return shown
        time.sleep(0.1)
    raise AssertionError(f"{text!r} did not appear:\n{shown}")


@pytest.mark.sampled(1)
def test_a_newcomer_walks_to_go_live_with_enter_alone(terminal: Terminal) -> None:
    terminal.start(f"{sys.executable} -m cxr_tui --sandbox --people 60")
    wait_for(terminal, f"0 of {STEPS} steps done")
    wait_for(terminal, "Do it for me")
    until = time.monotonic() + LIMIT
    while held(terminal) < SIZES[terminal.size]:
        assert time.monotonic() < until, "\n".join(terminal.lines)
        if any("Do it for me" in line or "Continue" in line for line in terminal.lines[-4:]):
            terminal.press("Enter")
        time.sleep(0.3)
    if SIZES[terminal.size] == STEPS:
        assert "verified" in wait_for(terminal, "Go live")
    terminal.press("C-q")
    ended = time.monotonic() + 10
    while terminal.open and time.monotonic() < ended:
        time.sleep(0.1)
    assert not terminal.open, "Ctrl+Q ends the program"
