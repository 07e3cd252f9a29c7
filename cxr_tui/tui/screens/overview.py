"""The overview: the whole integration at a glance, one key away; Enter goes to the step that is meant."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.guided.overview import YOU, Overview, PendingStep, StageOverview, build_overview, days_since
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.presentation.badges import STATES
from cxr_tui.tui.actions.action import Action, Scope, bindings
from cxr_tui.tui.actions.table import HELP, OVERVIEW_ACTIONS, PALETTE
from cxr_tui.tui.command_palette import ActionCommands
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets.header import Header, TooSmall, bar
from cxr_tui.tui.widgets.keybar import KeyBar
from cxr_tui.tui.widgets.text_block import Drawn, fit_words, hanging, heading

EVERY = 5.0
"""Seconds between two looks at the journal, which another process can write too."""


ORDER = (
    State.VERIFIED,
    State.CONFIRMED,
    State.WAITING,
    State.FAILED,
    State.STALE,
    State.DRAFT,
    State.READY,
    State.LOCKED,
)
"""States as they are counted: what is there first, what is missing last."""


class Legend(Drawn):
    """How many steps stand how; it is the legend of the glyphs as well."""

    shown: Overview | None = None

    def show(self, shown: Overview) -> None:
        """Count again."""
        self.shown = shown
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the counts, in as many lines as they need."""
        if self.shown is None:
            return []
        lines, line = [], Content("")
        for state in ORDER:
            look, count = STATES[state], self.shown.counts.get(state, 0)
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
    whose = "Your turn" if one.on == YOU else f"You wait for {one.on}"
    head = Content.styled(f"{look.text}  ", look.style)
    lines = hanging(head, f"{whose}: step {one.number}, {one.title}", width, "bold")
    pad = Content(" " * head.cell_length)
    said = [one.reason] if one.reason and one.on != YOU else []
    said += [f"since {one.since:%Y-%m-%d %H:%M} UTC, {days_since(one.since, overview.now)}"] if one.since else []
    said += [f"usual: {one.usual}"] if one.usual else []
    said += [f"over at {one.until:%Y-%m-%d %H:%M} UTC"] if one.until else []
    if said:
        lines += hanging(pad, "; ".join(said), width, "$muted")
    if one.reason and one.on == YOU:
        lines += hanging(pad, one.reason, width, "$muted")
    return Content("\n").join(lines)


class StageDetail(Drawn):
    """The steps of the stage under the cursor, where there is room beside the stages."""

    stage: StageOverview | None = None

    def show(self, stage: StageOverview | None) -> None:
        """Show another stage."""
        self.stage = stage
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return a line for each step, and when it was looked at last."""
        if self.stage is None:
            return []
        lines = [heading(self.stage.stage.value, width), Content("")]
        for one in self.stage.steps:
            look = STATES[one.state.state]
            room = width - 4 - cell_len(look.text)
            lines.append(
                Content.assemble(
                    (f"{one.number:>2} ", "$faint"), fit_words(one.step.title, room), " ", (look.text, look.style)
                )
            )
            when = f"{one.at:%Y-%m-%d %H:%M} UTC" if one.at else ""
            evidence = f"{one.seen} seen" if one.seen else ""
            overruled = f"overruled: {', '.join(one.state.overruled)}" if one.state.overruled else ""
            said = ", ".join(part for part in (overruled or evidence, when) if part)
            if said and one.state.state is not State.LOCKED:
                lines.append(Content.styled(f"   {said}", "$faint"))
        return lines


class OverviewScreen(Screen[str], inherit_bindings=False):
    """Stages, evidence, waits; ends with the id of the step to go to, or nothing."""

    CSS_PATH = "../theme/styles/overview.tcss"
    COMMANDS: ClassVar = {ActionCommands}
    AUTO_FOCUS = "#glance"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(OVERVIEW_ACTIONS, Scope.OVERVIEW),
        Binding("tab", "app.focus_next", "Next part", show=False, id="overview.next", tooltip="Go to the next part"),
    ]

    def __init__(self, integration: Integration) -> None:
        super().__init__()
        self.integration = integration
        self._overview = build_overview(integration)
        self._entries: list[StageOverview | PendingStep | None] = []

    def compose(self) -> ComposeResult:
        """Lay out header, counts, stages with waits, the chosen stage, keys."""
        yield Header(f"{self.integration.name}   overview", sandboxed=self.integration.sandboxed)
        yield Legend(id="legend")
        with Horizontal(id="glance-row"):
            yield OptionList(id="glance", markup=False, compact=True)
            with VerticalScroll(id="stage-scroll", can_focus=False):
                yield StageDetail(id="stage-detail")
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show how it stands, and look again by itself."""
        self.query_one(KeyBar).show(self.offered())
        self.set_interval(EVERY, self.look)
        self.call_after_refresh(self._draw)

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done here."""
        return [(action, action.label) for action in (*OVERVIEW_ACTIONS, HELP, PALETTE)]

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked in the bottom line."""
        event.stop()
        await self.run_action(next(action.handler for action, _ in self.offered() if action.id == event.action))

    def on_resize(self, _: events.Resize) -> None:
        """Fit the lines to the width."""
        self.call_after_refresh(self._draw)

    def look(self) -> None:
        """Look again; nothing is drawn where nothing has changed."""
        now = build_overview(self.integration)
        if (now.stages, now.waits) != (self._overview.stages, self._overview.waits):
            self._overview = now
            self._draw()

    def _draw(self) -> None:
        listed, shown = self.query_one("#glance", OptionList), self._overview
        total = sum(len(stage.steps) for stage in shown.stages)
        self.query_one(Header).show("", f"{shown.holding} of {total} done", share=shown.holding / max(total, 1))
        self.query_one(Legend).show(shown)
        width = max((listed.content_size.width or self.size.width - 4) - 1, 30)
        at = listed.highlighted
        entries: list[tuple[Content, StageOverview | PendingStep | None]] = []
        for stage in shown.stages:
            entries += [(stage_lines(stage, width), stage), (Content(""), None)]
        entries.append((heading("Who waits for whom", width), None))
        entries += [(wait_lines(wait, shown, width), wait) for wait in shown.waits]
        if not shown.waits:
            entries.append((Content.styled("Nothing waits: every step is done.", "$success"), None))
        self._entries = [entry for _, entry in entries]
        listed.clear_options()
        listed.add_options(Option(line, disabled=entry is None) for line, entry in entries)
        turn = next((at for at, entry in enumerate(self._entries) if isinstance(entry, PendingStep)), 0)
        listed.highlighted = at if at is not None and at < len(entries) else turn
        # An entry of several lines is whole in sight only once their number is known.
        listed.call_after_refresh(listed.scroll_to_highlight)
        self._show_detail()

    def _show_detail(self) -> None:
        at = self.query_one("#glance", OptionList).highlighted
        entry = self._entries[at] if at is not None else None
        if isinstance(entry, PendingStep):
            stages = self._overview.stages
            entry = next(stage for stage in stages if any(one.number == entry.number for one in stage.steps))
        self.query_one(StageDetail).show(entry)

    @on(OptionList.OptionHighlighted)
    def _looked_at(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_detail()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        entry = self._entries[event.option_index]
        if isinstance(entry, StageOverview):
            self.dismiss(entry.entrance.step.id)
        elif isinstance(entry, PendingStep):
            self.dismiss(entry.step_id)

    def action_go(self) -> None:
        """Go to what is under the cursor."""
        self.query_one("#glance", OptionList).action_select()

    def action_close(self) -> None:
        """Back to the step."""
        self.dismiss("")
