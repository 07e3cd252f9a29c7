"""The wizard's one screen: every action of the table, carried out on the step that is shown."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from cxr_tui.setup import browser, work
from cxr_tui.tui.actions import ACTIONS, BY_ID, bindings
from cxr_tui.tui.help import HelpScreen
from cxr_tui.tui.instruction import Card
from cxr_tui.tui.messages import ActionPressed, CopyWanted, StepChosen
from cxr_tui.tui.papers import PapersScreen
from cxr_tui.tui.picker import CopyPicker, Question
from cxr_tui.tui.steps import Rail, StepsScreen
from cxr_tui.tui.working import WORK


class WizardScreen(PapersScreen, inherit_bindings=False):
    """All steps, one at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

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
        self.pane.work_line.tell(f"Copied {event.label}: {event.text.splitlines()[0]}", "$success")

    def action_check(self) -> None:
        """Confirm and check."""
        self.begin(lambda step_id, entry, progress: work.confirm_and_check(self.setup, step_id, entry, progress))

    def action_operate(self) -> None:
        """Let the operator do it, then check."""
        self._operated.add(self.step_id)
        self.begin(lambda step_id, entry, progress: work.do_it(self.setup, step_id, entry, progress))

    def action_attest(self) -> None:
        """Give one's word."""
        self.begin(lambda step_id, entry, progress: work.attest(self.setup, step_id, entry, progress))

    def action_put_right(self) -> None:
        """Take over what a finding offers."""
        fix = self.situation().fix
        if fix is not None:
            self._drafts.forget_keys(fix.answers)
            self.begin(lambda step_id, _, progress: work.put_right(self.setup, step_id, fix, progress))

    def action_cancel(self) -> None:
        """Stop what is being done."""
        self.workers.cancel_group(self, WORK)

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
        self.app.push_screen(HelpScreen(self.help_text(), self.possible()))

    def action_copy(self) -> None:
        """Copy the value of the card that has the focus, else offer all values."""
        card = self.focused
        if isinstance(card, Card) and card.current is not None:
            card.action_take()
        else:
            self.app.push_screen(CopyPicker([*self.picture().copyables, *self.text_lines()]))

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
