"""Reports and tasks over a step: review, dry run, messages, handover; jobs, preflight, rotation, erasing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerState

from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guided.action_context import PrimaryAction, has_jobs
from cxr_tui.guided.drafts import Drafts
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import JournalError
from cxr_tui.presentation.instructions import Line
from cxr_tui.tui.actions.table import BY_ID
from cxr_tui.tui.screens.working import WorkingScreen

if TYPE_CHECKING:
    from pathlib import Path

    from cxr_tui.integration.erasure import Scope


PAPERS = "papers"
"""Group of the one paper that is being put together."""


ERASING = "erasing"
"""Group of the one erasure."""


class TasksScreen(WorkingScreen, inherit_bindings=False):
    """A step over which reports and other tasks open. Their modules are loaded when they are wanted."""

    # Messages

    def action_explain(self) -> None:
        """Lay over the step where a message of a product is explained."""
        from cxr_tui.tui.dialogs.explain import ExplainScreen

        self.app.push_screen(ExplainScreen(self.integration, self.step_id))

    # Review

    def action_review(self) -> None:
        """Lay every value of the step over it, with where each came from."""
        from cxr_tui.reports.review import review
        from cxr_tui.tui.screens.review import ReviewScreen

        typed = {self.step_id: dict.fromkeys(self.pane.form.secrets(), True)}
        steps = review(self.integration, self._drafts.all(), typed)
        screen = ReviewScreen(self.integration.name, steps, self.step_id, self._possible, whole=False)
        self.app.push_screen(screen, self._reviewed)

    def _possible(self, action: str) -> bool:
        return action in BY_ID and BY_ID[action].when(self.context())

    async def _reviewed(self, chosen: object) -> None:
        from cxr_tui.tui.screens.review import Chosen

        if not isinstance(chosen, Chosen):
            return
        if chosen.action:
            if self._possible(chosen.action):
                await self.run_action(BY_ID[chosen.action].handler)
            return
        if chosen.step_id != self.step_id:
            await self.go_to(chosen.step_id)
        field = self.pane.form.field(chosen.field)
        if field is not None and field.entrance is not None:
            self.set_focus(field.entrance)

    # Dry run

    def action_dry_run(self) -> None:
        """Lay over the step what its main work would touch."""
        from cxr_tui.dry_run.plan import UNTOUCHED, plan_at, plan_lines, summary
        from cxr_tui.tui.screens.text_page import PageLine, PageScreen

        integration, step_id = self.integration, self.step_id
        operated = self.context().main is PrimaryAction.OPERATE
        step, guide = integration.guide.step(step_id), integration.guide
        secrets = [step.field(name).item for name in self.entry().secrets]
        plan = plan_at(integration, step_id, secrets, operated=operated)
        what = "Do it for me" if operated else "Save and check"
        head = [f"{what}, step {guide.number(step_id)}, would touch {summary([plan])}", UNTOUCHED]
        told = list(plan_lines(guide, plan))
        lines = [*(PageLine(text) for text in head), PageLine("")]
        lines += [
            PageLine(line.text, 2 * line.level, "$muted" if line.quiet else "" if line.level else "bold", line.head)
            for line in told
        ]
        copied = "\n".join([*head, "", *(line.whole for line in told)])
        self.app.push_screen(PageScreen(f"{integration.name}   dry run", "nothing was touched", lines, copied))

    # Texts

    def action_texts(self) -> None:
        """Lay the texts for others over the step."""
        from cxr_tui.reports.messages import texts, texts_of
        from cxr_tui.tui.screens.messages import TextsScreen

        own = texts_of(self.integration, self.step_id)
        others = [one for one in texts(self.integration) if one not in own]
        self.app.push_screen(TextsScreen(self.integration.name, (*own, *others)))

    def text_lines(self) -> list[Line]:
        """Return this step's texts as further things to copy."""
        from cxr_tui.reports.messages import texts_of

        return [Line(one.title, f"for: {one.to}", one.whole) for one in texts_of(self.integration, self.step_id)]

    # Handover

    def action_handover(self) -> None:
        """Write the handover as one page and as Markdown, and say where they lie."""
        from cxr_tui.reports.handover_files import write_handover

        integration = self.integration

        async def write() -> tuple[Path, ...]:
            return await asyncio.to_thread(write_handover(integration))

        self._put_together("Writing the handover report", write)

    def _say_where(self, paths: tuple[Path, ...]) -> None:
        from cxr_tui.tui.screens.text_page import PageLine, PageScreen

        lines = [PageLine("The handover report was written, readable for you alone:"), PageLine("")]
        lines += [PageLine(visible(str(path), 500), 2, "bold") for path in paths]
        lines += [
            PageLine(""),
            PageLine("It says what was set up, by which evidence, what is only confirmed, and who waits for whom."),
            PageLine(
                "It holds no secret, and of your customers' own data only how much there is: attach it to a ticket."
            ),
        ]
        copied = "\n".join(str(path) for path in paths)
        self.app.push_screen(
            PageScreen(f"{self.integration.name}   handover", counted(len(paths), "file"), lines, copied)
        )

    # Work

    def _put_together(self, said: str, make: Callable[[], Awaitable[object]]) -> None:
        self.pane.work_line.busy(said)

        async def run() -> object:
            return await make()

        self.run_worker(run(), name=said, group=PAPERS, exclusive=True, exit_on_error=False)

    async def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show a paper that is ready; all other work is the layer's below."""
        if event.worker.group != PAPERS:
            return
        event.stop()
        event.prevent_default()  # else the layer below would take it for work at the step
        if event.state not in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED):
            return
        self.pane.work_line.rest()
        error = event.worker.error
        if isinstance(error, OSError):
            self.pane.work_line.tell(f"Nothing was written: {visible(str(error))}", "$error", 30)
        elif error is not None and event.state is WorkerState.ERROR:
            self.pane.work_line.tell(self.wizard_app.report(error), "$error", 60)
        match event.worker.result:
            case tuple(paths) if paths:
                self._say_where(paths)
            case _:
                pass

    # Tasks

    def action_show_jobs(self) -> None:
        """Lay the jobs over the step."""
        from cxr_tui.jobs.service import JobsService
        from cxr_tui.tui.screens.jobs import JobsScreen

        self.app.push_screen(JobsScreen(JobsService(self.integration)))

    def show_jobs_if_any(self) -> None:
        """Lay the jobs over the step, or say why there is nothing to look at yet."""
        if has_jobs(self.integration):
            self.action_show_jobs()
        else:
            self.pane.work_line.tell("No job is set up yet; this is where the work goes on", seconds=12)

    def action_preflight(self) -> None:
        """Lay preflight over the step."""
        from cxr_tui.preflight.service import PreflightService
        from cxr_tui.tui.screens.preflight import PreflightScreen

        self.app.push_screen(PreflightScreen(PreflightService(self.integration)), self._back_to_the_step)

    def action_rotate(self) -> None:
        """Lay the password's rotation over the step."""
        from cxr_tui.rotation.managed_secrets import managed_secret
        from cxr_tui.rotation.service import RotationService
        from cxr_tui.tui.screens.rotation import RotationScreen

        service = RotationService(self.integration, managed_secret(RESPONSYS_PASSWORD))
        self.app.push_screen(RotationScreen(service), self._back_to_the_step)

    def action_erase(self) -> None:
        """Ask which personal data is to be erased."""
        from cxr_tui.integration.erasure import Scope
        from cxr_tui.tui.dialogs.choose import Question

        integration = self.integration
        options = [(one.value, one.label) for one in Scope]
        self.app.push_screen(
            Question("Erase personal data", options),
            lambda chosen: self._begin_erasing(self._foresee(integration, Scope(chosen))) if chosen else None,
        )

    def _begin_erasing(self, work: Coroutine[None, None, None]) -> None:
        self.run_worker(work, group=ERASING, exclusive=True, exit_on_error=False)

    async def _foresee(self, integration: Integration, scope: Scope) -> None:
        """Say what would be erased, and ask once more."""
        from cxr_tui.integration import erase
        from cxr_tui.tui.dialogs.choose import Question

        try:
            found = await asyncio.to_thread(
                erase.examine, integration.guide, integration.place, integration.name, scope
            )
        except (erase.UnderWayError, JournalError) as error:
            self.pane.work_line.tell(visible(str(error), 500), "$warning", 60)
            return
        places = counted(sum(found.counts.values()), "place")
        words = f"Erase it: {places} in the journal, {counted(len(found.files), 'file')}"
        options = [("", "Keep everything"), ("erase", words)]
        self.app.push_screen(
            Question("This cannot be undone", options),
            lambda answer: self._begin_erasing(self._erase(integration, scope)) if answer else None,
        )

    async def _erase(self, integration: Integration, scope: Scope) -> None:
        """Erase, forget what is typed, and say what remains."""
        from cxr_tui.integration import erase
        from cxr_tui.tui.screens.text_page import PageLine, PageScreen

        try:
            done = await asyncio.to_thread(erase.erase, integration.guide, integration.place, integration.name, scope)
        except (erase.UnderWayError, JournalError) as error:
            self.pane.work_line.tell(visible(str(error), 500), "$error", 60)
            return
        self._drafts = Drafts()
        self._last.clear()
        await self.go_to(integration.current())
        told = erase.lines(done, integration.place, "" if integration.sandboxed else integration.name)
        lines = [PageLine(visible(text, 500), 2 * level) for level, text in told]
        copied = "\n".join(f"{'  ' * level}{text}" for level, text in told)
        await self.app.push_screen(PageScreen(f"{integration.name}   erased", scope.value, lines, copied))

    async def _back_to_the_step(self, _: None) -> None:
        """Show what rotation or preflight have left: steps that were checked anew, and what is still under way."""
        if self.is_current:
            await self.draw()
