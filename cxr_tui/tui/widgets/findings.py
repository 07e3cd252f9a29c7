"""Findings: those that need attention are always open, the passed ones fold into one line."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Collapsible

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.text import counted
from cxr_tui.presentation.badges import Look
from cxr_tui.presentation.findings import look_of, worst_first
from cxr_tui.presentation.values import basis_words
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.widgets.text_block import Drawn, hanging


class Findings(Drawn):
    """A list of findings, failures first; takes no room while there are none."""

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="findings")
        self._findings: tuple[Finding, ...] = ()
        self._overruled: tuple[str, ...] = ()

    def show(self, findings: Sequence[Finding], overruled: tuple[str, ...] = ()) -> None:
        """Show these findings; `overruled` are codes that a person has overruled."""
        ordered = tuple(worst_first(findings))
        self.display = bool(ordered)
        if (ordered, overruled) != (self._findings, self._overruled):
            self._findings, self._overruled = ordered, overruled
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the findings, a blank line between those that need attention."""
        lines: list[Content] = []
        fix_key = shown_key(self.app, "wizard.fix")
        for finding in self._findings:
            if lines and finding.status is not Status.PASS:
                lines.append(Content(""))
            lines += finding_in_lines(finding, width, fix_key, look_of(finding, self._overruled))
        return lines


class PassedFindings(Collapsible):
    """The passed findings, folded into one line until a person opens it; takes no room while there are none."""

    def __init__(self) -> None:
        self._findings = Findings("passed-findings")
        super().__init__(self._findings, id="passed")

    def show(self, findings: Sequence[Finding]) -> None:
        """Show these findings."""
        self.display = bool(findings)
        self.title = f"✓ {counted(len(findings), 'check')} passed"
        self._findings.show(findings)


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
