"""The benchmarks and large comparisons of preflight run, and what they check holds, on little data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from real_parts import need

HERE = Path(__file__).parent


@pytest.mark.sampled(0)
@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("bench_preflight.py", ("--rows", "3000", "--repeat", "1", "--check"), "the reference reader agrees"),
        ("agree_preflight.py", ("--rows", "3000", "--charset", "cp1252", "--delimiter", ";"), "2 forms of 3,000"),
        ("bench_sftp.py", ("--megabytes", "2", "--rtt", "0.005", "--repeat", "1"), "ratio"),
    ],
)
def test_a_benchmark_runs(script: str, options: tuple[str, ...], said: str) -> None:
    need("gpg", "sshd", "sftp")
    ended = subprocess.run([sys.executable, str(HERE / script), *options], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert said in ended.stdout
