"""The list of steps: beside the step where there is room, else an overlay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.guide.definition import Guide, Stage, Step
from cxr_tui.journal.gate import StepState
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import PART_NAMES
from cxr_tui.tui.dialogs.base import Dialog
from cxr_tui.tui.messages import StepChosen
from cxr_tui.tui.widgets.text_block import fit_words

WIDTH = 39
"""Cells of one line beside the step."""

OVERLAY_WIDTH = 56
"""Cells of one line over the step, where no title has to be cut."""


def step_line(number: int, step: Step, state: StepState, width: int, *, here: bool) -> Content:
    """Return one step as a line: number, title, glyph and word of its state."""
    look = STATES[state.state]
    room = width - 3 - cell_len(look.text) - 1
    name = step.short_title
    title = "bold" if here else "$faint" if state.blocked_by and not state.done else ""
    return Content.assemble(
        (f"{number:>2} ", "$accent bold" if here else "$faint"),
        (fit_words(name, room), title),
        " ",
        (look.text, look.style),
    )


class StepList(OptionList):
    """All steps under their stages."""

    def __init__(self, guide: Guide, *, id: str, width: int = WIDTH) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False, compact=True)
        self.can_focus = id != "rail"  # beside the step it is for the eye and the mouse; F2 lays it over the step
        self._guide = guide
        self._line_width = width
        self._shown: list[tuple[str, object]] = []

    def show(self, states: Mapping[str, StepState], here: str) -> None:
        """Show the steps as they are now; the lines are replaced only where one has changed."""
        options: list[Option] = []
        stage = part = None
        for number, step in enumerate(self._guide.steps, 1):
            if step.part.stage is not stage:
                stage = step.part.stage
                options += [Option("", disabled=True)] if options else []
                options.append(Option(Content.styled(stage.value, "$muted bold"), disabled=True))
            if step.part is not part:
                part = step.part
                if part in PART_NAMES:
                    options.append(Option(Content.styled(f"   {PART_NAMES[part]}", "$faint italic"), disabled=True))
            line = step_line(number, step, states[step.id], self._line_width, here=step.id == here)
            options.append(Option(line, id=step.id))
        lines = [(str(option.prompt), getattr(option.prompt, "spans", None)) for option in options]
        if lines != self._shown:
            self._shown = lines
            self.set_options(options)
        self.highlighted = self.get_option_index(here)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.post_message(StepChosen(event.option_id))


class StepsScreen(Dialog[str]):
    """The list over the step; ends with the id of the chosen step, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "dismiss", "Close", id="steps.close", tooltip="Back to the step"),
    ]

    def __init__(self, guide: Guide, states: Mapping[str, StepState], here: str) -> None:
        super().__init__("Steps", "Enter goes there, Esc closes")
        self._list = StepList(guide, id="step-list", width=OVERLAY_WIDTH)
        self._list.show(states, here)

    def body(self) -> Iterable[Widget]:
        """Return the list."""
        yield self._list

    @on(StepChosen)
    def _chosen(self, event: StepChosen) -> None:
        self.dismiss(event.step_id)


def stage_line(guide: Guide, states: Mapping[str, StepState], here: str, width: int) -> list[Content]:
    """Return all five stages in one line, by their short names, for windows without room for the list."""
    counts: dict[Stage, tuple[int, int]] = {}
    for step in guide.steps:
        done, steps = counts.get(step.part.stage, (0, 0))
        counts[step.part.stage] = (done + states[step.id].done, steps + 1)
    parts = []
    for stage, (done, steps) in counts.items():
        is_here = stage is guide.step(here).part.stage
        mark = "▸ " if is_here else "✓ " if done == steps else ""
        style = "bold" if is_here else "$success" if done == steps else "$faint"
        parts.append(
            Content.assemble(
                (mark, "$accent" if is_here else style),
                (stage.name.capitalize(), style),
                (f" {done}/{steps}", "$muted" if is_here else style),
            )
        )
    room = width - sum(part.cell_length for part in parts)
    return [Content(" " * max(min(room // max(len(parts) - 1, 1), 3), 1)).join(parts)]
