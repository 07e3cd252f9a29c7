"""How much of the heaviest tests a run takes: the same sample every day, another with `--seed N`, all with `--whole`.

The tests that repeat one behaviour for many inputs are sampled: by the mark `sampled(COUNT)` on a parametrised test,
and by `amount(daily, whole)` for the examples of a property or the operations of a run.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

import pytest

Item = TypeVar("Item")

DAILY_SEED = 1
MARK = "sampled(count): the daily run takes this many cases of the test (0: none), chosen by --seed; --whole takes all"


class Run:
    """What was asked for on the command line; set once before the first test module is imported."""

    seed = DAILY_SEED
    whole = False


def amount(daily: int, whole: int) -> int:
    """Return how many examples this run tries."""
    return whole if Run.whole else daily


def some(items: Iterable[Item], daily: int, name: str) -> list[Item]:
    """Return all items with `--whole`, on other days as many of them as `daily` says, in their order."""
    every = list(items)
    if Run.whole or len(every) <= daily:
        return every
    return [every[at] for at in sorted(chance(name).sample(range(len(every)), daily))]


def chance(name: str) -> random.Random:
    """Return a separate random source for one test, the same for the same `--seed`."""
    return random.Random(f"{Run.seed} {name}")  # noqa: S311 - it chooses tests, nothing secret


def add_options(parser: pytest.Parser) -> None:
    """Add `--whole` and `--seed N`."""
    parser.addoption("--whole", action="store_true", help="run the heaviest tests whole instead of a sample of them")
    parser.addoption("--seed", type=int, default=DAILY_SEED, metavar="N", help="choose another sample")


def configure(config: pytest.Config) -> None:
    """Take the options over; Hypothesis gets the same seed, so that a run says the same every day."""
    Run.seed, Run.whole = config.getoption("seed"), config.getoption("whole")
    config.addinivalue_line("markers", MARK)
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(Run.seed)


def sample(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cases of marked tests that are not in the sample."""
    if Run.whole:
        return
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled"):
            cases[item.nodeid.partition("[")[0]].append(item)
    left_out: set[pytest.Item] = set()
    for name, of_one in cases.items():
        marker = of_one[0].get_closest_marker("sampled")
        count = min(len(of_one), marker.args[0]) if marker else len(of_one)
        left_out |= set(of_one) - set(chance(name).sample(of_one, count))
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def summary() -> str:
    """Return the line that says what was sampled."""
    return (
        "The heaviest tests ran whole."
        if Run.whole
        else f"The heaviest tests ran as a sample: --seed {Run.seed}; --whole runs all."
    )
