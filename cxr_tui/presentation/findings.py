"""Findings: their order, how each is marked, and their lines of text for commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def finding_lines(finding: Finding, indent: str = "") -> list[str]:
    """Return a finding: what was seen, why it matters, what to do, and how certain it is."""
    lines = [f"{indent}{STATUSES[finding.status].text} {finding.code}: {finding.seen}"]
    if finding.status is Status.PASS:
        return lines
    basis = basis_words(finding.basis, finding.source)
    more = (finding.why, finding.remedy, f"({basis})" if basis else "")
    return lines + [f"{indent}    {text}" for text in more if text]
