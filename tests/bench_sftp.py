"""How fast a file comes over SFTP from OpenSSH on a long line, held against OpenSSH's own `sftp`.

`python tests/bench_sftp.py [--megabytes 200] [--rtt 0.08] [--gbit 1] [--repeat 3]`; the line is a delaying proxy.
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

sys.path.insert(0, str(Path(__file__).parent))

from real_parts import SshServer, openssh_server

from cxr_tui.gateways.file_server import SftpFileServer


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


def theirs(server: SshServer, port: int, name: str, target: Path) -> tuple[float, int]:
    """Fetch by OpenSSH's sftp; return seconds and bytes."""
    options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
    command = ["sftp", "-q", *options, "-i", str(server.key), "-P", str(port)]
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
                sys.executable,
                str(Path(__file__).parent / "delaying_proxy.py"),
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
        runs: dict[str, list[float]] = {"sftp": [], "cxr-tui": []}
        for _ in range(args.repeat):
            for name, (seconds, size) in (
                ("sftp", theirs(server, port, "big", Path(folder) / "copy")),
                ("cxr-tui", ours(server, port, "big")),
            ):
                assert size == args.megabytes * 1_000_000
                runs[name].append(size / seconds / 1e6)
        proxy.kill()
        proxy.wait()
    medians = {name: statistics.median(rates) for name, rates in runs.items()}
    for name, rates in runs.items():
        sys.stdout.write(f"{name:8} median {medians[name]:7.1f} MB/s of {', '.join(f'{rate:.1f}' for rate in rates)}\n")
    sys.stdout.write(f"ratio {medians['cxr-tui'] / medians['sftp']:.2f} (at least 0.9 is wanted)\n")


if __name__ == "__main__":
    main()
