"""SIGKILL after the journal writes of a whole setup: the next run goes on, and nothing is asked twice."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

from support.paths import program
from support.processes.cli_process import cxr_tui, environment, sandbox_up
from support.sampling import Run, amount

MOST_WRITES = amount(daily=40, whole=1)
"""Writes of one run before it is killed, at most."""
LEAST_KILLS = amount(daily=2, whole=51)


def test_a_setup_killed_after_its_writes_arrives_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('[select-object]\njob_name = "Nightly export"\n')
    with sandbox_up(tmp_path / "calm", "--people", "60"):
        calm = cxr_tui("--at", str(tmp_path / "calm"), "apply", str(answers), "--json", home=tmp_path)
        assert calm.code == 0, calm.err + calm.out
        asked_calmly = answers_in(tmp_path / "calm")
    with sandbox_up(tmp_path / "hurt", "--people", "60"):
        killing = subprocess.run(
            [
                *program("support.processes.setup_killing"),
                str(tmp_path / "hurt"),
                str(answers),
                str(MOST_WRITES),
                str(Run.seed),
            ],
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert killing.returncode == 0, killing.stderr
        hurt = json.loads(killing.stdout)
        assert hurt["code"] == 0, killing.stderr + hurt["printed"]
        asked = answers_in(tmp_path / "hurt")
    assert hurt["kills"] >= LEAST_KILLS
    states = {step["id"]: step["state"] for step in json.loads(hurt["printed"])["steps"]}
    assert states == {step["id"]: step["state"] for step in calm.document["steps"]}
    # What a screen shows may change while time passes (a key is first processed, then completed); nothing else repeats.
    assert asked == asked_calmly


def answers_in(directory: Path) -> Counter[str]:
    [path] = directory.glob("integrations/*/journal.db")
    journal = sqlite3.connect(path)
    rows = journal.execute("SELECT step, body FROM records WHERE kind IN ('answer', 'secret')").fetchall()
    journal.close()
    return Counter(f"{step}.{json.loads(body)['name']}" for step, body in rows)
