"""The wizard's one screen: every action of the table, carried out on the step that is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guided import actions, browser_links
from cxr_tui.guided.requests import has_number, note_request, number_problem
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.integration import StepLockedError
from cxr_tui.journal.undo import Saved
from cxr_tui.tui.actions.action import Action, Scope, bindings
from cxr_tui.tui.actions.table import ACTIONS, BY_ID, label_of
from cxr_tui.tui.command_palette import StepCommands
from cxr_tui.tui.dialogs.base import LineScreen
from cxr_tui.tui.dialogs.choose import CopyPicker, Question
from cxr_tui.tui.messages import ActionPressed, CopyWanted, StepChosen
from cxr_tui.tui.screens.tasks import TasksScreen
from cxr_tui.tui.screens.working import WORK
from cxr_tui.tui.secret_clipboard import SecretOnRequest
from cxr_tui.tui.widgets.instructions import Card
from cxr_tui.tui.widgets.step_list import Rail, StepsScreen


class WizardScreen(TasksScreen, inherit_bindings=False):
    """All steps, one at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS, Scope.WIZARD)]
    COMMANDS: ClassVar = {StepCommands}

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done now, for palette and help."""
        now = self.context()
        return [(action, label_of(action, now)) for action in self.possible(now)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key do something only where its action makes sense."""
        wanted = next((one for one in ACTIONS if one.handler == action), None)
        if wanted is None or not self.is_mounted:
            return True
        now = self.context()
        # at a locked step these keys answer with what comes first
        return wanted.when(now) or (bool(now.state.blocked_by) and action in ("check", "operate", "confirm"))

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what a button, the key bar or the palette asks for."""
        event.stop()
        action = BY_ID[event.action]
        if action.when(self.context()):
            await self.run_action(action.handler)

    async def on_step_chosen(self, event: StepChosen) -> None:
        """Go to a step chosen in the list or the palette, and to the field that was meant."""
        event.stop()
        await self.go_to(event.step_id)
        field = self.pane.form.field(event.field)
        if field is not None and field.entrance is not None:
            self.set_focus(field.entrance)

    async def on_mount(self) -> None:
        """Be ready to show a secret on request."""
        self._secret = SecretOnRequest(self, self.pane.instruction.reveal)

    async def go_to(self, step_id: str) -> None:
        """Leave no secret behind at the step before."""
        if step_id != self.step_id:
            self._secret.leave()
        await super().go_to(step_id)

    def on_screen_suspend(self) -> None:
        """Hide a secret under what is laid over the step."""
        self._secret.hide()

    def on_unmount(self) -> None:
        """Leave no secret behind."""
        self._secret.leave()

    def action_reveal(self) -> None:
        """Show the secret that the instruction names for a while, or hide it."""
        if self._secret.shown:
            self._secret.hide()
        else:
            self._with_secret(self.step_view().secret, self._show_secret)

    def _show_secret(self, secret: Secret) -> None:
        """Show a secret where it can be read: its line may be scrolled out of view."""
        self._secret.show(secret)
        self.pane.instruction.scroll_to_secret()

    def _with_secret(self, item: str, use: Callable[[Secret], None]) -> None:
        step_id = self.step_id

        async def read() -> None:
            try:
                secret = await self.integration.world.credentials.get(item)
            except OutsideError as error:
                self.pane.work_line.tell(visible(str(error)), "$error", 12)
                return
            if self.step_id == step_id:
                use(secret)

        self.run_worker(read(), group="secret", exclusive=True, exit_on_error=False)

    def on_copy_wanted(self, event: CopyWanted) -> None:
        """Copy a value and say so."""
        event.stop()
        if event.item:
            self._with_secret(event.item, self._secret.copy)
            return
        self.app.copy_to_clipboard(event.text)
        self.pane.work_line.tell(f"Copied {event.label}: {event.text.splitlines()[0]}", "$success")

    def action_check(self) -> None:
        """Save and check."""
        if not self._told_locked():
            self.begin(
                lambda step_id, entry, progress: actions.save_and_check(self.integration, step_id, entry, progress)
            )

    def action_operate(self) -> None:
        """Let the operator do it, then check."""
        if self._told_locked():
            return
        self._operated.add(self.step_id)
        self.begin(lambda step_id, entry, progress: actions.run_operator(self.integration, step_id, entry, progress))

    def action_confirm(self) -> None:
        """Confirm that the step's part is done."""
        if not self._told_locked():
            self.begin(lambda step_id, entry, progress: actions.confirm(self.integration, step_id, entry, progress))

    def _told_locked(self) -> bool:
        """Say which step comes first where this one is locked; return whether it is."""
        blocker = self.integration.states()[self.step_id].blocked_by
        if blocker:
            first = f"step {self.integration.guide.number(blocker)}, {self.integration.guide.step(blocker).title}"
            self.pane.work_line.tell(f"Locked: {first}, comes first", "$warning", 12)
        return bool(blocker)

    def action_withdraw(self) -> None:
        """Ask whether the confirmation is to be taken back."""
        options = [("", "Keep it"), ("withdraw", "Withdraw it: the step is open again")]
        number = self.integration.guide.number(self.step_id)

        def answered(answer: str | None) -> None:
            if answer:
                self.begin(lambda step_id, _entry, _progress: actions.withdraw(self.integration, step_id))

        self.app.push_screen(Question(f"Withdraw the confirmation of step {number}?", options), answered)

    def action_request(self) -> None:
        """Note that others were asked for what this step needs; with the request's number where it has one."""
        step_id = self.step_id

        async def asked(number: str | None) -> None:
            if number is not None:
                day = note_request(self.integration, step_id, number)
                await self.draw()
                self.pane.work_line.tell(f"Noted: requested on {day}. The overview lists it.", "$success", 12)

        if not has_number(self.integration.guide.step(step_id)):
            self.run_worker(asked(""), group="request", exit_on_error=False)
            return
        about = "The number that My Oracle Support shows; leave it empty if you do not know it yet."
        wrong = partial(number_problem, self.integration, step_id)
        self.app.push_screen(LineScreen("SR number", "Enter notes the request", about, wrong), asked)

    def action_put_right(self) -> None:
        """Take over what a finding offers."""
        fix = self.context().fix
        if fix is not None:
            self._drafts.forget_keys(fix.answers)
            self.begin(lambda step_id, _, progress: actions.apply_fix(self.integration, step_id, fix, progress))

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
        order = [step.id for step in self.integration.guide.steps]
        await self.go_to(order[order.index(self.step_id) + by])

    async def action_blocker(self) -> None:
        """Go to the step that locks this one."""
        await self.go_to(self.integration.states()[self.step_id].blocked_by)

    async def action_resume(self) -> None:
        """Go to the first step that is not done."""
        await self.go_to(self.integration.current())

    def action_steps(self) -> None:
        """Put the focus on the list of steps, or lay it over the step."""
        rail = self.query_one(Rail)
        if rail.has_focus:
            self.pane.buttons.focus_main()
        elif rail.display and rail.region.width:
            rail.take_focus()
        else:
            self.app.push_screen(
                StepsScreen(self.integration.guide, self.integration.states(), self.step_id), self._chosen
            )

    async def _chosen(self, step_id: str | None) -> None:
        if step_id:
            await self.go_to(step_id)

    def action_overview(self) -> None:
        """Lay the whole integration over the step."""
        from cxr_tui.tui.screens.overview import (
            OverviewScreen,  # loaded when it is wanted: the wizard starts without it
        )

        self.app.push_screen(OverviewScreen(self.integration), self._chosen)

    def action_copy(self) -> None:
        """Copy the value of the card that has the focus, else offer all values."""
        card = self.focused
        if isinstance(card, Card) and card.current is not None:
            card.action_take()
        else:
            self.app.push_screen(CopyPicker([*self.step_view().copyables, *self.text_lines()]))

    def action_browse(self) -> None:
        """Open a page, asking which where there are several."""
        pages = {
            page.product: page for page in browser_links.pages(self.integration, self.step_id, self.step_view().entered)
        }

        def chosen(product: str | None) -> None:
            if product:
                self.pane.work_line.tell(browser_links.open_page(pages[product]), seconds=12)

        if len(pages) == 1:
            chosen(next(iter(pages)))
        else:
            options = [(product, f"{product}  {page.url}".rstrip()) for product, page in pages.items()]
            self.app.push_screen(Question("Open which page", options), chosen)

    def action_page_up(self) -> None:
        """Read what is above."""
        self.pane.body.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Read what is below."""
        self.pane.body.scroll_page_down(animate=False)

    async def action_undo(self) -> None:
        """Take back what is typed in the field that has the focus; where nothing is, the answers saved last."""
        field = self.pane.form.of(self.focused)
        if field is not None and self._drafts.drop(self.step_id, field.name_of_field):
            await self.draw()
            self.pane.work_line.tell(f"Taken back: {field.view.field.label}")
            return
        last = self.integration.last_saved()
        if last is None:
            self.pane.work_line.tell("Nothing is saved yet, so there is nothing to undo")
            return

        async def answered(answer: str | None) -> None:
            if answer == "undo":
                await self._undo(last)

        becomes, number = self._becomes(last), self.integration.guide.number(last.step_id)
        options = [("", "Keep it"), ("undo", f"Take it back: {becomes}")]
        self.app.push_screen(Question(f"Take back what was saved last, at step {number}?", options), answered)

    async def _undo(self, last: Saved) -> None:
        try:
            undone = await self.integration.undo(last)
        except StepLockedError as error:
            number = self.integration.guide.number
            first = f"Step {number(last.step_id)} is locked: step {number(error.blocked_by)} comes first"
            self.pane.work_line.tell(first, "$warning", 12)
            return
        if not undone:
            self.pane.work_line.tell("Other answers were saved meanwhile; nothing was taken back", "$warning", 12)
            await self.draw()
            return
        self._drafts.forget(last.step_id)
        self.pane.work_line.tell(f"Undone: {self._becomes(last)}. What was done on a screen stays done.", seconds=12)
        await self.go_to(last.step_id)

    def _becomes(self, last: Saved) -> str:
        """Say what the values are once these answers are taken back."""
        labels = {field.name: field.label for field in self.integration.guide.step(last.step_id).fields}
        first, *others = last.before
        value = last.before[first]
        is_now = "empty" if value in EMPTY else visible(str(value), 60)
        more = f", and {len(others)} more" if others else ""
        return f"{labels.get(first, first)} is {is_now} again{more}"
