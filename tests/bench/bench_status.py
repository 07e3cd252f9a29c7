"""How long `status` takes: one integration against its longest chain of requests, many against their number.

Run as a command: `python tests bench.bench_status [--integrations 200] [--latency 100]`. Prints what was measured and
exits with 1 where a bound does not hold. Everything is on loopback; the latency is added by the sandbox's own hosts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from cxr_tui.cli.open_integration import open_integration
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs import collect
from cxr_tui.jobs.expected_runs import JobKind, scheduled_jobs
from cxr_tui.jobs.run_history import fetch_runs_since, remembered
from cxr_tui.jobs.status import AT_ONCE, look
from cxr_tui.sandbox.client import attach_sandbox
from support.paths import program

NAME = "one"
ONE_AT_MOST = 1.5
"""Times the longest chain of requests."""
ALL_AT_MOST = 1.3
"""Times requests x latency / concurrency."""
MEMORY_AT_MOST = 200
"""Megabytes."""
ROUNDS = 5


@dataclass(frozen=True)
class One:
    """`status` over one integration, in seconds."""

    whole: float
    longest: float
    """The longest chain of requests, made alone."""
    process: float
    """The whole command, Python's start included."""

    @property
    def holds(self) -> bool:
        return self.whole <= ONE_AT_MOST * self.longest

    def __str__(self) -> str:
        return (
            f"one integration: {self.whole:.2f} s, longest chain alone {self.longest:.2f} s, "
            f"ratio {self.whole / self.longest:.2f} (at most {ONE_AT_MOST}); whole command {self.process:.2f} s"
        )


@dataclass(frozen=True)
class Many:
    """`status --all`: seconds, requests and the memory of the command in megabytes."""

    integrations: int
    seconds: float
    requests: int
    latency: float
    megabytes: float
    well: int

    @property
    def bound(self) -> float:
        """Return the seconds that it may take."""
        return ALL_AT_MOST * self.requests * self.latency / AT_ONCE

    @property
    def holds(self) -> bool:
        return self.seconds <= self.bound and self.megabytes < MEMORY_AT_MOST and self.well == self.integrations

    def __str__(self) -> str:
        return (
            f"{self.integrations} integrations, {AT_ONCE} side by side: {self.seconds:.1f} s for {self.requests} "
            f"requests of {self.latency * 1000:.0f} ms (at most {self.bound:.1f} s), {self.megabytes:.0f} MB "
            f"(under {MEMORY_AT_MOST}), {self.well} in order"
        )


@contextmanager
def slow_sandbox() -> Iterator[Path]:
    """Keep a slow sandbox up with one integration set up in it."""
    home = Path(tempfile.mkdtemp(prefix="cxb-"))
    process = subprocess.Popen(
        [*program("support.sandboxes.slow_sandbox"), str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        process.stdout.readline()
        answers = home / "none.toml"
        answers.write_text("")
        command(home, "-i", NAME, "apply", str(answers))
        yield home
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)
        process.stdout.close()
        shutil.rmtree(home, ignore_errors=True)


STARTER = """
import os, resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
os.write(2, b"\\n%d" % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Linux counts the memory of whoever starts a process as that process's own, so a small one starts it."""


def command(home: Path, *arguments: str) -> tuple[str, float, float]:
    """Run `cxr-tui` on the sandbox; return what it printed, its seconds, and its memory in megabytes."""
    words = [sys.executable, "-m", "cxr_tui", "--at", str(home), *arguments]
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-SE", "-c", STARTER, *words], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with {ended.returncode}: {ended.stdout[-2000:]}")
    return ended.stdout, seconds, int(ended.stderr.split()[-1]) / 1024


def latency(home: Path, milliseconds: int) -> int:
    """Set the latency of every request; return how many there were since the last call."""
    url = attach_sandbox(home).info.responsys_login
    with urllib.request.urlopen(f"{url}/bench?ms={milliseconds}") as answer:  # noqa: S310 - loopback
        return int(json.load(answer)["requests"])


async def measure_one(home: Path, milliseconds: int) -> One:
    """Measure one integration: all pieces at once, and each of them alone, every time with new logins."""
    latency(home, milliseconds)
    whole, chains = [], dict[str, list[float]]()
    args = argparse.Namespace(at=str(home), sandbox=False, integration=NAME)
    for _ in range(ROUNDS):
        async with open_integration(args) as integration:
            began = time.monotonic()
            seen = await look(integration)
            whole.append(time.monotonic() - began)
            assert seen.healthy, [job.assessment for job in seen.jobs]
        for name in ("connect", "files", "members", "published"):
            async with open_integration(
                argparse.Namespace(at=str(home), sandbox=False, integration=NAME)
            ) as integration:
                began = time.monotonic()
                await _alone(name, integration)
                chains.setdefault(name, []).append(time.monotonic() - began)
    process = median(command(home, "-i", NAME, "status")[1] for _ in range(ROUNDS))
    return One(median(whole), max(median(times) for times in chains.values()), process)


async def _alone(name: str, integration: Integration) -> None:
    journal, world = integration.journal_state(), integration.world
    known, set_up = journal.known(), scheduled_jobs(journal)
    since = fetch_runs_since(remembered(journal.runs.get("export", {})))
    jobs = {job.kind: job for job in set_up}
    looks: dict[str, Any] = {
        "connect": lambda: collect._connect(jobs.get(JobKind.EXPORT), since, world),
        "files": lambda: collect._files(known, world),
        "members": lambda: collect._members(known, world),
        "published": lambda: collect._published(known, world),
    }
    await looks[name]()


async def copy_integration(home: Path, count: int) -> None:
    """Make as many integrations of the one that is set up, each with its own journal and secrets."""
    running = attach_sandbox(home)
    source = KeyringCredentials(NAME, backend=running.keyring(), store_name="bench")
    items = (RESPONSYS_PASSWORD, CONNECT_API_PASSWORD, AUDIENCE_API_PASSWORD)
    secrets = {item: await source.get(item) for item in items}
    for number in range(count):
        name = f"account-{number:03d}"
        shutil.copytree(home / "integrations" / NAME, home / "integrations" / name)
        target = KeyringCredentials(name, backend=running.keyring(), store_name="bench")
        for item, secret in secrets.items():
            await target.put(item, secret)
    shutil.rmtree(home / "integrations" / NAME)


def measure_many(home: Path, count: int, milliseconds: int) -> Many:
    """Measure `status --all` as a command."""
    latency(home, milliseconds)
    out, seconds, megabytes = command(home, "status", "--all", "--json")
    requests = latency(home, 0)
    well = sum(one["ok"] for one in json.loads(out)["integrations"])
    return Many(count, seconds, requests, milliseconds / 1000, megabytes, well)


def main(arguments: list[str] | None = None) -> int:
    """Measure both and say whether the bounds hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--integrations", type=int, default=200)
    parser.add_argument("--latency", type=int, default=100, help="milliseconds added to every request")
    args = parser.parse_args(arguments)
    with slow_sandbox() as home:
        one = asyncio.run(measure_one(home, args.latency))
        sys.stdout.write(f"{one}\n")
        latency(home, 0)
        asyncio.run(copy_integration(home, args.integrations))
        many = measure_many(home, args.integrations, args.latency)
        sys.stdout.write(f"{many}\n")
    return 0 if one.holds and many.holds else 1


if __name__ == "__main__":
    sys.exit(main())
