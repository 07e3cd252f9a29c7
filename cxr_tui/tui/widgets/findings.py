"""Findings in lines: what was seen, why it matters, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.presentation.findings import look_of, worst_first
from cxr_tui.presentation.values import basis_words
from cxr_tui.tui.widgets.text_block import Paragraph


def finding_list(findings: Sequence[Finding], fix_key: str = "", overruled: Sequence[str] = ()) -> Iterator[Paragraph]:
    """Yield findings, failures first, a blank line between those that need attention."""
    for at, finding in enumerate(worst_first(findings)):
        if at and finding.status is not Status.PASS:
            yield Paragraph()
        yield from finding_blocks(finding, fix_key, overruled)


def finding_blocks(finding: Finding, fix_key: str = "", overruled: Sequence[str] = ()) -> Iterator[Paragraph]:
    """Yield one finding: what was seen, why it matters, how to fix it, the suggested fix, its code and its basis."""
    look, passed = look_of(finding, overruled), finding.status is Status.PASS
    head = Content.styled(f"{look.text}  ", look.style)
    yield Paragraph(finding.seen, style="" if passed else "bold", head=head)
    if passed:
        return
    for word, text in (("Why", finding.why), ("Fix", finding.remedy)):
        if text:
            yield Paragraph(text, head=f"  {word}  ")
    if finding.fix is not None:
        key = Content.styled(f"  {fix_key:<3}  ", "$accent")
        yield Paragraph(finding.fix.label, style="$accent", head=key)
    basis = " · ".join(part for part in (finding.code, basis_words(finding.basis, finding.source)) if part)
    yield Paragraph(basis, 2, "$faint")
