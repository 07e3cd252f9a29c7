"""The step itself: head, then everything that scrolls, then buttons."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from cxr_tui.domain.finding import Status
from cxr_tui.guide.definition import Product, Step
from cxr_tui.guided.step_view import StepView
from cxr_tui.journal.gate import State
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import since_words
from cxr_tui.tui.screens.help import link_lines
from cxr_tui.tui.widgets.action_buttons import Buttons
from cxr_tui.tui.widgets.findings import Findings, PassedFindings
from cxr_tui.tui.widgets.form import Form
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.instructions import Instruction
from cxr_tui.tui.widgets.text_block import Drawn, hanging, wrap


class StepHead(Drawn):
    """Number, title and product; under it the state with its reason."""

    step_view: StepView | None = None

    def show(self, step_view: StepView) -> None:
        """Show another view."""
        self.step_view = step_view
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return title and state lines."""
        if self.step_view is None:
            return []
        step, state = self.step_view.step, self.step_view.state
        look = STATES[state.state]
        number = Content.styled(f"{self.step_view.number}  ", "$accent bold")
        lines = hanging(number, step.title, width, "bold")
        if step.product is not Product.NONE:
            where = Content.styled(f"  ·  {step.product.value}", "$muted")
            if lines[-1].cell_length + where.cell_length <= width:
                lines[-1] += where
            else:
                lines += hanging(Content(" " * number.cell_length), step.product.value, width, "$muted")
        lines += hanging(Content.styled(f"{look.text}  ", look.style), self.step_view.reason, width, "$muted")
        since = state.waiting.since if state.waiting and state.state is State.WAITING else None
        if since is not None:
            then = "Enter the news here when it comes." if step.news_by_person else "Checked again automatically."
            told = f"Since {since_words(since, self.step_view.now)}. {then}"
            lines += hanging(Content(" " * (len(look.text) + 2)), told, width, "$muted")
        return lines


class Purpose(Drawn):
    """The purpose of the screen, and its warnings."""

    step_view: StepView | None = None

    def show(self, step_view: StepView) -> None:
        """Show another step."""
        if self.step_view is None or self.step_view.step is not step_view.step:
            self.step_view = step_view
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the purpose and the warnings."""
        if self.step_view is None:
            return []
        lines = [Content(line) for line in wrap(self.step_view.step.purpose, width)]
        for note in self.step_view.step.notes:
            if note.warning:
                lines += hanging(Content.styled("! ", "$warning"), note.text, width)
        return lines


class Notes(Drawn):
    """Further notes and links; a wide window shows them in the help next to the step."""

    step: Step | None = None

    def show(self, step: Step) -> None:
        """Show another step's notes."""
        if step is not self.step:
            self.step = step
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the notes."""
        notes = [note.text for note in self.step.notes if not note.warning] if self.step else []
        lines = [line for note in notes for line in hanging(Content.styled("• ", "$faint"), note, width, "$muted")]
        return lines + (link_lines(self.step.links, width) if self.step else [])


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
        self._step_id = ""

    def compose(self) -> ComposeResult:
        """Stack head, body, work line and buttons."""
        yield StepHead(id="head")
        with Body(id="body"):
            yield Findings("open-findings")
            yield Purpose(id="purpose")
            yield Form()
            yield Instruction()
            yield Notes(id="notes")
            yield PassedFindings()
        yield WorkLine()
        yield Buttons()

    @property
    def form(self) -> Form:
        """The step's fields."""
        return self.query_one(Form)

    @property
    def instruction(self) -> Instruction:
        """The cards."""
        return self.query_one(Instruction)

    @property
    def body(self) -> Body:
        """The scrolling part."""
        return self.query_one(Body)

    @property
    def buttons(self) -> Buttons:
        """The buttons."""
        return self.query_one(Buttons)

    @property
    def work_line(self) -> WorkLine:
        """The line that shows the running action."""
        return self.query_one(WorkLine)

    async def show(self, step_view: StepView) -> None:
        """Show a view; widgets of the same step are only brought up to date."""
        step_id = step_view.step.id
        with self.app.batch_update():
            self.query_one(StepHead).show(step_view)
            self.query_one(Purpose).show(step_view)
            self.query_one(Notes).show(step_view.step)
            self._show_findings(step_view)
            self.form.disabled = bool(step_view.state.blocked_by)
            await self.form.show(step_id, step_view.views, step_view.entered, step_view.store)
            self.form.complain(step_view.problems)
            await self.instruction.show(step_id, step_view.visits, step_view.labels, kept=bool(step_view.secret))
            if step_id != self._step_id:
                self._step_id = step_id
                self.body.scroll_home(animate=False)

    def _show_findings(self, step_view: StepView) -> None:
        problems = [one for one in step_view.findings if one.status is not Status.PASS]
        self.query_one("#open-findings", Findings).show(problems, step_view.state.overruled)
        passed = [one for one in step_view.findings if one.status is Status.PASS]
        self.query_one(PassedFindings).show(passed)

    def show_outcome(self) -> None:
        """Scroll to the top, where the problems are."""
        self.body.scroll_home(animate=False)
