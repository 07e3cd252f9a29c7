"""The list of steps: beside the step where there is room, else an overlay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.guide.definition import Guide, Stage, Step
from cxr_tui.journal.gate import StepState
from cxr_tui.presentation.badges import STAGE_NAMES, STATES
from cxr_tui.presentation.values import PART_NAMES
from cxr_tui.tui.messages import StepChosen
from cxr_tui.tui.widgets.text_block import Drawn, fit_words

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

    def __init__(
        self,
        guide: Guide,
        states: Mapping[str, StepState],
        here: str,
        *,
        id: str,  # noqa: A002 - Textual's name
        width: int = WIDTH,
    ) -> None:
        self._guide = guide
        self._line_width = width
        self._shown: dict[str, str] = {}
        super().__init__(*self._lines_of(states, here), id=id, markup=False, compact=True)
        self.show(states, here)

    def _lines_of(self, states: Mapping[str, StepState], here: str) -> list[Option]:
        options: list[Option] = []
        stage = part = None
        for number, step in enumerate(self._guide.steps, 1):
            if step.part.stage is not stage:
                stage = step.part.stage
                if options:
                    options.append(Option("", disabled=True))
                options.append(Option(Content.styled(stage.value, "$muted bold"), disabled=True))
            if step.part is not part:
                part = step.part
                if part in PART_NAMES:
                    options.append(Option(Content.styled(f"   {PART_NAMES[part]}", "$faint italic"), disabled=True))
            options.append(
                Option(step_line(number, step, states[step.id], self._line_width, here=step.id == here), id=step.id)
            )
        return options

    def show(self, states: Mapping[str, StepState], here: str) -> None:
        """Bring the lines up to date; only those that changed are drawn again."""
        for number, step in enumerate(self._guide.steps, 1):
            state = states[step.id]
            now = f"{state.state}{state.blocked_by}{step.id == here}"
            if self._shown.get(step.id) != now:
                self._shown[step.id] = now
                self.replace_option_prompt(
                    step.id, step_line(number, step, state, self._line_width, here=step.id == here)
                )
        if not self.has_focus:
            self.highlighted = self.get_option_index(here)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(StepChosen(event.option_id))


class Rail(StepList):
    """The list beside the step; F2 puts the focus on it, and it leaves the walk by Tab alone otherwise."""

    can_focus = False

    def take_focus(self) -> None:
        """Let the arrow keys walk the steps."""
        self.can_focus = True
        self.focus()

    def on_blur(self, event: events.Blur) -> None:
        """Leave the Tab walk again."""
        self.can_focus = False


class StepsScreen(ModalScreen[str], inherit_bindings=False):
    """The list over the step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f2", "close", "Close", id="steps.close", tooltip="Back to the step"),
    ]

    def __init__(self, guide: Guide, states: Mapping[str, StepState], here: str) -> None:
        super().__init__()
        self._guide = guide
        self._states = states
        self._here = here

    def compose(self) -> ComposeResult:
        """Lay the list over the step."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content("Steps")
            box.border_subtitle = Content("Enter goes there, Esc closes")
            yield StepList(self._guide, self._states, self._here, id="step-list", width=OVERLAY_WIDTH)

    @on(StepChosen)
    def _chosen(self, event: StepChosen) -> None:
        event.stop()
        self.dismiss(event.step_id)

    def action_close(self) -> None:
        """Close without going anywhere."""
        self.dismiss("")


class StageStrip(Drawn):
    """All five stages in one line, for windows without room for the list."""

    def __init__(self, guide: Guide) -> None:
        super().__init__(id="stages")
        self._guide = guide
        self._counts: dict[Stage, tuple[int, int]] = {}
        self._here: Stage = Stage.PREPARE

    def show(self, states: Mapping[str, StepState], here: str) -> None:
        """Count again."""
        counts: dict[Stage, tuple[int, int]] = {}
        for step in self._guide.steps:
            held, all_of_them = counts.get(step.part.stage, (0, 0))
            counts[step.part.stage] = (held + states[step.id].done, all_of_them + 1)
        stage = self._guide.step(here).part.stage
        if (counts, stage) != (self._counts, self._here):
            self._counts, self._here = counts, stage
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        parts = []
        for stage, (held, all_of_them) in self._counts.items():
            here = stage is self._here
            done = held == all_of_them
            mark = "▸ " if here else "✓ " if done else ""
            style = "bold" if here else "$success" if done else "$faint"
            parts.append(
                Content.assemble(
                    (mark, "$accent" if here else style),
                    (STAGE_NAMES[stage], style),
                    (f" {held}/{all_of_them}", "$muted" if here else style),
                )
            )
        room = width - sum(part.cell_length for part in parts)
        return [Content(" " * max(min(room // max(len(parts) - 1, 1), 3), 1)).join(parts)]
