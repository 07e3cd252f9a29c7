"""A small overlay to pick one of several values, such as the value to copy next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.presentation.instructions import Line
from cxr_tui.tui.messages import CopyWanted
from cxr_tui.tui.widgets.text_block import fit


class CopyPicker(ModalScreen[None], inherit_bindings=False):
    """The values of a step. Enter copies and goes on to the next one, for the person goes back and forth."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f7", "close", "Close", id="copy.close", tooltip="Back to the step"),
    ]

    def __init__(self, values: Sequence[Line]) -> None:
        super().__init__()
        self._values = tuple(values)
        self._copied: set[int] = set()

    def compose(self) -> ComposeResult:
        """Lay the values over the step."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content("Copy")
            box.border_subtitle = Content("Enter copies, Esc closes")
            yield OptionList(
                *(Option(self._line(at), id=str(at)) for at in range(len(self._values))),
                id="values",
                markup=False,
                compact=True,
            )

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

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


class Question(ModalScreen[str], inherit_bindings=False):
    """A question with given answers, such as which of several addresses to open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="pick.close", tooltip="Back to the step"),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._heading = title
        self._options = tuple(options)

    def compose(self) -> ComposeResult:
        """Lay the choices over the step."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = Content("Enter chooses, Esc closes")
            yield OptionList(
                *(
                    Option(Content(fit(label, 66).rstrip()), id=f"pick-{at}")
                    for at, (_, label) in enumerate(self._options)
                ),
                id="options",
                markup=False,
                compact=True,
            )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._options[event.option_index][0])

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss("")
