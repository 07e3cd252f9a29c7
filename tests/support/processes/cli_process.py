"""The program as a whole process, for tests that start it the way a person or a script does."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 120
"""Seconds until a command counts as hung."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document that it printed."""
        read: dict[str, Any] = json.loads(self.out)
        return read


def environment(home: Path) -> dict[str, str]:
    """Return a bare environment: nothing of the developer's own configuration or session gets in."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "CXR_TUI_HOME": str(home), "TERM": "xterm-256color"}


def cxr_tui(
    *arguments: str, home: Path, stdin: str = "", limit: int = LIMIT, environ: Mapping[str, str] | None = None
) -> Ended:
    """Run `cxr-tui` to its end, with the variables in `environ` besides a bare environment."""
    ended = subprocess.run(
        [sys.executable, "-m", "cxr_tui", *arguments],
        env=environment(home) | dict(environ or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def wait_until_gone(pid: int) -> bool:
    """Wait for the end of a process that may be a child of another; False where it does not end."""
    assert sys.platform == "linux"
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], LIMIT)[0])
    finally:
        os.close(process)


@contextmanager
def sandbox_up(directory: Path, *arguments: str) -> Iterator[Mapping[str, Any]]:
    """Keep `cxr-tui sandbox --dir DIRECTORY` up and yield what it says of itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cxr_tui", "sandbox", "--json", "--dir", str(directory), *arguments],
        env=environment(directory),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        text = ""
        for line in process.stdout:
            text += line
            if line == "}\n":
                break
        yield json.loads(text)
    finally:
        process.terminate()
        process.stdout.close()
        process.wait(20)
