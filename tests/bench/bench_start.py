"""How soon the wizard stands on the screen, held against a bare Textual program and, where it is there, posting.

`.venv/bin/python tests bench.bench_start [--pairs 15] [--posting PATH]` starts whole programs in turns in a
pseudo-terminal of 100 by 30, so that whatever else the machine does meets them alike, and takes the time until the
first frame is written. `--version` and `status --help` are timed to their end. Nothing is warmed up but the files'
pages: each program is started once before it counts. posting lives in an environment of its own.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.processes.cli_process import environment

ROWS, COLUMNS = 30, 100
LIMIT = 30.0
"""Seconds until a program counts as hung."""
BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("ready")

Bare().run()
"""


def first_frame(command: Sequence[str], shows: bytes, env: Mapping[str, str]) -> float:
    """Return the seconds from the start of a program until a text of its first frame is on the terminal."""
    started = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], list(command), dict(env))  # noqa: S606 - a program of this bench, no shell
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    seen = b""
    try:
        while shows not in seen:
            ready, _, _ = select.select([terminal], [], [], LIMIT)
            if not ready or time.perf_counter() - started > LIMIT:
                raise TimeoutError(f"{command[0]} showed nothing of {shows!r} in {LIMIT:.0f} s")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - started
    except OSError as error:
        raise RuntimeError(f"{' '.join(command)} ended: {seen[-600:]!r}") from error
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def whole(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the seconds that a program takes from its start to its end."""
    started = time.perf_counter()
    subprocess.run(command, env=dict(env), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def told(name: str, seconds: Sequence[float]) -> str:
    """Return a line with the least, the median and the most, in milliseconds."""
    least, middle, most = min(seconds), statistics.median(seconds), max(seconds)
    return f"{name:<36} {least * 1000:6.0f} {middle * 1000:6.0f} {most * 1000:6.0f} ms"


def ratio(ours: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of pairs that ran one after the other."""
    return statistics.median(one / other for one, other in zip(ours, others, strict=True))


def main() -> int:
    """Measure and print; 1 where a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=15, help="how often each program is started (15)")
    parser.add_argument("--posting", type=Path, help="the posting program, to be compared with")
    args = parser.parse_args()
    beside = Path(sys.executable).with_name("cxr-tui")
    with tempfile.TemporaryDirectory() as home:
        env = environment(Path(home)) | {"COLORTERM": "truecolor"}
        programs: dict[str, tuple[list[str], bytes]] = {
            "bare Textual": ([sys.executable, "-c", BARE], b"ready"),
            "the wizard": ([str(beside), "-i", "bench"], b"Opening"),
            "the wizard's first step": ([str(beside), "-i", "bench"], b"Your two accounts"),
        }
        if args.posting:
            programs["posting"] = ([str(args.posting)], b"Collection")
        frames: dict[str, list[float]] = {name: [] for name in programs}
        ends: dict[str, list[float]] = {"--version": [], "status --help": []}
        for turn in range(args.pairs + 1):
            for name, (command, shows) in programs.items():
                took = first_frame(command, shows, env)
                frames[name] += [took] if turn else []
            for name in ends:
                took = whole([str(beside), *name.split()], env)
                ends[name] += [took] if turn else []
    sys.stdout.write(f"{'':36} {'least':>6} {'median':>6} {'most':>6}\n")
    for name, seconds in {**{f"first frame: {one}": two for one, two in frames.items()}, **ends}.items():
        sys.stdout.write(told(name, seconds) + "\n")
    kept = [("first frame to a bare Textual program's", ratio(frames["the wizard"], frames["bare Textual"]), 1.25)]
    if args.posting:
        kept.append(("first frame to posting's", ratio(frames["the wizard"], frames["posting"]), 0.6))
    kept += [(f"seconds of {name}", statistics.median(seconds), 0.15) for name, seconds in ends.items()]
    for what, measured, bound in kept:
        sys.stdout.write(f"{what}: {measured:.2f} (at most {bound})\n")
    return int(any(measured > bound for _, measured, bound in kept))


if __name__ == "__main__":
    sys.exit(main())
