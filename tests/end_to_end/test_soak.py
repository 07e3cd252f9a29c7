"""Setup, rotation, status and preflight through random mixtures of faults and kills, watched after every act."""

from __future__ import annotations

import json
import subprocess

import pytest

from support.paths import program

OPERATIONS = 200
LIMIT = 600


@pytest.mark.sampled(0)  # kills of setup and rotation, and single faults, are tried every day
def test_nothing_is_lost_half_done_repeated_or_given_away_whatever_fails() -> None:
    ended = subprocess.run(
        [*program("soak.soak"), "--operations", str(OPERATIONS), "--seed", "1"],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    figures = json.loads(ended.stdout)
    assert figures["violations"] == []
    assert (ended.returncode, ended.stderr) == (0, "")
    assert figures["operations"] >= OPERATIONS
    assert figures["secrets"] > 10
    assert sum(figures["faults"].values()) > OPERATIONS / 2
