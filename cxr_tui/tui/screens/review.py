"""The review on the screen: every value with where it came from; Enter goes to the field that changes it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from textual.content import Content

from cxr_tui.domain.text import counted
from cxr_tui.journal.gate import State
from cxr_tui.presentation.badges import STATES
from cxr_tui.reports.review import ENTERED, MISSING, PROPOSED, ReviewedStep, ReviewRow
from cxr_tui.tui.actions.table import Action
from cxr_tui.tui.screens.action_screen import ListScreen
from cxr_tui.tui.widgets.text_block import Block, Paragraph, fit

LABEL, WHENCE = 24, 23
"""Cells of the columns at left and right in the narrowest window."""


@dataclass(frozen=True)
class Chosen:
    """What the person wants after the review: an action of the table, or a field to change."""

    action: str = ""
    step_id: str = ""
    field: str = ""


def row_line(row: ReviewRow, width: int) -> Content:
    """Return one value as a line: mark, label, value, where it came from; the detail has the full text."""
    label, whence = max(LABEL, width // 3), max(WHENCE, width // 4)
    room = max(width - 2 - label - whence - 4, 8)
    mark = ("✗ ", "$error") if row.problem else ("  ", "")
    loose = row.source in (ENTERED, PROPOSED, MISSING)
    return Content.assemble(
        mark,
        (fit(row.label, label), "$muted"),
        "  ",
        (fit(row.shown or "–", room), "" if row.shown else "$faint"),
        "  ",
        (fit(row.whence, whence), "$warning" if loose and (row.shown or row.problem) else "$muted"),
    )


class ReviewScreen(ListScreen[ReviewRow, Chosen], scope="review"):
    """Every value of one step, or of all; changes nothing itself."""

    CSS_PATH = "../theme/styles/reports.tcss"

    def __init__(self, name: str, steps: Sequence[ReviewedStep], here: str, possible: Container[str]) -> None:
        """`possible` has the ids of the actions that the step `here` allows now."""
        super().__init__(f"{name}   review")
        self._steps = tuple(steps)
        self._here = here
        self._possible = possible
        self.whole = False
        """Whether the values of all steps are shown."""

    def on_mount(self) -> None:
        """Say whose values these are."""
        self._show_scope()

    @property
    def _shown_steps(self) -> tuple[ReviewedStep, ...]:
        return tuple(step for step in self._steps if self.whole or step.id == self._here)

    def rows(self, width: int) -> list[tuple[Content, ReviewRow | None]]:
        """Return a heading for each step, and its values below."""
        rows: list[tuple[Content, ReviewRow | None]] = []
        for step in self._shown_steps:
            rows += [(Content(""), None)] if rows else []
            rows.append((_heading(step), None))
            rows += [(row_line(row, width), row) for row in step.values]
            if not step.values:
                rows.append((Content.styled("  no entries", "$faint"), None))
        return rows

    def detail(self, entry: ReviewRow) -> Iterable[Block]:
        """Return the value in full, where it came from, and what is wrong with it."""
        yield Paragraph(entry.label, style="bold")
        yield Paragraph(entry.shown or "(empty)", style="" if entry.shown else "$muted")
        when = f", {entry.at:%Y-%m-%d %H:%M} UTC" if entry.at else ""
        yield Paragraph(f"{entry.whence}{when}", style="$muted")
        if entry.problem:
            yield Paragraph(entry.problem, style="$error", head=Content.styled("✗ ", "$error"))
        if not entry.change[0]:
            yield Paragraph("Only a check can see this value; it is not entered anywhere.", style="$faint")

    def _show_scope(self) -> None:
        number = next((step.number for step in self._steps if step.id == self._here), 0)
        where = "all steps" if self.whole else f"step {number} of {len(self._steps)}"
        wrong = sum(step.problems for step in self._shown_steps)
        missing = sum(one.source == MISSING for step in self._shown_steps for one in step.values)
        problems = f"{counted(wrong, 'problem')} to fix" if wrong else ""
        empty = f"{counted(missing, 'value')} empty" if missing else ""
        self.header.show(where, problems or empty or "all in order")

    def label_of(self, action: Action) -> str:
        """Return the other scope's name for the key that changes it."""
        return "This step" if action.id == "scope" and self.whole else action.label

    def offers(self, action_id: str) -> bool:
        """Offer only what the step allows now."""
        return action_id not in ("check", "confirm", "dry_run") or action_id in self._possible

    def choose(self, entry: ReviewRow, at: int) -> None:
        """Go to the field of the value."""
        if entry.change[0]:
            self.dismiss(Chosen(step_id=entry.change[0], field=entry.change[1]))

    def action_scope(self) -> None:
        """Show all steps, or this one again."""
        self.whole = not self.whole
        self.draw()
        self._show_scope()
        self.show_keys()

    def action_leave(self, action: str) -> None:
        """Go back and carry out an action of the step."""
        self.dismiss(Chosen(action))


def _heading(step: ReviewedStep) -> Content:
    look = STATES[step.state.state]
    return Content.assemble(
        (f"{step.number:>2}  ", "$accent"),
        (step.title, "bold"),
        "  ",
        (look.text, look.style if step.state.state is not State.LOCKED else "$faint"),
    )
