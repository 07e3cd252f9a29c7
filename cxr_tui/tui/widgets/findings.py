"""Findings in lines: what was seen, why it matters, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from textual.content import Content

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.presentation.badges import Look
from cxr_tui.presentation.findings import look_of, worst_first
from cxr_tui.presentation.values import basis_words
from cxr_tui.tui.widgets.text_block import Block, Paragraph, hanging


def finding_list(findings: Sequence[Finding], fix_key: str = "", overruled: Sequence[str] = ()) -> Iterator[Block]:
    """Yield findings, failures first, a blank line between those that need attention."""
    for at, finding in enumerate(worst_first(findings)):
        if at and finding.status is not Status.PASS:
            yield Paragraph()
        yield partial(finding_in_lines, finding, fix_key=fix_key, look=look_of(finding, overruled))


def finding_in_lines(finding: Finding, width: int, fix_key: str = "", look: Look | None = None) -> list[Content]:
    """Return one finding: what was seen, why it matters, how to fix it, the suggested fix, its code and its basis."""
    look = look or look_of(finding)
    head = Content.styled(f"{look.text}  ", look.style)
    if finding.status is Status.PASS:
        return hanging(head, finding.seen, width)
    lines = hanging(head, finding.seen, width, "bold")
    for word, text in (("Why", finding.why), ("Fix", finding.remedy)):
        if text:
            lines += hanging(Content.styled(f"  {word}  ", "$muted"), text, width)
    if finding.fix is not None:
        lines += hanging(Content.styled(f"  {fix_key:<3}  ", "$accent"), finding.fix.label, width, "$accent")
    basis = " · ".join(part for part in (finding.code, basis_words(finding.basis, finding.source)) if part)
    return lines + hanging(Content("  "), basis, width, "$faint")
