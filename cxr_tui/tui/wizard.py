"""The wizard's one screen: a view of the setup; it navigates, hands work to coroutines, and draws what they left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from cxr_tui.journal.gate import State
from cxr_tui.model.foreign import visible
from cxr_tui.model.ports import Progress
from cxr_tui.tui import browser, work
from cxr_tui.tui.actions import ACTIONS, BY_ID, Action, bindings
from cxr_tui.tui.bars import Header, KeyBar
from cxr_tui.tui.contract import SetupView
from cxr_tui.tui.drafts import Drafts
from cxr_tui.tui.help import HelpPane, HelpScreen, HelpText
from cxr_tui.tui.instruction import Card
from cxr_tui.tui.messages import (
    ActionPressed,
    CopyWanted,
    FieldChanged,
    FieldDone,
    Progressed,
    SecretChanged,
    StepChosen,
)
from cxr_tui.tui.pane import StepPane
from cxr_tui.tui.picker import CopyPicker, Question
from cxr_tui.tui.picture import StepPicture, take_picture
from cxr_tui.tui.situation import Main, Situation
from cxr_tui.tui.steps import Rail, StageStrip, StepsScreen

if TYPE_CHECKING:
    from cxr_tui.tui.app import WizardApp

LOOK_AGAIN = 60.0
"""Seconds between two looks at steps that wait for somebody."""

_WORK = "work"
_WATCH = "watch"


class WizardScreen(Screen[None], inherit_bindings=False):
    """All steps, one at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    AUTO_FOCUS = ""

    def __init__(self, setup: SetupView) -> None:
        super().__init__()
        self.setup = setup
        self.step_id = setup.current()
        self._drafts = Drafts()
        self._last: dict[str, work.Ended] = {}
        self._operated: set[str] = set()
        self._working_at = ""

    def compose(self) -> ComposeResult:
        """Lay out header, stages, rail, step, help, keys."""
        yield Header(self.setup.name)
        yield StageStrip(self.setup.guide)
        with Horizontal(id="main"):
            yield Rail(self.setup.guide, self.setup.states(), self.step_id, id="rail")
            yield StepPane()
            with VerticalScroll(id="help", can_focus=False):
                yield HelpPane(id="help-text")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show the step to resume at, and look again at what waits."""
        await self.go_to(self.step_id)
        self.set_interval(1.0, self._show_time)
        self.set_interval(LOOK_AGAIN, self.look_again)

    @property
    def pane(self) -> StepPane:
        """The step."""
        return self.query_one(StepPane)

    @property
    def wizard_app(self) -> WizardApp:
        """The app, under its own type."""
        return cast("WizardApp", self.app)

    @property
    def busy(self) -> bool:
        """Whether a check or the operator is at work."""
        return bool(self._working_at)

    @property
    def unconfirmed(self) -> int:
        """How many values were typed and not confirmed, at all steps."""
        return len(self._drafts) + len(self.pane.form.secrets())

    def picture(self) -> StepPicture:
        """Look at the step that is shown."""
        return take_picture(self.setup, self.step_id, self._drafts.of(self.step_id), self._last.get(self.step_id))

    def situation(self) -> Situation:
        """Look at what can be done now."""
        order = [step.id for step in self.setup.guide.steps]
        picture = self.picture()
        return Situation(
            state=picture.state,
            sandboxed=self.setup.sandboxed,
            working=self.busy,
            changed=bool(picture.entered or self.pane.form.secrets()),
            operated=self.step_id in self._operated,
            has_visits=bool(picture.visits),
            has_values=bool(picture.copyables),
            has_links=not self.setup.sandboxed and bool(browser.links(self.setup, self.step_id)),
            has_jobs=self.wizard_app.has_jobs(),
            has_password=self.wizard_app.has_password(),
            first=self.step_id == order[0],
            last=self.step_id == order[-1],
        )

    async def go_to(self, step_id: str) -> None:
        """Show a step and put the focus where the work goes on."""
        self.step_id = step_id
        await self.draw()
        field = self.pane.form.first_open()
        if field is not None and self.situation().main is not Main.OPERATE:
            self.set_focus(field)
        else:
            self.pane.buttons.focus_main()

    async def draw(self) -> None:
        """Draw everything from the setup."""
        states = self.setup.states()
        await self.pane.show(self.picture())
        self.query_one(StageStrip).show(states, self.step_id)
        self.query_one(Rail).show(states, self.step_id)
        await self._offer()
        self._show_time()
        self._show_help()

    async def _offer(self) -> None:
        """Show buttons and keys for what can be done now."""
        now = self.situation()
        guide, blocker = self.setup.guide, now.state.blocked_by
        named = f"step {guide.number(blocker)}, {guide.step(blocker).title}" if blocker else ""
        await self.pane.buttons.show(now, named)
        self.query_one(KeyBar).show(now)

    def _show_time(self) -> None:
        states = self.setup.states()
        holds = sum(state.holds for state in states.values())
        badge = f"sandbox  {self.setup.server_time():%Y-%m-%d %H:%M} UTC" if self.setup.sandboxed else ""
        self.query_one(Header).show(badge, f"{holds} of {len(states)} hold", self.wizard_app.reminder())

    def help_text(self) -> HelpText:
        """Return help for the field that has the focus and for the step."""
        field = self.pane.form.of(self.focused)
        step = self.setup.guide.step(self.step_id)
        number = self.setup.guide.number(self.step_id)
        return HelpText(step, number, field.view if field else None, field.hint.problem if field else "")

    def _show_help(self) -> None:
        self.query_one(HelpPane).show(self.help_text(), self._possible())

    def _possible(self) -> tuple[Action, ...]:
        now = self.situation()
        return tuple(action for action in ACTIONS if action.when(now))

    def on_descendant_focus(self) -> None:
        """Help follows the focus."""
        self._show_help()

    # What was typed

    async def on_field_changed(self, event: FieldChanged) -> None:
        """Keep what was typed as a draft and show what follows from it."""
        event.stop()
        before = {view.field.name: view.value for view in self.setup.form(self.step_id)}.get(event.name)
        self._drafts.take(self.step_id, event.name, event.value, before)
        await self.draw()

    async def on_secret_changed(self, event: SecretChanged) -> None:
        """Offer what a typed secret makes possible."""
        event.stop()
        await self._offer()

    def on_field_done(self, event: FieldDone) -> None:
        """Go to the next field, behind the last one to the main button."""
        event.stop()
        following = self.pane.form.after(event.name)
        if following is not None:
            self.set_focus(following)
        else:
            self.pane.buttons.focus_main()

    # Work

    def _begin(self, make: Callable[[str, work.Entry, Progress], Awaitable[work.Ended]]) -> None:
        step_id, form = self.step_id, self.pane.form
        entry = work.Entry(form.values(), form.secrets_due(), dict(self._drafts.of(step_id)))
        self._last.pop(step_id, None)
        self._working_at = step_id

        def progress(said: str) -> None:
            self.post_message(Progressed(step_id, said))

        async def run() -> work.Ended:
            return await make(step_id, entry, progress)

        self.pane.work_line.busy("One moment")
        self.run_worker(run(), name="work", group=_WORK, exclusive=True, exit_on_error=False)
        self.call_later(self._offer)

    def on_progressed(self, event: Progressed) -> None:
        """Say what is being done."""
        event.stop()
        if self.busy:
            there = "" if event.step_id == self.step_id else f"Step {self.setup.guide.number(event.step_id)}: "
            self.pane.work_line.busy(there + visible(event.text))

    async def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take over how work ended; what a coroutine did not expect is reported, never swallowed."""
        event.stop()
        worker = event.worker
        if event.state not in (WorkerState.SUCCESS, WorkerState.CANCELLED, WorkerState.ERROR):
            return
        begun_at = self._working_at
        if worker.group == _WORK:
            self._working_at = ""
            self.pane.work_line.rest()
        if worker.error is not None and event.state is WorkerState.ERROR:
            self.pane.work_line.tell(self.wizard_app.report(worker.error), "$error", 60)
        if event.state is WorkerState.CANCELLED and worker.group == _WORK:
            self.pane.work_line.tell("Cancelled; the check has written nothing")
        if isinstance(worker.result, work.Ended):
            await self._ended(worker.result, begun_at)
        else:
            await self.draw()
            if worker.group == _WORK and self.focused is None:
                self.pane.buttons.focus_main()

    async def _ended(self, ended: work.Ended, begun_at: str) -> None:
        if ended.written:
            self._drafts.forget(begun_at)
            if begun_at == self.step_id:
                self.pane.form.forget_secrets()
        if not ended.smooth:
            self._last[ended.step_id] = ended
        if self.step_id != begun_at:
            await self.draw()
            return
        # What a check saw can concern an earlier step, which then comes first.
        elsewhere = self.setup.states()[begun_at].blocked_by or ended.step_id
        if elsewhere != begun_at:
            await self.go_to(elsewhere)
            number = self.setup.guide.number
            self.pane.work_line.tell(f"Step {number(begun_at)} was checked; now step {number(elsewhere)} needs you")
            return
        await self.draw()
        wrong = next((one for one in self.pane.form.fields if one.name_of_field in ended.problems), None)
        if wrong is not None and wrong.entrance is not None:
            self.set_focus(wrong.entrance)
            return
        self.pane.buttons.focus_main()
        self.pane.show_outcome(good=self.setup.states()[self.step_id].state is State.PROVEN)

    def look_again(self) -> None:
        """Let waiting steps be checked quietly, unless something is being done."""
        if not self.busy and any(one.state is State.WAITING for one in self.setup.states().values()):
            self.run_worker(work.look_again(self.setup), group=_WATCH, exclusive=True, exit_on_error=False)

    # Actions; the actions table names them

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key do something only where its action makes sense."""
        wanted = next((one for one in ACTIONS if one.handler == action), None)
        return wanted is None or not self.is_mounted or wanted.when(self.situation())

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what a button, the key bar or the palette asks for."""
        event.stop()
        action = BY_ID[event.action]
        if action.when(self.situation()):
            await self.run_action(action.handler)

    async def on_step_chosen(self, event: StepChosen) -> None:
        """Go to a step chosen in the list or the palette."""
        event.stop()
        await self.go_to(event.step_id)

    def on_copy_wanted(self, event: CopyWanted) -> None:
        """Copy a value and say so."""
        event.stop()
        self.app.copy_to_clipboard(event.text)
        self.pane.work_line.tell(f"Copied {event.label}: {event.text}", "$success")

    def action_check(self) -> None:
        """Confirm and check."""
        self._begin(lambda step_id, entry, progress: work.confirm_and_check(self.setup, step_id, entry, progress))

    def action_operate(self) -> None:
        """Let the operator do it, then check."""
        self._operated.add(self.step_id)
        self._begin(lambda step_id, entry, progress: work.do_it(self.setup, step_id, entry, progress))

    def action_attest(self) -> None:
        """Give one's word."""
        self._begin(lambda step_id, entry, progress: work.attest(self.setup, step_id, entry, progress))

    def action_put_right(self) -> None:
        """Take over what a finding offers."""
        fix = self.situation().fix
        if fix is not None:
            self._drafts.forget_keys(fix.answers)
            self._begin(lambda step_id, _, progress: work.put_right(self.setup, step_id, fix, progress))

    def action_cancel(self) -> None:
        """Stop what is being done."""
        self.workers.cancel_group(self, _WORK)

    async def action_next(self) -> None:
        """Go to the next step."""
        await self._go_by(1)

    async def action_back(self) -> None:
        """Go to the step before."""
        await self._go_by(-1)

    async def _go_by(self, by: int) -> None:
        order = [step.id for step in self.setup.guide.steps]
        await self.go_to(order[order.index(self.step_id) + by])

    async def action_blocker(self) -> None:
        """Go to the step that locks this one."""
        await self.go_to(self.setup.states()[self.step_id].blocked_by)

    async def action_resume(self) -> None:
        """Go to the first step that does not hold."""
        await self.go_to(self.setup.current())

    def action_steps(self) -> None:
        """Put the focus on the list of steps, or lay it over the step."""
        rail = self.query_one(Rail)
        if rail.has_focus:
            self.pane.buttons.focus_main()
        elif rail.display and rail.region.width:
            rail.take_focus()
        else:
            self.app.push_screen(StepsScreen(self.setup.guide, self.setup.states(), self.step_id), self._chosen)

    async def _chosen(self, step_id: str | None) -> None:
        if step_id:
            await self.go_to(step_id)

    def action_help(self) -> None:
        """Lay help over the step."""
        self.app.push_screen(HelpScreen(self.help_text(), self._possible()))

    def action_copy(self) -> None:
        """Copy the value of the card that has the focus, else offer all values."""
        card = self.focused
        if isinstance(card, Card) and card.current is not None:
            card.action_take()
        else:
            self.app.push_screen(CopyPicker(self.picture().copyables))

    def action_browse(self) -> None:
        """Open a page, asking which where there are several."""
        urls = browser.links(self.setup, self.step_id)
        if len(urls) == 1:
            self._open(urls[0])
        else:
            self.app.push_screen(Question("Open which page", [(url, url) for url in urls]), self._open)

    def _open(self, url: str | None) -> None:
        if url:
            self.pane.work_line.tell(browser.open_page(url), seconds=12)

    def action_page_up(self) -> None:
        """Read what is above."""
        self.pane.body.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Read what is below."""
        self.pane.body.scroll_page_down(animate=False)

    def action_selection(self) -> None:
        """Copy text marked with the mouse; where none is, say how to leave."""
        marked = self.get_selected_text()
        if marked:
            self.app.copy_to_clipboard(marked)
        self.pane.work_line.tell("Copied what is marked" if marked else "Ctrl+Q quits; F7 copies")
