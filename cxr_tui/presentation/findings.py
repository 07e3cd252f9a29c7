"""Findings: their order, how each is marked, and their lines of text for plain mode and commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.presentation.badges import OVERRULED, STATUSES, Look
from cxr_tui.presentation.values import basis_words

_ORDER = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.PASS)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, failures first."""
    return sorted(findings, key=lambda one: _ORDER.index(one.status))


def look_of(finding: Finding, overruled: Sequence[str] = ()) -> Look:
    """Return how a finding is marked; `overruled` are the codes that a person has overruled."""
    is_overruled = finding.code in overruled and finding.status in (Status.FAIL, Status.UNKNOWN)
    return OVERRULED if is_overruled else STATUSES[finding.status]


def finding_lines(findings: Iterable[Finding], overruled: Sequence[str] = (), indent: str = "") -> Iterator[str]:
    """Yield findings, failures first: what was seen, why it matters, what to do, and how certain it is."""
    for one in worst_first(findings):
        yield f"{indent}{look_of(one, overruled).word}: {one.seen} ({one.code})"
        if one.status is Status.PASS:
            continue
        fix = one.fix.label if one.fix else ""
        more = {"Why": one.why, "Fix": one.remedy, "Suggested": fix, "Basis": basis_words(one.basis, one.source)}
        yield from (f"{indent}  {word}: {text}" for word, text in more.items() if text)
