"""The overview: the whole integration at a glance; Enter goes to the marked step."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from cxr_tui.domain.text import counted
from cxr_tui.guided.overview import YOU, Overview, PendingStep, StageOverview, build_overview
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import since_words
from cxr_tui.tui.screens.action_screen import ListScreen
from cxr_tui.tui.widgets.header import bar
from cxr_tui.tui.widgets.text_block import Block, TextBlock, fit_words, hanging, heading

EVERY = 5.0
"""Seconds between two readings of the journal, which another process can write too."""


def legend_lines(shown: Overview, width: int) -> list[Content]:
    """Return how many steps are in each state, in as many lines as they need; it explains the glyphs as well."""
    lines, line = [], Content("")
    for state, look in STATES.items():
        count = shown.counts.get(state, 0)
        if not count:
            continue
        part = Content.assemble((look.glyph, look.style), f" {count} ", (look.word, "$muted"))
        if line and line.cell_length + 3 + part.cell_length > width:
            lines.append(line)
            line = Content("")
        line = line + "   " + part if line else part
    return [*lines, line]


def stage_lines(one: StageOverview, width: int) -> Content:
    """Return a stage as two lines: name, bar and count; under it a glyph and number for each of its steps."""
    done = one.holding == len(one.steps)
    count = f"{f'{one.holding} of {len(one.steps)}':>8}"
    names = max(cell_len(stage.value) for stage in type(one.stage))
    style = "$success" if done else "$accent"
    room = max(width - names - len(count) - 6, 4)
    head = Content.assemble(
        (f"{one.stage.value:<{names}}  ", "bold"),
        bar(one.holding / len(one.steps), room, style),
        (f"  {count}", style if done else "$foreground"),
    )
    steps = [
        Content.assemble((STATES[step.state.state].glyph, STATES[step.state.state].style), (str(step.number), "$muted"))
        for step in one.steps
    ]
    gap = next((gap for gap in (3, 2, 1) if sum(step.cell_length + gap for step in steps) <= width), 1)
    return Content("\n").join([head, Content(" " * gap).join(steps)])


def wait_lines(one: PendingStep, overview: Overview, width: int) -> Content:
    """Return a wait: whose turn, at which step, since when, and what is usual."""
    look = STATES[one.state]
    whose = "Your turn" if one.on == YOU else one.on
    head = Content.styled(f"{look.text}  ", look.style)
    lines = hanging(head, f"{whose}: step {one.number}, {one.title}", width, "bold")
    pad = Content(" " * head.cell_length)
    said = [one.reason] if one.reason and one.on != YOU else []
    said += [f"since {since_words(one.since, overview.now)}"] if one.since else []
    said += [f"usual: {one.usual}"] if one.usual else []
    said += [f"until {one.until:%Y-%m-%d %H:%M} UTC"] if one.until else []
    if said:
        lines += hanging(pad, "; ".join(said), width, "$muted")
    if one.reason and one.on == YOU:
        lines += hanging(pad, one.reason, width, "$muted")
    return Content("\n").join(lines)


def step_lines(stage: StageOverview, width: int) -> list[Content]:
    """Return the steps of a stage: number, title and state of each, and when it was checked last."""
    lines = [heading(stage.stage.value, width), Content("")]
    for one in stage.steps:
        look = STATES[one.state.state]
        title = fit_words(one.step.title, width - 4 - cell_len(look.text))
        lines.append(Content.assemble((f"{one.number:>2} ", "$faint"), title, " ", (look.text, look.style)))
        when = f"{one.at:%Y-%m-%d %H:%M} UTC" if one.at else ""
        evidence = f"{counted(one.seen, 'check')} passed" if one.seen else ""
        overruled = f"overruled: {', '.join(one.state.overruled)}" if one.state.overruled else ""
        said = ", ".join(part for part in (overruled or evidence, when) if part)
        if said and one.state.state is not State.LOCKED:
            lines.append(Content.styled(f"   {said}", "$faint"))
    return lines


Glanced = StageOverview | PendingStep


class OverviewScreen(ListScreen[Glanced, str], scope="overview"):
    """Stages, evidence, waits; ends with the id of the step to go to, or nothing."""

    CSS_PATH: ClassVar = ["../theme/styles/reports.tcss", "../theme/styles/overview.tcss"]

    def __init__(self, integration: Integration) -> None:
        super().__init__(f"{integration.name}   overview", sandboxed=integration.sandboxed)
        self.integration = integration
        self._overview = build_overview(integration)

    def body(self) -> Iterable[Widget]:
        """Return the counts, and below them the stages with what is waiting, the marked stage beside them."""
        yield TextBlock(id="legend")
        yield Horizontal(
            OptionList(id="rows", markup=False, compact=True),
            VerticalScroll(TextBlock(), id="detail", can_focus=False),
            id="glance",
        )

    def on_mount(self) -> None:
        """Read the journal again at intervals."""
        self.set_interval(EVERY, self.look)

    def look(self) -> None:
        """Read the journal again; nothing is drawn where nothing has changed."""
        now = build_overview(self.integration)
        if (now.stages, now.waits) != (self._overview.stages, self._overview.waits):
            self._overview = now
            self.draw()

    def draw(self) -> None:
        """Show counts and rows again."""
        shown = self._overview
        total = sum(len(stage.steps) for stage in shown.stages)
        self.header.show("", f"{shown.holding} of {total} steps done", share=shown.holding / max(total, 1))
        self.query_one("#legend", TextBlock).show([partial(legend_lines, shown)])
        super().draw()

    def rows(self, width: int) -> list[tuple[Content, Glanced | None]]:
        """Return the stages, then what is waiting."""
        shown = self._overview
        rows: list[tuple[Content, Glanced | None]] = []
        for stage in shown.stages:
            rows += [(stage_lines(stage, width), stage), (Content(""), None)]
        rows.append((heading("Waiting", width), None))
        rows += [(wait_lines(wait, shown, width), wait) for wait in shown.waits]
        if not shown.waits:
            rows.append((Content.styled("Nothing is waiting: all steps are done.", "$success"), None))
        return rows

    def first(self) -> int | None:
        """Return the first row that says what is waiting."""
        waits = (at for at, entry in enumerate(self.entries) if isinstance(entry, PendingStep))
        return next(waits, super().first())

    def detail(self, entry: Glanced) -> Iterable[Block]:
        """Return the steps of the stage."""
        if isinstance(entry, PendingStep):
            stages = self._overview.stages
            entry = next(stage for stage in stages if any(one.number == entry.number for one in stage.steps))
        yield partial(step_lines, entry)

    def choose(self, entry: Glanced, at: int) -> None:
        """Go to the step."""
        self.dismiss(entry.step_id if isinstance(entry, PendingStep) else entry.entrance.step.id)
