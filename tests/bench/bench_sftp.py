"""How fast a file comes over SFTP from OpenSSH on a long line, held against OpenSSH's own `sftp`.

`python tests bench.bench_sftp [--megabytes 200] [--rtt 0.08] [--gbit 1] [--repeat 3]`; the line is a delaying proxy.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cxr_tui.gateways.sftp.client import SftpFileServer
from support.paths import program
from support.servers.real_parts import SshServer, openssh_server

PLAIN, TUNED, OURS = "sftp", "sftp -B 261120 -R 128", "cxr-tui"


def ours(server: SshServer, port: int, name: str) -> tuple[float, int]:
    """Fetch by our gateway; return seconds and bytes."""
    got = 0

    def take(block: bytes) -> None:
        nonlocal got
        got += len(block)

    async def run() -> float:
        gateway = SftpFileServer("127.0.0.1", port, server.user, server.key, None, server.fingerprint)
        started = time.monotonic()
        await gateway.stream(str(server.folder / name), take)
        return time.monotonic() - started

    return asyncio.run(run()), got


def theirs(server: SshServer, port: int, name: str, target: Path, *tuning: str) -> tuple[float, int]:
    """Fetch by OpenSSH's sftp; return seconds and bytes."""
    options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
    command = ["sftp", "-q", *tuning, *options, "-i", str(server.key), "-P", str(port)]
    started = time.monotonic()
    subprocess.run(
        [*command, f"{server.user}@127.0.0.1:{server.folder / name}", str(target)], check=True, capture_output=True
    )
    seconds = time.monotonic() - started
    size = target.stat().st_size
    target.unlink()
    return seconds, size


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--megabytes", type=int, default=200)
    options.add_argument("--rtt", type=float, default=0.08)
    options.add_argument("--gbit", type=float, default=1.0)
    options.add_argument("--repeat", type=int, default=3)
    args = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, openssh_server(Path(folder) / "s") as server:
        with (server.folder / "big").open("wb") as file:
            for _ in range(args.megabytes):
                file.write(os.urandom(1_000_000))
        proxy = subprocess.Popen(
            [
                *program("support.servers.delaying_proxy"),
                str(server.port),
                "--rtt",
                str(args.rtt),
                "--gbit",
                str(args.gbit),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert proxy.stdout is not None
        port = int(proxy.stdout.readline())
        copy = Path(folder) / "copy"
        runs: dict[str, list[float]] = {PLAIN: [], TUNED: [], OURS: []}
        for _ in range(args.repeat):
            for name, (seconds, size) in (
                (PLAIN, theirs(server, port, "big", copy)),
                (TUNED, theirs(server, port, "big", copy, "-B", "261120", "-R", "128")),
                (OURS, ours(server, port, "big")),
            ):
                assert size == args.megabytes * 1_000_000
                runs[name].append(size / seconds / 1e6)
        proxy.kill()
        proxy.wait()
    medians = {name: statistics.median(rates) for name, rates in runs.items()}
    for name, rates in runs.items():
        sys.stdout.write(
            f"{name:20} median {medians[name]:7.1f} MB/s of {', '.join(f'{rate:.1f}' for rate in rates)}\n"
        )
    for name in (PLAIN, TUNED):
        sys.stdout.write(f"ratio to {name}: {medians[OURS] / medians[name]:.2f} (at least 0.9 is wanted)\n")
    line = f"round trip {args.rtt * 1000:g} ms, {args.gbit:g} Gbit/s"
    sys.stdout.write(f"{args.megabytes:,} MB, {line}; load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
