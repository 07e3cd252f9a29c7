"""The review on the screen: every value with where it came from; Enter goes to the field that changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.journal.gate import State
from cxr_tui.presentation.badges import STATES
from cxr_tui.reports.review import WORDS, ReviewedStep, ReviewRow, Source
from cxr_tui.tui.actions.action import Action, Scope, bindings, part_bindings
from cxr_tui.tui.actions.table import BY_ID, HELP, REVIEW_ACTIONS
from cxr_tui.tui.command_palette import ActionCommands
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets.header import Header, TooSmall
from cxr_tui.tui.widgets.keybar import KeyBar
from cxr_tui.tui.widgets.text_block import Drawn, fit, hanging

LABEL, WHENCE = 24, 23
"""Cells of the columns at left and right in the narrowest window."""


@dataclass(frozen=True)
class Chosen:
    """What the person wants after the review: an action of the table, or a field to change."""

    action: str = ""
    step_id: str = ""
    field: str = ""


class ReviewDetail(Drawn):
    """The value under the cursor, whole."""

    row: ReviewRow | None = None

    def show(self, row: ReviewRow | None) -> None:
        """Show another value."""
        self.row = row
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines."""
        if self.row is None:
            return []
        row = self.row
        lines = hanging(Content(""), row.label, width, "bold")
        lines += hanging(Content(""), row.shown or "(empty)", width, "" if row.shown else "$muted")
        when = f", {row.at:%Y-%m-%d %H:%M} UTC" if row.at else ""
        lines += hanging(Content(""), f"{row.whence}{when}", width, "$muted")
        if row.problem:
            lines += hanging(Content.styled("✗ ", "$error"), row.problem, width, "$error")
        if not row.change[0]:
            lines += hanging(Content(""), "Only a check can see this; it is not typed anywhere.", width, "$faint")
        return lines


def row_line(row: ReviewRow, width: int) -> Content:
    """Return one value as a line: mark, label, value, where it came from; what is cut stands whole in the detail."""
    label, whence = max(LABEL, width // 3), max(WHENCE, width // 4)
    room = max(width - 2 - label - whence - 4, 8)
    mark = ("✗ ", "$error") if row.problem else ("  ", "")
    loose = row.source in (Source.ENTERED, Source.PROPOSED, Source.MISSING)
    return Content.assemble(
        mark,
        (fit(row.label, label), "$muted"),
        "  ",
        (fit(row.shown or "–", room), "" if row.shown else "$faint"),
        "  ",
        (fit(row.whence, whence), "$warning" if loose and (row.shown or row.problem) else "$muted"),
    )


class ReviewScreen(Screen[Chosen | None], inherit_bindings=False):
    """Every value of one step, or of all; changes nothing itself."""

    CSS_PATH = "../theme/styles/reports.tcss"
    COMMANDS: ClassVar = {ActionCommands}
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(REVIEW_ACTIONS, Scope.REVIEW),
        *part_bindings("review"),
    ]

    def __init__(
        self, name: str, steps: Sequence[ReviewedStep], here: str, possible: Callable[[str], bool], *, whole: bool
    ) -> None:
        """`possible` says of an action's id whether the step `here` allows it now."""
        super().__init__()
        self._name = name
        self._steps = tuple(steps)
        self._here = here
        self._possible = possible
        self.whole = whole
        self.rows: tuple[ReviewRow | None, ...] = ()
        """What stands in each line of the list; None for a heading."""

    def compose(self) -> ComposeResult:
        """Lay out header, values, the chosen one whole, keys."""
        yield Header(f"{self._name}   review")
        yield OptionList(id="rows", markup=False, compact=True)
        with VerticalScroll(id="detail"):
            yield ReviewDetail()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the values."""
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        """Fit the lines to the width."""
        self.call_after_refresh(self._draw)

    @property
    def _shown_steps(self) -> tuple[ReviewedStep, ...]:
        return tuple(step for step in self._steps if self.whole or step.id == self._here)

    def _draw(self) -> None:
        listed = self.query_one("#rows", OptionList)
        width = max((listed.content_size.width or self.size.width - 4) - 1, 40)
        at = listed.highlighted
        rows: list[ReviewRow | None] = []
        options: list[Option] = []
        for step in self._shown_steps:
            if options:
                options.append(Option("", disabled=True))
                rows.append(None)
            options.append(Option(_heading(step), disabled=True))
            rows.append(None)
            options += [Option(row_line(row, width)) for row in step.values]
            rows += step.values
            if not step.values:
                options.append(Option(Content.styled("  asks for nothing", "$faint"), disabled=True))
                rows.append(None)
        same = [row and row.key for row in rows] == [row and row.key for row in self.rows]
        self.rows = tuple(rows)
        listed.clear_options()
        listed.add_options(options)
        first = next((at for at, row in enumerate(rows) if row is not None), None)
        listed.highlighted = at if same and at is not None else first
        self._tell()

    def _tell(self) -> None:
        wrong = sum(step.problems for step in self._shown_steps)
        number = next((step.number for step in self._steps if step.id == self._here), 0)
        where = "all steps" if self.whole else f"step {number} of {len(self._steps)}"
        empty = sum(one.whence == WORDS[Source.MISSING] for step in self._shown_steps for one in step.values)
        well = f"{empty} still empty" if empty else "all in order"
        self.query_one(Header).show(where, f"{wrong} to put right" if wrong else well)
        self.query_one(KeyBar).show(self.offered())

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done now; a value that is longer than its room can be read on."""
        labels = {"scope": "This step" if self.whole else "All steps"}
        own = [
            (action, labels.get(action.id, action.label))
            for action in REVIEW_ACTIONS
            if self.check_action(action.handler, ())
        ]
        overflows = self.query_one("#detail", VerticalScroll).max_scroll_y > 0
        return [*own, *([(BY_ID["tab"], "Read on")] if overflows else []), (HELP, HELP.label)]

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked in the bottom line."""
        event.stop()
        await self.run_action(next(action.handler for action, _ in self.offered() if action.id == event.action))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what the step allows now."""
        return action not in ("check", "confirm", "dry_run") or self._possible(action)

    @on(OptionList.OptionHighlighted)
    def _look_at(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.query_one(ReviewDetail).show(self.rows[event.option_index])
        self.query_one("#detail").scroll_home(animate=False)
        self.call_after_refresh(self._tell)

    @on(OptionList.OptionSelected)
    def _change(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row = self.rows[event.option_index]
        if row is not None and row.change[0]:
            self.dismiss(Chosen(step_id=row.change[0], field=row.change[1]))

    def action_change(self) -> None:
        """Go to the field of the value under the cursor; a list that has the focus does so by itself."""
        self.query_one("#rows", OptionList).action_select()

    def action_scope(self) -> None:
        """Show all steps, or this one again."""
        self.whole = not self.whole
        self._draw()

    def action_dry_run(self) -> None:
        """Go on to what the check would touch."""
        self.dismiss(Chosen("dry_run"))

    def action_check(self) -> None:
        """Save and check."""
        self.dismiss(Chosen("check"))

    def action_confirm(self) -> None:
        """Confirm that the step's part is done."""
        self.dismiss(Chosen("confirm"))

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss(None)


def _heading(step: ReviewedStep) -> Content:
    look = STATES[step.state.state]
    return Content.assemble(
        (f"{step.number:>2}  ", "$accent"),
        (step.title, "bold"),
        "  ",
        (look.text, look.style if step.state.state is not State.LOCKED else "$faint"),
    )
