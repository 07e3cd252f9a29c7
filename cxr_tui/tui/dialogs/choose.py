"""Dialogs that ask: which value to copy, one of several answers, and why a step is confirmed against findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from cxr_tui.domain.finding import Finding
from cxr_tui.guided.action_context import LONGEST_SENTENCE
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.instructions import Line as Copyable
from cxr_tui.presentation.values import OVERRULING
from cxr_tui.tui.dialogs.base import Dialog, LineScreen, Note
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.messages import CopyWanted
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock, fit


class CopyPicker(Dialog[None]):
    """The values of a step. Enter copies and marks the next one: the person goes back and forth."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "dismiss", "Close", show=False, id="copy.close", tooltip="Back to the step"),
    ]

    def __init__(self, values: Sequence[Copyable]) -> None:
        super().__init__("Copy", "Enter copies, Esc closes")
        self._values = tuple(values)
        self._copied: set[int] = set()

    def body(self) -> Iterable[Widget]:
        """Return the values."""
        yield OptionList(*map(self._line, range(len(self._values))), id="values", markup=False, compact=True)

    def _line(self, at: int) -> Content:
        value = self._values[at]
        column = min(max(cell_len(one.label) for one in self._values), 24)
        mark = "✓ " if at in self._copied else "  "
        return Content.assemble(
            (mark, "$success"), (fit(value.label, column), "$muted"), "  ", fit(value.shown, 40).rstrip()
        )

    @on(OptionList.OptionSelected)
    def _copy(self, event: OptionList.OptionSelected) -> None:
        at = event.option_index
        value = self._values[at]
        self._copied.add(at)
        event.option_list.replace_option_prompt_at_index(at, self._line(at))
        event.option_list.highlighted = min(at + 1, len(self._values) - 1)
        self.app.screen_stack[-2].post_message(CopyWanted(value.label, value.copied, value.item))


class Question(Dialog[str]):
    """A question with given answers, such as which of several addresses to open; ends with the answer, or None."""

    def __init__(self, title: str, options: Sequence[tuple[str, str]]) -> None:
        """`options` are answers with their labels."""
        super().__init__(title, "Enter chooses, Esc closes")
        self._options = tuple(options)

    def body(self) -> Iterable[Widget]:
        """Return the answers."""
        labels = (Content(fit(label, 66).rstrip()) for _, label in self._options)
        yield OptionList(*labels, id="options", markup=False, compact=True)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index][0])


class OverruleScreen(LineScreen):
    """Asks why a step is confirmed against its findings; ends with the sentence, or None."""

    WIDE: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", "Up", show=False, id="overrule.up", tooltip="Scroll the findings up"),
        Binding("down", "scroll(1)", "Down", show=False, id="overrule.down", tooltip="Scroll the findings down"),
        Binding("pageup", "scroll(-7)", "PgUp", show=False, id="overrule.page_up", tooltip="Scroll up a page"),
        Binding("pagedown", "scroll(7)", "PgDn", show=False, id="overrule.page_down", tooltip="Scroll down a page"),
    ]

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            "Confirm against these findings?",
            "Enter confirms, ↑ ↓ scroll, Esc goes back",
            "",
            lambda sentence: None if sentence else "Say why in one sentence.",
            Line(placeholder="Why it is in order, in one sentence", max_length=LONGEST_SENTENCE),
        )
        self._findings = tuple(findings)

    def body(self) -> Iterable[Widget]:
        """Return findings, meaning and sentence."""
        # without the focus: the keys scroll it while the sentence is typed
        yield VerticalScroll(TextBlock(*self._paragraphs()), id="against", can_focus=False)
        yield Note(OVERRULING)
        yield from super().body()

    def _paragraphs(self) -> Iterable[Paragraph]:
        for finding in self._findings:
            look = STATUSES[finding.status]
            head = Content.styled(f"{look.text}  ", look.style)
            yield Paragraph(finding.seen, head=head)
            yield Paragraph(finding.code, head.cell_length, "$faint")

    def action_scroll(self, rows: int) -> None:
        """Scroll the findings."""
        self.query_one("#against").scroll_relative(y=rows, animate=False)
