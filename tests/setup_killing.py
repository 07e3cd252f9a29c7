"""Kills `cxr-tui apply` with SIGKILL right after a write to the journal, until there is none left to make.

`python tests/setup_killing.py SANDBOX_DIR ANSWERS.toml` prints one JSON document: how often it was killed, how the run
that arrived ended, and what that one printed. Everything is loaded once, and every run is a fork.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from warm import load

from cxr_tui.journal.store import Journal

MOST_WRITES = 250


def die_after_a_write() -> None:
    """Let this process be killed as soon as its next write is durable."""
    commit = Journal._commit

    def commit_and_die(self: Journal) -> None:
        commit(self)
        if self._db.total_changes:
            os.kill(os.getpid(), signal.SIGKILL)

    Journal._commit = commit_and_die  # type: ignore[method-assign]  # watched while it works


def kill_after_every_write(arguments: list[str]) -> dict[str, object]:
    """Run the command, each time in a fork that dies after its first write, until one has nothing to write."""
    main = load(sys.executable)["cxr_tui.cli"]
    for kills in range(MOST_WRITES):
        with tempfile.TemporaryFile() as printed:
            child = os.fork()
            if child == 0:
                code = 70
                try:
                    os.dup2(printed.fileno(), 1)
                    die_after_a_write()
                    code = main(arguments)
                    sys.stdout.flush()
                finally:
                    os._exit(code)
            _, status = os.waitpid(child, 0)
            code = os.waitstatus_to_exitcode(status)
            if code != -signal.SIGKILL:
                printed.seek(0)
                return {"kills": kills, "code": code, "printed": printed.read().decode()}
    raise RuntimeError(f"{MOST_WRITES} writes and no end")


if __name__ == "__main__":
    where, answers = Path(sys.argv[1]), Path(sys.argv[2])
    told = kill_after_every_write(["--at", str(where), "apply", str(answers), "--json"])
    sys.stdout.write(json.dumps(told))
