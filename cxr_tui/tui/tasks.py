"""What is done beside the steps, laid over them: the jobs, a file's preflight, the password's rotation."""

from __future__ import annotations

from cxr_tui.guide.evidence import RESPONSYS_PASSWORD
from cxr_tui.setup.session import Setup
from cxr_tui.setup.situation import has_jobs
from cxr_tui.tui.papers import PapersScreen


class TasksScreen(PapersScreen, inherit_bindings=False):
    """A step over which other tasks can be laid. Their modules are loaded when they are wanted."""

    def action_show_jobs(self) -> None:
        """Lay the jobs over the step."""
        from cxr_tui.jobs.service import JobsService
        from cxr_tui.tui.jobs import JobsScreen

        self.app.push_screen(JobsScreen(JobsService(self.setup)))

    def show_jobs_if_any(self) -> None:
        """Lay the jobs over the step, or say why there is nothing to look at yet."""
        if has_jobs(self.setup):
            self.action_show_jobs()
        else:
            self.pane.work_line.tell("No job is set up yet; this is where the work goes on", seconds=12)

    def action_preflight(self) -> None:
        """Lay preflight over the step."""
        from cxr_tui.preflight.service import PreflightService
        from cxr_tui.tui.preflight import PreflightScreen

        if isinstance(self.setup, Setup):
            self.app.push_screen(PreflightScreen(PreflightService(self.setup)), self._back_to_the_step)

    def action_rotate(self) -> None:
        """Lay the password's rotation over the step."""
        from cxr_tui.rotation.rotation import Rotating
        from cxr_tui.rotation.secrets_held import held_secret
        from cxr_tui.tui.rotation import RotationScreen

        if isinstance(self.setup, Setup):
            rotating = Rotating(self.setup, held_secret(RESPONSYS_PASSWORD))
            self.app.push_screen(RotationScreen(rotating), self._back_to_the_step)

    async def _back_to_the_step(self, _: None) -> None:
        """Show what rotation or preflight have left: steps that were checked anew, and what is still under way."""
        if self.is_current:
            await self.draw()
