"""Dialogs that offer a list: the values of a step to copy, and a question with given answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from cxr_tui.presentation.instructions import Line
from cxr_tui.tui.dialogs.base import Dialog
from cxr_tui.tui.messages import CopyWanted
from cxr_tui.tui.widgets.text_block import fit


class CopyPicker(Dialog[None]):
    """The values of a step. Enter copies and marks the next one: the person goes back and forth."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f7", "close", "Close", show=False, id="copy.close", tooltip="Back to the step"),
    ]

    def __init__(self, values: Sequence[Line]) -> None:
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
        event.stop()
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
        event.stop()
        self.dismiss(self._options[event.option_index][0])
