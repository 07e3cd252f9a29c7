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
from cxr_tui.tui.widgets.findings import Findings
from cxr_tui.tui.widgets.form import Form
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.instructions import Instruction
from cxr_tui.tui.widgets.text_block import Drawn, hanging, wrap


class StepHead(Drawn):
    """Number, title and product; under it the state with its reason."""

    step_view: StepView | None = None

    def show(self, step_view: StepView) -> None:
        """Show another picture."""
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
    """What the screen is for, and what is warned of."""

    step_view: StepView | None = None

    def show(self, step_view: StepView) -> None:
        """Show another step."""
        if self.step_view is None or self.step_view.step is not step_view.step:
            self.step_view = step_view
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the purpose and what is warned of."""
        if self.step_view is None:
            return []
        lines = [Content(line) for line in wrap(self.step_view.step.purpose, width)]
        for note in self.step_view.step.notes:
            if note.warning:
                lines += hanging(Content.styled("! ", "$warning"), note.text, width)
        return lines


class Notes(Drawn):
    """What else is documented, and where to learn more; in a wide window it stands in the help beside the step."""

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
    """One step of the guide, drawn from a picture."""

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
            yield Findings("passed-findings")
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
        """The line that says what is going on."""
        return self.query_one(WorkLine)

    async def show(self, step_view: StepView) -> None:
        """Show a picture; widgets of the same step are only brought up to date."""
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
            # the field must not move away from a person who has begun to type in a step that is done
            begun = bool(step_view.entered) and (step_id != self._step_id or not self._evidence_first)
            self._put_evidence(first=step_view.state.done and not begun)
            if step_id != self._step_id:
                self._step_id = step_id
                self.body.scroll_home(animate=False)

    def _put_evidence(self, *, first: bool) -> None:
        """Show the evidence first where the step is done, and last where there is still something to do."""
        evidence = self.query_one("#passed-findings")
        if first != self._evidence_first:
            if first:
                self.body.move_child(evidence, before=self.query_one("#purpose"))
            else:
                self.body.move_child(evidence, after=len(self.body.children) - 1)

    @property
    def _evidence_first(self) -> bool:
        order = self.body.children
        return order.index(self.query_one("#passed-findings")) < order.index(self.query_one("#purpose"))

    def _show_findings(self, step_view: StepView) -> None:
        state = step_view.state
        newest = state.inconclusive or state.outcome
        findings = (*step_view.trouble, *(newest.findings if newest else ()))
        still_open = [one for one in findings if one.status is not Status.PASS]
        self.query_one("#open-findings", Findings).show(still_open, overruled=state.overruled)
        passed = [one for one in findings if one.status is Status.PASS]
        self.query_one("#passed-findings", Findings).show(passed, "Evidence" if state.done else "Already in order")

    def show_outcome(self) -> None:
        """Scroll to the top, where what was seen stands: the evidence, or what went wrong."""
        self.body.scroll_home(animate=False)
