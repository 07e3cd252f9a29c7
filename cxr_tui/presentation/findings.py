"""A finding as lines of text, for every command."""

from __future__ import annotations

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.values import basis_words


def finding_lines(finding: Finding, indent: str = "") -> list[str]:
    """Return a finding: what was seen, why it matters, what to do, and how certain it is."""
    lines = [f"{indent}{STATUSES[finding.status].text} {finding.code}: {finding.seen}"]
    if finding.status is Status.PASS:
        return lines
    basis = basis_words(finding.basis, finding.source)
    more = (finding.why, finding.remedy, f"({basis})" if basis else "")
    return lines + [f"{indent}    {text}" for text in more if text]
