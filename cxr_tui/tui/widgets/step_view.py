"""The step itself: head, then everything that scrolls, then buttons."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Collapsible

from cxr_tui.domain.finding import Status
from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Product, Step
from cxr_tui.guided.step_view import StepView
from cxr_tui.journal.gate import State
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import since_words
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.screens.help import link_blocks
from cxr_tui.tui.widgets.action_buttons import Buttons
from cxr_tui.tui.widgets.findings import finding_list
from cxr_tui.tui.widgets.form import Form
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.instructions import Instruction
from cxr_tui.tui.widgets.text_block import Block, Paragraph, TextBlock, hanging

_WARNING = Content.styled("! ", "$warning")


def head_lines(view: StepView, width: int) -> list[Content]:
    """Return number, title and product; under it the state with its reason."""
    step, state = view.step, view.state
    look = STATES[state.state]
    number = Content.styled(f"{view.number}  ", "$accent bold")
    lines = hanging(number, step.title, width, "bold")
    if step.product is not Product.NONE:
        where = Content.styled(f"  ·  {step.product.value}", "$muted")
        if lines[-1].cell_length + where.cell_length <= width:
            lines[-1] += where
        else:
            lines += hanging(Content(" " * number.cell_length), step.product.value, width, "$muted")
    lines += hanging(Content.styled(f"{look.text}  ", look.style), view.reason, width, "$muted")
    if state.waiting and state.waiting.since and state.state is State.WAITING:
        then = "Enter the news here when it comes." if step.news_by_person else "Checked again automatically."
        told = f"Since {since_words(state.waiting.since, view.now)}. {then}"
        lines += hanging(Content(" " * (len(look.text) + 2)), told, width, "$muted")
    return lines


def note_blocks(step: Step) -> Iterator[Block]:
    """Yield further notes and links; a wide window shows them in the help next to the step."""
    for note in step.notes:
        if not note.warning:
            yield Paragraph(note.text, style="$muted", head=Content.styled("• ", "$faint"))
    yield from link_blocks(step.links)


class Body(VerticalScroll, can_focus=False):
    """The scrolling part."""

    stays = False
    """Whether the next focus leaves in sight what is in sight."""

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Bring the whole field into view, with its label and what is wrong with it, not the control alone."""
        field = self.query_one(Form).of(event.widget)
        if field is not None and not self.stays:
            self.call_after_refresh(self.scroll_to_widget, field, animate=False)
        self.stays = False


class StepPane(Vertical):
    """One step of the guide, drawn from its view."""

    def __init__(self) -> None:
        super().__init__(id="step")
        self._head = TextBlock(id="head")
        self._problems = TextBlock(id="problems", classes="findings")
        self._purpose = TextBlock(id="purpose")
        self.form = Form()
        self.instruction = Instruction()
        self._notes = TextBlock(id="notes")
        self._passed_list = TextBlock(classes="findings")
        self._passed = Collapsible(self._passed_list, id="passed")
        self.body = Body(
            self._problems, self._purpose, self.form, self.instruction, self._notes, self._passed, id="body"
        )
        self.work_line = WorkLine()
        self.buttons = Buttons()

    def compose(self) -> ComposeResult:
        """Stack head, body, work line and buttons."""
        yield from (self._head, self.body, self.work_line, self.buttons)

    async def show(self, view: StepView) -> None:
        """Show a view; widgets of the same step are only brought up to date."""
        step, moved = view.step, view.step.id != self.form.step_id
        self._head.show([partial(head_lines, view)])
        warnings = (Paragraph(note.text, head=_WARNING) for note in step.notes if note.warning)
        self._purpose.show([Paragraph(step.purpose), *warnings])
        self._notes.show(note_blocks(step))
        self._show_findings(view)
        self.form.disabled = bool(view.state.blocked_by)
        await self.form.show(step.id, view.views, view.entered)
        self.form.complain(view.problems)
        self.instruction.show(view.visits, view.labels, kept=bool(view.secret))
        if moved:
            self.body.scroll_home(animate=False)

    def _show_findings(self, view: StepView) -> None:
        """Show what needs attention openly, and what passed folded into one line until a person opens it."""
        problems = [one for one in view.findings if one.status is not Status.PASS]
        passed = [one for one in view.findings if one.status is Status.PASS]
        self._problems.display, self._passed.display = bool(problems), bool(passed)
        self._problems.show(finding_list(problems, shown_key(self.app, "wizard.fix"), view.state.overruled))
        self._passed.title = f"✓ {counted(len(passed), 'check')} passed"
        self._passed_list.show(finding_list(passed))
