"""Findings as lines: what was seen, why it matters, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.presentation.badges import OVERRULED, STATUSES, Look
from cxr_tui.presentation.values import basis_words
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.widgets.text_block import Drawn, hanging, heading

_ORDER = (Status.FAIL, Status.UNKNOWN, Status.WARN, Status.PASS)


class Findings(Drawn):
    """A list of findings, the worst first; takes no room while there are none."""

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="findings")
        self._findings: tuple[Finding, ...] = ()
        self._title = ""
        self._overruled: tuple[str, ...] = ()

    def show(self, findings: Sequence[Finding], title: str = "", overruled: tuple[str, ...] = ()) -> None:
        """Show these findings, under a title where one is given; `overruled` are codes that a person has overruled."""
        ordered = tuple(sorted(findings, key=lambda finding: _ORDER.index(finding.status)))
        self.display = bool(ordered)
        if (ordered, title, overruled) != (self._findings, self._title, self._overruled):
            self._findings, self._title, self._overruled = ordered, title, overruled
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the findings, a blank line between those that need something done."""
        lines: list[Content] = []
        fix_key = shown_key(self.app, "wizard.put_right")
        if self._title:
            lines.append(heading(self._title, width, f"{len(self._findings)} seen"))
        for at, finding in enumerate(self._findings):
            if at and (finding.status is not Status.PASS or self._open_before(finding)):
                lines.append(Content(""))
            overruled = finding.code in self._overruled and finding.status in (Status.FAIL, Status.UNKNOWN)
            look = OVERRULED if overruled else STATUSES[finding.status]
            lines += finding_in_lines(finding, width, fix_key, look)
        return lines

    def _open_before(self, finding: Finding) -> bool:
        before = self._findings[self._findings.index(finding) - 1]
        return before.status is not Status.PASS


def finding_in_lines(finding: Finding, width: int, fix_key: str = "", look: Look | None = None) -> list[Content]:
    """Return one finding: what was seen, why, what to do, the offered fix, its code and how certain it is."""
    look = look or STATUSES[finding.status]
    head = Content.styled(f"{look.text}  ", look.style)
    indent = head.cell_length
    if finding.status is Status.PASS:
        return hanging(head, finding.seen, width)
    lines = hanging(head, finding.seen, width, "bold")
    for word, text in (("why", finding.why), ("do", finding.remedy)):
        if text:
            lines += hanging(Content.styled(f"{word:>{indent - 2}}  ", "$muted"), text, width)
    if finding.fix is not None:
        lines += hanging(Content.styled(f"{fix_key:>{indent - 2}}  ", "$accent"), finding.fix.label, width, "$accent")
    ground = " · ".join(part for part in (finding.code, basis_words(finding.basis, finding.source)) if part)
    return lines + hanging(Content(" " * indent), ground, width, "$faint")
