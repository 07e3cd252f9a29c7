"""A confirmation against what the check found: the findings, its meaning, and one sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from cxr_tui.domain.finding import Finding
from cxr_tui.guided.actions import LONGEST_SENTENCE
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.values import OVERRULING
from cxr_tui.tui.dialogs.password import Words
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.widgets.text_block import Drawn, hanging


class Against(Drawn):
    """Findings with their codes."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self._findings = tuple(findings)

    def draw(self, width: int) -> list[Content]:
        """Return the lines of each finding."""
        lines: list[Content] = []
        for finding in self._findings:
            look = STATUSES[finding.status]
            head = Content.styled(f"{look.text}  ", look.style)
            lines += hanging(head, finding.seen, width)
            lines += hanging(Content(" " * head.cell_length), finding.code, width, "$faint")
        return lines


class OverruleScreen(ModalScreen[str], inherit_bindings=False):
    """Asks why a step is confirmed against its findings; ends with the sentence, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="overrule.close", tooltip="Back without a confirmation"),
        Binding("up", "scroll(-1)", "Up", show=False, id="overrule.up", tooltip="Scroll the findings up"),
        Binding("down", "scroll(1)", "Down", show=False, id="overrule.down", tooltip="Scroll the findings down"),
        Binding("pageup", "scroll(-7)", "PgUp", show=False, id="overrule.page_up", tooltip="Scroll up a page"),
        Binding("pagedown", "scroll(7)", "PgDn", show=False, id="overrule.page_down", tooltip="Scroll down a page"),
    ]

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self._findings = tuple(findings)

    def compose(self) -> ComposeResult:
        """Lay findings, meaning and sentence over the step."""
        with Vertical(classes="overlay wide-overlay") as box:
            box.border_title = Content("Confirm against these findings?")
            box.border_subtitle = Content("Enter confirms, ↑ ↓ scroll, Esc goes back")
            with VerticalScroll(id="against", can_focus=False):
                yield Against(self._findings)
            yield Words(OVERRULING)
            yield Line(placeholder="Why it is in order, in one sentence")
            yield Words("")

    def on_mount(self) -> None:
        """Limit the sentence to what is kept."""
        self.query_one(Line).max_length = LONGEST_SENTENCE

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        sentence = event.value.strip()
        if sentence:
            self.dismiss(sentence)
        else:
            self.query(Words).last().say("Say why in one sentence.", "$warning")

    def action_scroll(self, rows: int) -> None:
        """Scroll the findings."""
        self.query_one("#against").scroll_relative(y=rows, animate=False)

    def action_close(self) -> None:
        """Close without a confirmation."""
        self.dismiss("")
