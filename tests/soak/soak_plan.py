"""What a soak does, made from a seed alone: lives of an integration, sessions of a process, acts, faults and kills."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

SHORT = "record-handling"
"""Last step of a life without jobs: its acts are quick, and its rotations wait for no run."""
WHOLE = "go-live"
WHOLE_EVERY = 4
"""Every so many lives one goes all the way."""

ACTS: dict[str, dict[str, float]] = {
    SHORT: {
        "advance": 14,
        "save": 26,
        "check": 16,
        "keep_secret": 8,
        "confirm": 5,
        "fix": 3,
        "recheck": 1,
        "rotate_begin": 3,
        "rotate_resume": 8,
        "rotate_abort": 2,
        "rotate_after_reset": 2,
        "rotate_operate": 2,
        "person_sets": 5,
        "person_tells": 2,
        "person_resets": 1,
        "pass_time": 2,
        "report": 2,
        "preflight_local": 1,
        "reopen": 3,
    },
    WHOLE: {
        "advance": 20,
        "save": 20,
        "check": 14,
        "keep_secret": 3,
        "confirm": 4,
        "fix": 3,
        "recheck": 1,
        "rotate_begin": 2,
        "rotate_resume": 4,
        "rotate_abort": 1,
        "rotate_operate": 0.5,
        "person_sets": 3,
        "person_tells": 1,
        "pass_time": 2,
        "status": 10,
        "report": 2,
        "preflight_local": 2,
        "preflight_remote": 4,
        "reopen": 3,
    },
}
"""Acts by the kind of life, each with its weight."""

WEATHER: tuple[tuple[str, float], ...] = (
    ("latency=30", 2),
    ("bandwidth=100000", 1),
    ("refused", 2),
    ("refused@files", 1),
    ("reset-at=0*1", 2),
    ("reset-at=0", 1),
    ("reset-at={bytes}*{times}", 3),
    ("reset-at={bytes}", 1),
    ("half-open", 0.5),
    ("half-open*{times}", 1),
    ("storm=100", 2),
    ("storm=40", 2),
    ("truncated={bytes}", 2),
    ("content-type=text/html", 1),
    ("content-type=image/png", 1),
    ("clock-skew=3600", 1),
    ("clock-skew=-300", 1),
    ("sftp-stall", 0.5),
    ("sftp-disconnect={bytes}", 2),
    ("sftp-ends-at={bytes}", 2),
    ("sftp-rename*1", 2),
    ("keyring-locked={calls}", 4),
    ("keyring-slow=100", 1),
    ("keyring-gone", 2),
    ("keyring-forgets", 1),
)
"""Faults with their weights; what stands in braces is drawn anew each time."""


@dataclass(frozen=True)
class Act:
    """One operation."""

    name: str
    seed: int
    faults: tuple[str, ...] = ()
    dies_at: int = 0
    """The process is killed at so many points at which it touches the world; 0: it lives."""

    def document(self) -> dict[str, Any]:
        """Return it JSON-able."""
        return asdict(self)


@dataclass(frozen=True)
class Session:
    """One process that has the integration open."""

    acts: tuple[Act, ...]
    killed: bool
    """Whether it is killed after its last act instead of closing in good order."""


@dataclass(frozen=True)
class Life:
    """One integration with a fresh sandbox."""

    number: int
    until: str
    sessions: tuple[Session, ...]

    @property
    def operations(self) -> int:
        """How many acts it has."""
        return sum(len(session.acts) for session in self.sessions)


def lives(operations: int, seed: int, longest: int = 1250) -> Iterator[Life]:
    """Yield lives that have so many operations in all; the same arguments give the same lives."""
    number = 0
    while operations > 0:
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 - a plan that can be told again
        size = min(operations, longest)
        until = WHOLE if number % WHOLE_EVERY == WHOLE_EVERY - 1 or (number == 0 and operations <= longest) else SHORT
        yield Life(number, until, tuple(_sessions(chance, size, until)))
        operations -= size
        number += 1


def _sessions(chance: random.Random, size: int, until: str) -> Iterator[Session]:
    while size > 0:
        length = min(size, chance.choice((1, 3, 8, 15, 30)))
        killed = chance.random() < 0.5
        acts = [_act(chance, until) for _ in range(length)]
        if chance.random() < 0.5:
            last = acts[-1]
            acts[-1] = Act(last.name, last.seed, last.faults, chance.randint(1, 25))
        yield Session(tuple(acts), killed)
        size -= length


def _act(chance: random.Random, until: str) -> Act:
    weights = ACTS[until]
    [name] = chance.choices(list(weights), list(weights.values()))
    return Act(name, chance.randrange(2**32), tuple(_weather(chance)))


def _weather(chance: random.Random) -> Iterator[str]:
    if chance.random() < 0.45:
        return
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        [form] = chance.choices([one for one, _ in WEATHER], [weight for _, weight in WEATHER])
        yield form.format(
            bytes=chance.choice((1, 20, 100, 150, 400, 2000)), times=chance.randint(1, 3), calls=chance.randint(0, 3)
        )
