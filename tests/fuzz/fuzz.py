"""Fuzzing: very many inputs for every parser of data from outside; none may fail, hang, or take much memory.

    python tests fuzz.fuzz --inputs 1000000            all parsers, by both engines
    python tests fuzz.fuzz --inputs 20000 json-answer  one of them
    python tests fuzz.fuzz --again FILE json-answer    one input once more

Nine tenths of the inputs come from atheris, which is led by what code they reach, and the rest from Hypothesis, which
makes them in their form; where atheris is not installed (`pip install atheris`), Hypothesis makes all. Each parser has
a process of its own. An input counts as a hang when it takes more than a second of processor time, and as too large
when the process holds 200 MB more meanwhile. What was found once stands in `fuzz_found.py` and is tried by every run of
the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from support.paths import program
from support.processes.resource_limits import Peak

if TYPE_CHECKING:
    from fuzz.fuzz_target import FuzzTarget

MOST_SECONDS = 1.0
MOST_BYTES = 200_000_000
LONGEST = 4096
"""Of one input by atheris; what is long and hostile has tests of its own."""
BATCH = 2000
"""Inputs by Hypothesis from one seed; it remembers all of a batch."""
ENGINES = ("atheris", "hypothesis")
WHOLE_LIMIT = 6 * 3600


@dataclass
class Tally:
    """What the inputs of one parser by one engine came to."""

    parser: str
    engine: str
    inputs: int = 0
    seconds: float = 0.0
    """Of processor time in the parser."""
    slowest: float = 0.0
    slowest_input: str = ""
    """Its start in hexadecimal, and its length."""
    more_bytes: int = 0
    """What one input needed at most, beyond what the process held before it."""
    failed: str = ""
    """What went wrong; empty: nothing did."""

    def add(self, other: Tally) -> None:
        """Take in what another process came to."""
        self.inputs += other.inputs
        self.seconds += other.seconds
        if other.slowest > self.slowest:
            self.slowest, self.slowest_input = other.slowest, other.slowest_input
        self.more_bytes = max(self.more_bytes, other.more_bytes)
        self.failed = self.failed or other.failed


class Watch:
    """Gives one input after the other to a parser and measures it."""

    def __init__(self, target: FuzzTarget, engine: str, wanted: int) -> None:
        self._target = target
        self._wanted = wanted
        self.tally = Tally(target.name, engine)
        self._peak = Peak()
        for seed in target.seeds():  # whatever is loaded at first use is not counted
            target.parse(seed)

    @property
    def done(self) -> bool:
        return self.tally.inputs >= self._wanted

    def __call__(self, data: bytes) -> None:
        """Try one input; the process ends with the last one, and with the first that is not borne."""
        self._peak.begin()
        began = time.process_time()
        try:
            self._target.parse(data)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            self.end(data, f"{type(error).__name__}: {str(error)[:300]}")
        took = time.process_time() - began
        tally = self.tally
        tally.inputs += 1
        tally.seconds += took
        if took > tally.slowest:
            tally.slowest, tally.slowest_input = took, f"{data[:40].hex()} ({len(data)} bytes)"
        if took > MOST_SECONDS:
            self.end(data, f"it took {took:.1f} s")
        tally.more_bytes = max(tally.more_bytes, self._peak.more_bytes())
        if tally.more_bytes > MOST_BYTES:
            self.end(data, f"it needed {tally.more_bytes / 1e6:.0f} MB more")
        if self.done:
            self.end()

    def end(self, data: bytes = b"", failed: str = "") -> NoReturn:
        """Tell what was found and end the process, for neither engine gives control back."""
        self.tally.failed = failed
        if failed:
            handle, name = tempfile.mkstemp(prefix=f"fuzz-{self._target.name}-")
            os.write(handle, data)
            os.close(handle)
            self.tally.failed = f"{failed}; input: {name}"
        sys.stdout.write(f"\n{json.dumps(asdict(self.tally))}\n")
        sys.stdout.flush()
        os._exit(1 if failed else 0)


def by_atheris(name: str, wanted: int, seed: int) -> NoReturn:
    """Run atheris in this process."""
    import atheris  # optional: it needs a wheel for this system, or a compiler

    with atheris.instrument_imports(include=["cxr_tui"]):
        from fuzz.fuzz_targets import BY_NAME
    watch = Watch(BY_NAME[name], "atheris", wanted)
    with tempfile.TemporaryDirectory() as corpus:
        for number, content in enumerate(BY_NAME[name].seeds()):
            (Path(corpus) / str(number)).write_bytes(content)
        limits = [f"-max_len={LONGEST}", "-rss_limit_mb=2048", f"-seed={seed}", "-verbosity=0", "-timeout=30"]
        limits += ["-len_control=0", "-use_value_profile=1"]
        atheris.Setup([sys.argv[0], *limits, corpus], watch)
        atheris.Fuzz()
    watch.end(failed="the engine ended by itself")


def by_hypothesis(name: str, wanted: int, seed: int) -> NoReturn:
    """Run Hypothesis in this process, batch after batch."""
    import hypothesis

    from fuzz.fuzz_shapes import inputs_of
    from fuzz.fuzz_targets import BY_NAME

    target = BY_NAME[name]
    watch = Watch(target, "hypothesis", wanted)
    while True:
        seed += 1

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=BATCH,
            database=None,
            deadline=None,
            phases=(hypothesis.Phase.generate,),
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(inputs_of(target))
        def tried(data: bytes) -> None:
            watch(data)

        tried()


def shares(wanted: int, names: list[str], only: str | None) -> list[tuple[str, str, int]]:
    """Return for each parser and engine how many inputs it gets, about `wanted` together and not fewer."""
    from fuzz.fuzz_targets import BY_NAME

    whole = sum(BY_NAME[name].share for name in names)
    engines = {"atheris": 0.9, "hypothesis": 0.1} if find_spec("atheris") else {"hypothesis": 1.0}
    engines = {only: 1.0} if only else engines
    return [
        (name, engine, int(wanted * BY_NAME[name].share / whole * part) + 1)
        for name in names
        for engine, part in engines.items()
    ]


def portions(wanted: int, slow: bool) -> list[int]:
    """Return how many inputs each process gets: atheris keeps something of each, most of it from what reaches far."""
    most = 4_000 if slow else 200_000
    return [min(most, wanted - done) for done in range(0, wanted, most)]


def run(name: str, engine: str, wanted: int, seed: int) -> Tally:
    """Fuzz one parser by one engine in a process of its own."""
    command = [*program("fuzz.fuzz"), "--inside", engine, "--inputs", str(wanted), "--seed", str(seed), name]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=WHOLE_LIMIT, check=False)
    told = [line for line in ended.stdout.splitlines() if line.startswith('{"parser"')]
    if not told:
        return Tally(name, engine, failed=f"it ended with {ended.returncode}: {ended.stderr[-1500:]}")
    return Tally(**json.loads(told[-1]))


def say(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Fuzz, print a table, and return 1 where anything was found."""
    from fuzz.fuzz_targets import BY_NAME

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("parsers", nargs="*", metavar="PARSER", default=[], help=f"of {', '.join(BY_NAME)}; none: all")
    parser.add_argument("--inputs", type=int, default=100_000, help="of all parsers together (100000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=ENGINES, help="none: both")
    parser.add_argument("--again", type=Path, help="try the input in this file once more")
    parser.add_argument("--inside", choices=ENGINES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.again:
        BY_NAME[args.parsers[0]].parse(args.again.read_bytes())
        return 0
    failed = False
    say(f"{'parser':<16}{'engine':<12}{'inputs':>9}{'seconds':>9}{'slowest':>10}{'memory':>9}")
    inputs = 0
    for name, engine, wanted in shares(args.inputs, args.parsers or list(BY_NAME), args.engine):
        tally = Tally(name, engine)
        for number, portion in enumerate(portions(wanted, BY_NAME[name].share < 3)):
            tally.add(run(name, engine, portion, args.seed + number * 1000))
        inputs += tally.inputs
        failed = failed or bool(tally.failed)
        say(
            f"{name:<16}{engine:<12}{tally.inputs:>9,}{tally.seconds:>9.1f}{tally.slowest * 1000:>7.0f} ms"
            f"{tally.more_bytes / 1e6:>6.0f} MB  {tally.failed or tally.slowest_input}"
        )
    say(f"{inputs:,} inputs, {'something was found' if failed else 'nothing was found'}")
    return int(failed)


if __name__ == "__main__":
    if "--inside" in sys.argv:
        at = sys.argv.index("--inside")
        chosen = {"atheris": by_atheris, "hypothesis": by_hypothesis}[sys.argv[at + 1]]
        chosen(sys.argv[-1], int(sys.argv[at + 3]), int(sys.argv[at + 5]))
    sys.exit(main())
