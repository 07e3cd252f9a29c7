"""The wizard's screen: one step at a time, with the actions of the table. The step controller does the work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.command import SimpleCommand
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input
from textual.worker import Worker, WorkerState

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Status
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guided import browser_links
from cxr_tui.guided.action_context import ActionContext, PrimaryAction, primary_label
from cxr_tui.guided.overview import has_number, number_problem
from cxr_tui.guided.step_controller import RECHECK_EVERY, Ending, StepController
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.preflight.rehearsal_key.stage import reminder as rehearsal_reminder
from cxr_tui.presentation.badges import STATES
from cxr_tui.rotation.password_age import reminder
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.actions.table import BY_ID, STEP_ACTIONS, Action, label_of
from cxr_tui.tui.dialogs.base import LineScreen
from cxr_tui.tui.dialogs.choose import CopyPicker, OverruleScreen, Question
from cxr_tui.tui.fields.secret import SecretField
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.messages import CopyWanted, StepChosen
from cxr_tui.tui.screens import tasks
from cxr_tui.tui.screens.action_screen import ActionScreen
from cxr_tui.tui.screens.help import HelpText, help_blocks, key_blocks
from cxr_tui.tui.secret_clipboard import SecretOnRequest
from cxr_tui.tui.widgets.action_buttons import BUTTON
from cxr_tui.tui.widgets.step_list import StepList, StepsScreen, stage_line
from cxr_tui.tui.widgets.step_view import StepPane
from cxr_tui.tui.widgets.text_block import TextBlock

WORK = "work"
"""Group of the running action; at most one at a time."""

_RECHECK = "recheck"


class WizardScreen(ActionScreen[None]):
    """All steps, one at a time; draws what the journal says and keeps the typed entries as drafts."""

    CSS_PATH = "../theme/styles/step.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = STEP_ACTIONS
    EVERYWHERE: ClassVar[tuple[Action, ...]] = ()

    def __init__(self, integration: Integration, clipboard_seconds: float) -> None:
        super().__init__(integration.name, sandboxed=integration.sandboxed)
        self.integration = integration
        self.clipboard_seconds = clipboard_seconds
        self.controller = StepController(integration)
        self.pane = StepPane()
        self.draw_due = False
        """Whether something was typed since the screen was drawn."""
        self._secret = SecretOnRequest(self, integration.world.credentials, self._reveal, clipboard_seconds)
        self._drawing = asyncio.Lock()
        """Held while fields come and go: an overlay's answer and the end of an action can both draw."""

    def body(self) -> Iterable[Widget]:
        """Return stages, list of steps, step and help."""
        yield TextBlock(id="stages")
        yield Horizontal(
            StepList(self.integration.guide, id="rail"),
            self.pane,
            VerticalScroll(TextBlock(id="help-text"), id="help", can_focus=False),
            id="main",
        )

    @on(events.Mount)
    async def _begin(self) -> None:
        """Show the step to resume at."""
        await self.go_to(self.step_id)
        self.set_interval(1.0, self._show_time)
        self.set_interval(RECHECK_EVERY, self.recheck_waiting)

    @property
    def step_id(self) -> str:
        """The step that is shown."""
        return self.controller.step_id

    @property
    def busy(self) -> bool:
        """Whether an action runs."""
        return bool(self.controller.working_at)

    # Drawing

    def forget_secrets(self) -> None:
        """Empty the fields of secrets: the keyring has them now."""
        for field in self.pane.form.secret_fields:
            field.forget()

    async def go_to(self, step_id: str) -> None:
        """Show a step and put the focus where the work continues; typed secrets stay behind."""
        if step_id != self.step_id:
            self._secret.leave()
            self.controller.drafts.secrets_of(self.step_id).clear()
            self.controller.step_id = step_id
        await self.draw()
        field = self.pane.form.first_open()
        if field is not None and self.controller.context().main is not PrimaryAction.OPERATE:
            self.set_focus(field)
        else:
            self.pane.buttons.focus_main()

    async def draw(self) -> None:
        """Draw everything, from one view of the step."""
        async with self._drawing:
            self.draw_due = False
            with self.app.batch_update():  # one layout for all that changes
                states, view = self.integration.states(), self.controller.view()
                await self.pane.show(view)
                stages = partial(stage_line, self.integration.guide, states, self.step_id)
                self.query_one("#stages", TextBlock).show([stages])
                self.query_one("#rail", StepList).show(states, self.step_id)
                context = self.controller.context(view)
                await self.offer(context)
                self._show_time()
                self._show_help(context)

    async def offer(self, context: ActionContext | None = None) -> None:
        """Show buttons and keys for what can be done now."""
        context = context or self.controller.context()
        await self.pane.buttons.show(context, primary_label(context, self.integration.guide))
        self.show_keys(self.offered(context))

    def _show_time(self) -> None:
        states, now = self.integration.states(), self.integration.world.now()
        done = sum(state.done for state in states.values())
        badge = f"sandbox time {now:%Y-%m-%d %H:%M} UTC" if self.integration.sandboxed else ""
        journal = self.integration.journal_state()
        due = rehearsal_reminder(journal) or reminder(journal, now)
        share = done / max(len(states), 1)
        self.header.show(badge, f"{done} of {len(states)} steps done", due, share=share)

    def help_text(self) -> HelpText:
        """Return help for the field that has the focus and for the step."""
        field = self.pane.form.of(self.focused)
        step, number = self.integration.guide.step(self.step_id), self.integration.guide.number(self.step_id)
        carried = tuple(one.view for one in self.pane.form.fields if one.view.field.origin)
        return HelpText(step, number, field.view if field else None, field.problem if field else "", carried)

    def _show_help(self, context: ActionContext | None = None) -> None:
        blocks = [*help_blocks(self.help_text(), beside=True)]
        possible = [action for action, _ in self.offered(context)]
        self.query_one("#help-text", TextBlock).show(blocks or key_blocks(possible, keymap_of(self.app)))

    def offered(self, context: ActionContext | None = None) -> list[tuple[Action, str]]:
        """Return the actions that make sense now with their labels."""
        now = context or self.controller.context()
        return [(action, label_of(action, now)) for action in STEP_ACTIONS if action.possible(now)]

    def offers(self, action_id: str) -> bool:
        """Say whether an action makes sense now; at a locked step, a key says which step comes first."""
        now = self.controller.context()
        action = BY_ID[action_id]
        return action.possible(now) or (now.locked and action.handler.startswith("begin"))

    def commands(self) -> list[SimpleCommand]:
        """Return what the palette offers: the actions that make sense now, then every step."""
        states = self.integration.states()
        steps = [
            SimpleCommand(
                f"Step {number}  {step.title}",
                partial(self.post_message, StepChosen(step.id)),
                STATES[states[step.id].state].text,
            )
            for number, step in enumerate(self.integration.guide.steps, 1)
        ]
        return [*super().commands(), *steps]

    # Typing

    def on_descendant_focus(self) -> None:
        """Let the help follow the focus."""
        self._show_help()

    def on_key(self, event: events.Key) -> None:
        """Let a letter typed outside the fields go to the first empty field.

        Where a secret can be entered, a letter is no command: it may be the beginning of the secret. Where one is
        required, it goes nowhere, because the first empty field may show it.
        """
        form = self.pane.form
        in_field = form.of(self.focused) is not None
        if not event.is_printable or (event.key == "space" and in_field):
            return
        keys = keymap_of(self.app)
        acts = event.key == "space" or any(event.key in keys.key(action).split(",") for action in STEP_ACTIONS)
        required = any(not one.view.field.optional and not one.view.stored for one in form.secret_fields)
        field: Widget | None = None
        if in_field and not acts:
            # a line takes its own keys: this one was typed before the focus moved there
            field = self.focused if isinstance(self.focused, Input) else None
        elif not acts and not required:
            field = form.first_open()
        if field is not None or form.secret_fields:
            event.stop()
        if field is not None:
            self.set_focus(field)
            if isinstance(field, Input) and event.character:
                field.insert_text_at_cursor(event.character)

    def take_entry(self, name: str, value: Value | None) -> None:
        """Keep the entry as a draft, and draw what follows from it once the letter itself is painted."""
        step_id = self.pane.form.step_id or self.step_id  # of the field, where another step is about to be shown
        self.controller.drafts.take(self.integration, step_id, name, value)
        if not self.draw_due:
            self.draw_due = True
            # handed back to this screen's own turn, so that nothing else is taken over while it is drawn
            self.call_after_refresh(self.call_later, self._draw_what_follows)

    async def _draw_what_follows(self) -> None:
        if self.draw_due:
            await self.draw()

    def take_secret(self, field: SecretField, secret: Secret) -> None:
        """Keep a typed secret for the action that stores it, offer what it makes possible, and show where it is typed.

        Nothing of a field that is about to leave with its step is kept.
        """
        if self.pane.form.step_id == self.step_id:
            self.controller.drafts.take_secret(self.step_id, field.view.field.name, secret)
            self.call_later(self.pane.body.scroll_to_widget, field, animate=False)
            self.call_later(self.offer)

    async def go_behind(self, field: str) -> None:
        """Go to the next field, after the last one to the main button."""
        await self._draw_what_follows()  # it decides which fields there are
        following = self.pane.form.after(field)
        if following is not None:
            self.set_focus(following)
        else:
            self.pane.buttons.focus_main()

    # Actions run here and are shown when they end

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Carry out the action of a button."""
        await self.carry_out((event.button.id or "").removeprefix(BUTTON))

    def begin(self, action: Callable[[Progress], Awaitable[Ending]]) -> None:
        """Run an action of the controller with what is typed, and watch it."""
        if self.busy:
            return
        step_id = self.step_id
        self.workers.cancel_group(self, _RECHECK)  # else the same check could run twice at once

        def progress(text: str) -> None:
            there = "" if self.step_id == step_id else f"Step {self.integration.guide.number(step_id)}: "
            if self.busy:
                self.pane.work_line.busy(there + visible(text))

        self.pane.work_line.busy("One moment")
        self.run_worker(action(progress), name=WORK, group=WORK, exclusive=True, exit_on_error=False)
        self.call_later(self.offer)

    async def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show how an action ended; an error that it did not expect is reported, never swallowed."""
        worker, line = event.worker, self.pane.work_line
        if event.state not in (WorkerState.SUCCESS, WorkerState.CANCELLED, WorkerState.ERROR):
            return
        if worker.group == WORK:
            line.rest()
        if event.state is WorkerState.ERROR and worker.error is not None:
            line.tell(self.failure(worker.error), "$error", 60)
        if event.state is WorkerState.CANCELLED and worker.group == WORK:
            self.controller.working_at = ""  # it may have been canceled before it began
            line.tell("Canceled. The check recorded nothing.")
        if isinstance(worker.result, Ending):
            await self._show_ending(worker.result)
        else:
            await self.draw()
            if worker.group == WORK and self.focused is None:
                self.pane.buttons.focus_main()

    async def _show_ending(self, ending: Ending) -> None:
        if ending.begun_at != self.step_id:
            await self.draw()
            return
        if ending.written:
            self.forget_secrets()
        if ending.needs != ending.begun_at:
            await self.go_to(ending.needs)
            self.pane.work_line.tell(self.controller.moved_sentence(ending))
            return
        await self.draw()
        wrong = next((one for one in self.pane.form.fields if one.view.field.name in ending.problems), None)
        if wrong is not None and wrong.entrance is not None:
            self.set_focus(wrong.entrance)
            return
        self.pane.body.scroll_home(animate=False)  # where the problems are
        refused = self._refused_secret()
        if refused is not None:
            # The findings are read first; typing brings the field into view.
            self.pane.body.stays = not refused.line.has_focus
            self.set_focus(refused.line, scroll_visible=False)
        else:
            self.pane.buttons.focus_main()
        if ending.overrulable:
            overrule = partial(self.controller.overrule, ending.overrulable)
            self.ask(OverruleScreen(ending.overrulable), lambda sentence: self.begin(partial(overrule, sentence)))

    def _refused_secret(self) -> SecretField | None:
        """Return the field of the secret that this step's check refused; None where it may be one of several."""
        fields = self.pane.form.secret_fields
        state = self.integration.states()[self.step_id]
        if len(fields) != 1 or state.state is not State.FAILED or state.outcome is None:
            return None
        wrong_at = {one.at for one in state.outcome.findings if one.status is Status.FAIL}
        own = {self.step_id} if fields[0].view.field.optional else {self.step_id, ""}
        return fields[0] if wrong_at & own else None

    def recheck_waiting(self) -> None:
        """Check the waiting step quietly, unless an action runs."""
        if not self.busy and self.controller.waiting:
            recheck = self.controller.recheck_waiting()
            self.run_worker(recheck, group=_RECHECK, exclusive=True, exit_on_error=False)

    def action_begin(self, name: str) -> None:
        """Check, operate or confirm the step; where it is locked, say which step comes first."""
        locked = self.controller.locked_sentence()
        if locked:
            self.pane.work_line.tell(locked, "$warning", 12)
        else:
            self.begin(getattr(self.controller, name))

    def action_fix(self) -> None:
        """Apply the fix that a finding suggests."""
        fix = self.controller.context().fix
        if fix is not None:
            self.begin(partial(self.controller.fix, fix))

    def action_withdraw(self) -> None:
        """Ask whether to withdraw the confirmation."""
        question = f"Withdraw the confirmation of step {self.integration.guide.number(self.step_id)}?"
        yes = "Withdraw it: the step is open again"
        self.agree(question, "Keep it", yes, lambda _: self.begin(self.controller.withdraw))

    def action_request(self) -> None:
        """Note that others were asked for what this step needs, with the request's number where it has one."""

        async def asked(number: str | None) -> None:
            if number is not None:
                noted = self.controller.request(number)
                await self.draw()
                self.pane.work_line.tell(noted, "$success", 12)

        if not has_number(self.integration.guide.step(self.step_id)):
            self.run_worker(asked(""), group="request", exit_on_error=False)
            return
        about = "The number that My Oracle Support shows; leave it empty if you do not know it yet."
        wrong = partial(number_problem, self.integration, self.step_id)
        keys = "Enter notes the request, Esc closes"
        self.app.push_screen(LineScreen("SR number", keys, about, wrong, Line()), asked)

    def action_cancel(self) -> None:
        """Cancel the running action."""
        self.workers.cancel_group(self, WORK)

    async def action_undo(self) -> None:
        """Undo the typing in the field that has the focus; where there is none, the entries saved last."""
        field, line = self.pane.form.of(self.focused), self.pane.work_line
        if field is not None and self.controller.drafts.drop(self.step_id, field.view.field.name):
            await self.draw()
            line.tell(f"Undone: {field.view.field.label}")
            return
        last = self.integration.last_saved()
        if last is None:
            line.tell("Nothing is saved yet, so there is nothing to undo")
            return

        async def undo(_: str) -> None:
            self._secret.leave()
            undone = await self.controller.undo(last)
            await self.go_to(self.step_id)
            line.tell(undone, seconds=12)

        question = f"Undo the last saved entries, at step {self.integration.guide.number(last.step_id)}?"
        self.agree(question, "Keep it", f"Undo: {self.controller.undo_summary(last)}", undo)

    # Moving

    async def on_step_chosen(self, event: StepChosen) -> None:
        """Go to a step chosen in the list or the palette, and to the field that was meant."""
        await self.go_to(event.step_id)
        self.focus_field(event.field)

    def focus_field(self, name: str) -> None:
        """Put the focus on a field of the step, where it is shown."""
        field = self.pane.form.field(name)
        if field is not None and field.entrance is not None:
            self.set_focus(field.entrance)

    async def action_go(self, where: str) -> None:
        """Go to the next or the previous step, to the one that must be done first, or to the first open one."""
        match where:
            case "next":
                await self.go_to(self.controller.neighbor(1))
            case "back":
                await self.go_to(self.controller.neighbor(-1))
            case "blocker":
                await self.go_to(self.integration.states()[self.step_id].blocked_by)
            case _:
                await self.go_to(self.integration.current())

    def action_steps(self) -> None:
        """Lay the list of steps over the step."""
        self.ask(StepsScreen(self.integration.guide, self.integration.states(), self.step_id), self.go_to)

    def action_page(self, by: str) -> None:
        """Scroll a page up or down."""
        self.pane.body.scroll_relative(y=int(by) * self.pane.body.size.height, animate=False)

    def action_task(self, name: str) -> None:
        """Open a report or another task over the step."""
        tasks.TASKS[name](self)

    # Copying, secrets, browser

    def on_screen_suspend(self) -> None:
        """Hide a secret under an overlay."""
        self._secret.hide()

    def on_unmount(self) -> None:
        """Leave no secret behind."""
        self._secret.leave()

    def action_reveal(self) -> None:
        """Show the secret that the instruction names for a while, or hide it."""
        self._secret.toggle(self.controller.view().secret)

    def _reveal(self, text: str) -> None:
        self.pane.instruction.reveal(text)
        if text:
            self.pane.instruction.scroll_to_secret()

    def on_copy_wanted(self, event: CopyWanted) -> None:
        """Copy a secret for a while only; any other value is copied as on every screen."""
        if event.item:
            event.prevent_default()
            self._secret.copy(event.item)

    def action_copy(self) -> None:
        """Offer the values to copy."""
        self.app.push_screen(CopyPicker([*self.controller.view().copyables, *tasks.text_lines(self)]))

    def action_browse(self) -> None:
        """Open a page in the browser; ask which where there are several."""
        pages = {page.product: page for page in self.controller.view().pages}

        def open_page(product: str) -> None:
            self.pane.work_line.tell(browser_links.open_page(pages[product]), seconds=12)

        if len(pages) == 1:
            open_page(next(iter(pages)))
        else:
            options = [(product, f"{product}  {page.url}".rstrip()) for product, page in pages.items()]
            self.ask(Question("Open which page", options), open_page)
