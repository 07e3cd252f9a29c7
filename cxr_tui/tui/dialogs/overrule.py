"""A confirmation against what the check found: the findings, its meaning, and one sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.domain.finding import Finding
from cxr_tui.guided.action_context import LONGEST_SENTENCE
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.values import OVERRULING
from cxr_tui.tui.dialogs.base import Dialog, Note
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock


class OverruleScreen(Dialog[str]):
    """Asks why a step is confirmed against its findings; ends with the sentence, or None."""

    WIDE: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", "Up", show=False, id="overrule.up", tooltip="Scroll the findings up"),
        Binding("down", "scroll(1)", "Down", show=False, id="overrule.down", tooltip="Scroll the findings down"),
        Binding("pageup", "scroll(-7)", "PgUp", show=False, id="overrule.page_up", tooltip="Scroll up a page"),
        Binding("pagedown", "scroll(7)", "PgDn", show=False, id="overrule.page_down", tooltip="Scroll down a page"),
    ]

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("Confirm against these findings?", "Enter confirms, ↑ ↓ scroll, Esc goes back")
        self._findings = tuple(findings)

    def body(self) -> Iterable[Widget]:
        """Return findings, meaning and sentence."""
        # without the focus: the keys scroll it while the sentence is typed
        yield VerticalScroll(TextBlock(*self._paragraphs()), id="against", can_focus=False)
        yield Note(OVERRULING)
        yield Line(placeholder="Why it is in order, in one sentence", max_length=LONGEST_SENTENCE)
        yield Note("")

    def _paragraphs(self) -> Iterable[Paragraph]:
        for finding in self._findings:
            look = STATUSES[finding.status]
            head = Content.styled(f"{look.text}  ", look.style)
            yield Paragraph(finding.seen, head=head)
            yield Paragraph(finding.code, head.cell_length, "$faint")

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        sentence = event.value.strip()
        if sentence:
            self.dismiss(sentence)
        else:
            self.query(Note).last().say("Say why in one sentence.", "$warning")

    def action_scroll(self, rows: int) -> None:
        """Scroll the findings."""
        self.query_one("#against").scroll_relative(y=rows, animate=False)
