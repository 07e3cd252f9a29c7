"""Kills `cxr-tui apply` with SIGKILL right after a write to the journal, until no write is left.

`python tests support.processes.setup_killing SANDBOX_DIR ANSWERS.toml MOST SEED` prints one JSON document: how often
it was killed, how the run that arrived ended, and what that one printed. Each run dies after 1 to MOST of its writes,
drawn by SEED; with MOST = 1 every write of the set-up is followed by a kill. Everything is loaded once, and every run
is a fork.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from cxr_tui.journal.store import Journal
from support.processes.preloaded_python import load

MOST_WRITES = 250


def die_after(writes: int) -> None:
    """Let this process be killed as soon as that many of its writes are durable."""
    commit, left = Journal._commit, writes
    changes: dict[Journal, int] = {}

    def commit_and_die(self: Journal) -> None:
        nonlocal left
        commit(self)
        left -= self._db.total_changes > changes.get(self, 0)
        changes[self] = self._db.total_changes
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    Journal._commit = commit_and_die  # type: ignore[method-assign]  # watched while it works


def kill_again_and_again(arguments: list[str], most: int, chance: random.Random) -> dict[str, object]:
    """Run the command, each time in a fork that dies after 1 to `most` writes, until a run gets to its end."""
    main = load(sys.executable)["cxr_tui"]
    for kills in range(MOST_WRITES):
        with tempfile.TemporaryFile() as printed:
            writes = chance.randint(1, most)
            child = os.fork()
            if child == 0:
                code = 70
                try:
                    os.dup2(printed.fileno(), 1)
                    die_after(writes)
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
    where, answers, most, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    chance = random.Random(seed)  # noqa: S311 - it chooses where to kill, nothing secret
    told = kill_again_and_again(["--at", str(where), "apply", str(answers), "--json"], most, chance)
    sys.stdout.write(json.dumps(told))
