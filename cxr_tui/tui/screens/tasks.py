"""What is done beside the steps, laid over them: jobs, a file's preflight, the password's rotation, erasing."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guided.action_context import has_jobs
from cxr_tui.guided.drafts import Drafts
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import JournalError
from cxr_tui.tui.screens.papers import PapersScreen

if TYPE_CHECKING:
    from cxr_tui.integration.erasure import Scope

ERASING = "erasing"
"""Group of the one erasure."""


class TasksScreen(PapersScreen, inherit_bindings=False):
    """A step over which other tasks can be laid. Their modules are loaded when they are wanted."""

    def action_show_jobs(self) -> None:
        """Lay the jobs over the step."""
        from cxr_tui.jobs.service import JobsService
        from cxr_tui.tui.screens.jobs import JobsScreen

        if isinstance(self.integration, Integration):
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
        from cxr_tui.tui.screens.preflight_tabs import PreflightScreen

        if isinstance(self.integration, Integration):
            self.app.push_screen(PreflightScreen(PreflightService(self.integration)), self._back_to_the_step)

    def action_rotate(self) -> None:
        """Lay the password's rotation over the step."""
        from cxr_tui.rotation.managed_secrets import managed_secret
        from cxr_tui.rotation.service import RotationService
        from cxr_tui.tui.screens.rotation import RotationScreen

        if isinstance(self.integration, Integration):
            service = RotationService(self.integration, managed_secret(RESPONSYS_PASSWORD))
            self.app.push_screen(RotationScreen(service), self._back_to_the_step)

    def action_erase(self) -> None:
        """Ask which personal data is to be erased."""
        from cxr_tui.integration.erasure import Scope
        from cxr_tui.tui.dialogs.choose import Question

        integration = self.integration
        if isinstance(integration, Integration):
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
