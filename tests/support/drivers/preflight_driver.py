"""Driving the preflight screen as a person does, over a real journal and local files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import OptionList

import cxr_tui.tui.app
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import answer_entry
from cxr_tui.journal.store import Journal
from cxr_tui.preflight.service import PreflightService
from cxr_tui.tui.screens.preflight import PreflightScreen
from cxr_tui.tui.theme.themes import DARK
from cxr_tui.tui.widgets.text_block import Drawn
from support.drivers.wizard_driver import drawn
from support.paths import PACKAGE
from support.sandboxes.preflight_rehearsal import MemoryCredentials

SMALL, MEDIUM, WIDE = (80, 24), (100, 30), (120, 36)


class PreflightApp(App[None], inherit_bindings=False):
    """An app with nothing but the preflight screen, in the wizard's colours."""

    CSS_PATH = [PACKAGE / "tui" / "theme" / "styles" / name for name in ("base.tcss", "step.tcss")]  # noqa: RUF012 - Textual declares it without ClassVar
    HORIZONTAL_BREAKPOINTS = cxr_tui.tui.app.WizardApp.HORIZONTAL_BREAKPOINTS

    def __init__(self, service: PreflightService) -> None:
        super().__init__()
        self.service = service
        self.register_theme(DARK)
        self.theme = DARK.name

    def on_mount(self) -> None:
        self.push_screen(PreflightScreen(self.service))


@dataclass
class PreflightDriven:
    """A running preflight screen."""

    app: App[None]
    pilot: Pilot[None]

    @property
    def screen(self) -> PreflightScreen:
        return next(one for one in self.app.screen_stack if isinstance(one, PreflightScreen))

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

    async def read(self, file: Path) -> None:
        """Name a file and have it read."""
        self.screen.source.value = ""
        self.screen.source.focus()
        await self.type(str(file))
        await self.press("enter")

    async def settle(self) -> None:
        """Wait until nothing is being done any more; what ends can begin something else."""
        await self.pilot.pause()
        while True:
            while self._works():
                await self.pilot.pause(0.01)
            await drawn(self.app)
            await self.pilot.pause()
            if not self._works():
                return

    def _works(self) -> bool:
        return not all(worker.is_finished for worker in self.app.workers)

    def assert_nothing_is_cut(self) -> None:
        for widget in [one for one in self.app.screen.walk_children() if isinstance(one, Drawn)]:
            width = widget.content_size.width
            if widget.display and width:
                for line in widget.lines(width):
                    assert line.cell_length <= width, f"{widget} cuts {line.plain!r}"
        for options in self.app.screen.query(OptionList):
            for at in range(options.option_count if options.display else 0):
                for text in str(options.get_option_at_index(at).prompt).splitlines():
                    assert len(text) <= options.content_size.width, f"{options} cuts {text!r}"


def opened(folder: Path, **answers: str) -> Integration:
    """Open a new integration, with answers as `step__name`."""
    folder.mkdir(exist_ok=True)
    integration = Integration(GUIDE, Journal(folder / "journal.db"), MemoryCredentials(), None, "acme")
    told = [key.replace("_", "-", key.partition("__")[0].count("_")).split("__") for key in answers]
    entries = [answer_entry(step, name, answers[key], "typed") for key, (step, name) in zip(answers, told, strict=True)]
    if entries:
        integration.note(entries)
    return integration


@asynccontextmanager
async def preflight_driven(
    integration: Integration,
    size: tuple[int, int] = SMALL,
    service: Callable[[Integration], PreflightService] = PreflightService,
) -> AsyncIterator[PreflightDriven]:
    """Run the preflight screen without a terminal."""
    app = PreflightApp(service(integration))
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        drive = PreflightDriven(app, pilot)
        await drive.settle()
        yield drive
