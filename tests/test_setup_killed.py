"""SIGKILL after every journal write of a whole setup: the next run goes on, and nothing is asked twice."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

from programs import cxr_tui, environment, sandbox_up

KILLED_AFTER_EACH_WRITE = """
import os, signal, sys
from cxr_tui.journal.store import Journal
append = Journal.append
def append_and_die(self, at, entries):
    append(self, at, entries)
    os.kill(os.getpid(), signal.SIGKILL)
Journal.append = append_and_die
from cxr_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""
MOST_WRITES = 250


def test_a_setup_killed_after_every_write_arrives_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('[select-object]\njob_name = "Nightly export"\n')
    with sandbox_up(tmp_path / "calm", "--people", "60"):
        calm = cxr_tui("--at", str(tmp_path / "calm"), "apply", str(answers), "--json", home=tmp_path)
        assert calm.code == 0, calm.err + calm.out
        asked_calmly = answers_in(tmp_path / "calm")
    with sandbox_up(tmp_path / "hurt", "--people", "60"):
        kills = 0
        arguments = ("--at", str(tmp_path / "hurt"), "apply", str(answers), "--json")
        while True:
            ended = subprocess.run(
                [sys.executable, "-c", KILLED_AFTER_EACH_WRITE, *arguments],
                env=environment(tmp_path),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            if ended.returncode != -signal.SIGKILL:
                break
            kills += 1
            assert kills < MOST_WRITES, ended.stderr
        assert ended.returncode == 0, ended.stderr + ended.stdout
        asked = answers_in(tmp_path / "hurt")
    assert kills > 50
    states = {step["id"]: step["state"] for step in json.loads(ended.stdout)["steps"]}
    assert states == {step["id"]: step["state"] for step in calm.document["steps"]}
    # What a screen shows may change while time passes (a key is first processed, then completed); nothing else repeats.
    assert asked == asked_calmly


def answers_in(directory: Path) -> Counter[str]:
    [path] = directory.glob("integrations/*/journal.db")
    journal = sqlite3.connect(path)
    rows = journal.execute("SELECT step, body FROM records WHERE kind IN ('answer', 'secret')").fetchall()
    journal.close()
    return Counter(f"{step}.{json.loads(body)['name']}" for step, body in rows)
