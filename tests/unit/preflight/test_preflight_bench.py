"""The benchmarks and large comparisons of preflight run, and what they check holds, on little data."""

from __future__ import annotations

import subprocess

import pytest

from support.paths import program
from support.servers.real_parts import need


@pytest.mark.sampled(0)
@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("bench.bench_preflight", ("--rows", "3000", "--repeat", "1", "--check"), "the reference reader agrees"),
        ("bench.verify_preflight", ("--rows", "3000", "--charset", "cp1252", "--delimiter", ";"), "2 forms of 3,000"),
        ("bench.bench_sftp", ("--megabytes", "2", "--rtt", "0.005", "--repeat", "1"), "ratio"),
    ],
)
def test_a_benchmark_runs(script: str, options: tuple[str, ...], said: str) -> None:
    need("gpg", "sshd", "sftp")
    ended = subprocess.run([*program(script), *options], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert said in ended.stdout
