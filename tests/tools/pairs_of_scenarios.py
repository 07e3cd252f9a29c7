"""Rehearse every pair of faults that can occur together, and twenty pairs at one step: both have to be named.

Run as a command: `python tests tools.pairs_of_scenarios [--jobs N] [--every K] [--with CODE]... [--pair ONE+OTHER]...`.
All of them take about an hour on two processors.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from scenarios.pairs import SAME_STEP, Told, pairs_at_different_steps, rehearse_both


def main() -> int:
    """Run what was asked for, print what is not as it should be, and return 1 where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 1) + 1, help="rehearsals at once")
    parser.add_argument("--every", type=int, default=1, help="only every K-th pair at different steps")
    parser.add_argument("--start", type=int, default=0, help="begin with this one of them")
    parser.add_argument("--with", dest="codes", action="append", default=[], help="only pairs with this fault")
    parser.add_argument("--pair", action="append", default=[], help="only this pair, such as header-off+list-empty")
    args = parser.parse_args()
    pairs = [*SAME_STEP, *pairs_at_different_steps()[args.start :: args.every]]
    if args.codes:
        pairs = [pair for pair in pairs if set(pair) & set(args.codes)]
    if args.pair:
        pairs = [(one, other) for one, _, other in (text.partition("+") for text in args.pair)]
    began = time.monotonic()
    missing, strange = 0, 0
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(args.jobs) as pool:
        running = [pool.submit(rehearse_both, pair, Path(home)) for pair in pairs]
        for done, future in enumerate(as_completed(running), 1):
            told = future.result()
            missing += not told.both
            strange += bool(told.strange)
            _tell(told)
            if done % 50 == 0:
                _say(f"... {done} of {len(pairs)} after {time.monotonic() - began:.0f} s")
    _say(f"{len(pairs)} pairs: {len(pairs) - missing} name both, {missing} do not, {strange} name something else too")
    return 1 if missing else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell(told: Told) -> None:
    if not told.both:
        _say(f"NOT BOTH  {' + '.join(told.pair)} (exit {told.code}): missing {', '.join(told.missing)}")
        _say("          " + "\n          ".join(told.words.splitlines()[-8:]))
    if told.strange:
        _say(f"too much  {' + '.join(told.pair)}: {', '.join(told.strange)}")


if __name__ == "__main__":
    sys.exit(main())
