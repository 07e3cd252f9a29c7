"""The result of one check of this computer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckStatus(StrEnum):
    """How a check ended."""

    PASS = "pass"  # nosec B105  # noqa: S105 - a status, not a password
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    """There was nothing to check."""


@dataclass(frozen=True)
class CheckResult:
    """A check: its stable code, its status, what was seen, and one remedy."""

    code: str
    status: CheckStatus
    seen: str
    remedy: str = ""


def passed(code: str, seen: str) -> CheckResult:
    """Return the result of a check that found no problem."""
    return CheckResult(code, CheckStatus.PASS, seen)


def warned(code: str, seen: str, remedy: str) -> CheckResult:
    """Return the result of a check that found a minor problem."""
    return CheckResult(code, CheckStatus.WARN, seen, remedy)


def failed(code: str, seen: str, remedy: str) -> CheckResult:
    """Return the result of a check that found a problem."""
    return CheckResult(code, CheckStatus.FAIL, seen, remedy)


def skipped(code: str, seen: str) -> CheckResult:
    """Return the reason why there was nothing to check."""
    return CheckResult(code, CheckStatus.SKIP, seen)
