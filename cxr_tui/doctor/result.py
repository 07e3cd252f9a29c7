"""What one examination found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Condition(StrEnum):
    """How one part of the machine is."""

    PASS = "pass"  # nosec B105  # noqa: S105 - a condition, not a password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    """There was nothing to look at."""


@dataclass(frozen=True)
class Health:
    """One examination: its stable code, how it turned out, what was seen, and one remedy."""

    code: str
    condition: Condition
    seen: str
    remedy: str = ""


def good(code: str, seen: str) -> Health:
    """Return that a part is as it should be."""
    return Health(code, Condition.PASS, seen)


def poor(code: str, seen: str, remedy: str) -> Health:
    """Return that a part works, but will hurt."""
    return Health(code, Condition.WARN, seen, remedy)


def bad(code: str, seen: str, remedy: str) -> Health:
    """Return that a part does not work."""
    return Health(code, Condition.FAIL, seen, remedy)


def absent(code: str, seen: str) -> Health:
    """Return that there was nothing to look at, and why."""
    return Health(code, Condition.SKIP, seen)
