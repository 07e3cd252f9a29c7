"""Driving the jobs screen as a person does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import OptionList

from cxr_tui.integration.integration import Integration
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.service import JobsService
from cxr_tui.tui.screens.jobs import JobsScreen
from cxr_tui.tui.theme.themes import DARK
from cxr_tui.tui.widgets.text_block import Drawn
from support.drivers.wizard_driver import drawn
from support.paths import PACKAGE

SMALL, MEDIUM, WIDE = (80, 24), (100, 30), (120, 36)


class JobsApp(App[None], inherit_bindings=False):
    """An app with nothing but the jobs screen, in the wizard's colours."""

    CSS_PATH = [PACKAGE / "tui" / "theme" / "styles" / name for name in ("base.tcss", "step.tcss")]  # noqa: RUF012 - Textual declares it without ClassVar

    def __init__(self, service: JobsService) -> None:
        super().__init__()
        self.service = service
        self.register_theme(DARK)
        self.theme = DARK.name

    def on_mount(self) -> None:
        self.push_screen(JobsScreen(self.service))


@dataclass
class JobsDriven:
    """A running jobs screen."""

    app: JobsApp
    pilot: Pilot[None]

    @property
    def screen(self) -> JobsScreen:
        return next(one for one in self.app.screen_stack if isinstance(one, JobsScreen))

    @property
    def lines(self) -> list[str]:
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type into what has the focus, all at once as a paste does: the driver waits at every single key."""
        self.app.screen.post_message(events.Paste(text))
        await self.settle()

    async def choose(self, kind: JobKind) -> None:
        jobs = self.screen.query_one("#jobs", OptionList)
        jobs.highlighted = [job.kind for job in self.screen.status.jobs].index(kind)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is being done any more."""
        await self.pilot.pause()
        while any(worker.is_running for worker in self.app.workers):
            await self.pilot.pause(0.01)
        await drawn(self.app)
        await self.pilot.pause()

    def assert_nothing_is_cut(self) -> None:
        for widget in [one for one in self.app.screen.walk_children() if isinstance(one, Drawn)]:
            width = widget.content_size.width
            if widget.display and width:
                for line in widget.lines(width):
                    assert line.cell_length <= width, f"{widget} cuts {line.plain!r}"
        for options in self.app.screen.query(OptionList):
            for at in range(options.option_count):
                prompt = options.get_option_at_index(at).prompt
                for text in str(prompt).splitlines():
                    assert len(text) <= options.content_size.width, f"{options} cuts {text!r}"


@asynccontextmanager
async def jobs_driven(
    integration: Integration, size: tuple[int, int] = SMALL, service: JobsService | None = None
) -> AsyncIterator[JobsDriven]:
    """Run the jobs screen without a terminal, and wait for its first look."""
    app = JobsApp(service or JobsService(integration))
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        drive = JobsDriven(app, pilot)
        await drive.settle()
        yield drive
