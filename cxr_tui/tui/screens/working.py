"""Work at a step: handed to coroutines, watched, and taken over when it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.worker import Worker, WorkerState

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.text import visible
from cxr_tui.guided import actions
from cxr_tui.journal.gate import State
from cxr_tui.tui.fields.secret import SecretField
from cxr_tui.tui.messages import Progressed
from cxr_tui.tui.screens.step_screen import StepScreen

LOOK_AGAIN = 60.0
"""Seconds between two looks at steps that wait for somebody."""

WORK = "work"
"""Group of the one thing that is being done; at most one at a time."""

_WATCH = "watch"


class WorkingScreen(StepScreen, inherit_bindings=False):
    """A step at which something can be done; what a coroutine left behind is all that is shown of it."""

    async def on_mount(self) -> None:
        """Look again at what waits."""
        self.set_interval(LOOK_AGAIN, self.recheck_waiting)

    def begin(self, make: Callable[[str, actions.FormData, Progress], Awaitable[actions.ActionResult]]) -> None:
        """Hand what stands in the form to a coroutine and watch it."""
        step_id, entry = self.step_id, self.entry()
        self.workers.cancel_group(self, _WATCH)  # else the same check could run twice at once
        self._last.pop(step_id, None)
        self._working_at = step_id

        def progress(said: str) -> None:
            self.post_message(Progressed(step_id, said))

        async def run() -> actions.ActionResult:
            return await actions.result_of(make(step_id, entry, progress))

        self.pane.work_line.busy("One moment")
        self.run_worker(run(), name="work", group=WORK, exclusive=True, exit_on_error=False)
        self.call_later(self.offer)

    def on_progressed(self, event: Progressed) -> None:
        """Say what is being done."""
        event.stop()
        if self.busy:
            there = "" if event.step_id == self.step_id else f"Step {self.integration.guide.number(event.step_id)}: "
            self.pane.work_line.busy(there + visible(event.text))

    async def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Take over how work ended; what a coroutine did not expect is reported, never swallowed."""
        event.stop()
        worker = event.worker
        if event.state not in (WorkerState.SUCCESS, WorkerState.CANCELLED, WorkerState.ERROR):
            return
        begun_at = self._working_at
        if worker.group == WORK:
            self._working_at = ""
            self.pane.work_line.rest()
        if worker.error is not None and event.state is WorkerState.ERROR:
            self.pane.work_line.tell(self.wizard_app.report(worker.error), "$error", 60)
        if event.state is WorkerState.CANCELLED and worker.group == WORK:
            self.pane.work_line.tell("Cancelled; the check has written nothing")
        if isinstance(worker.result, actions.ActionResult):
            await self._ended(worker.result, begun_at)
        else:
            await self.draw()
            if worker.group == WORK and self.focused is None:
                self.pane.buttons.focus_main()

    async def _ended(self, ended: actions.ActionResult, begun_at: str) -> None:
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
        elsewhere = self.integration.states()[begun_at].blocked_by or ended.step_id
        if elsewhere != begun_at:
            await self.go_to(elsewhere)
            number = self.integration.guide.number
            self.pane.work_line.tell(f"Step {number(begun_at)} was checked; now step {number(elsewhere)} needs you")
            return
        await self.draw()
        wrong = next((one for one in self.pane.form.fields if one.name_of_field in ended.problems), None)
        if wrong is not None and wrong.entrance is not None:
            self.set_focus(wrong.entrance)
            return
        self.pane.show_outcome()
        refused = self._refused_secret()
        if refused is not None:
            # What was seen is read first; typing brings the field into view.
            self.pane.body.stays = not refused.line.has_focus
            self.set_focus(refused.line, scroll_visible=False)
        else:
            self.pane.buttons.focus_main()
        if ended.overrulable:
            self._ask_why(ended.overrulable)

    def _ask_why(self, read: tuple[Finding, ...]) -> None:
        """Show the findings against the step, and confirm it with the sentence that the person gives."""
        from cxr_tui.tui.dialogs.overrule import (
            OverruleScreen,  # loaded when it is wanted: the wizard starts without it
        )

        def answered(sentence: str | None) -> None:
            if sentence:
                self.begin(
                    lambda step_id, _entry, _progress: actions.overrule(self.integration, step_id, read, sentence)
                )

        self.app.push_screen(OverruleScreen(read), answered)

    def _refused_secret(self) -> SecretField | None:
        """Return the field of the secret that this step's check has refused; None where it may be one of several."""
        fields = self.pane.form.secret_fields
        state = self.integration.states()[self.step_id]
        if len(fields) != 1 or state.state is not State.FAILED or state.outcome is None:
            return None
        wrong_at = {one.at for one in state.outcome.findings if one.status is Status.FAIL}
        own = {self.step_id} if fields[0].view.field.optional else {self.step_id, ""}
        return fields[0] if wrong_at & own else None

    def recheck_waiting(self) -> None:
        """Let waiting steps be checked quietly, unless something is being done."""
        if not self.busy and any(one.state is State.WAITING for one in self.integration.states().values()):
            self.run_worker(
                actions.recheck_waiting(self.integration), group=_WATCH, exclusive=True, exit_on_error=False
            )
