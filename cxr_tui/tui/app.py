"""The app around the wizard's screen: themes, palette, signals, and what happens when it fails."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import BindingType
from textual.command import CommandPalette
from textual.filter import LineFilter
from textual.widget import Widget
from textual.widgets import Input, TextArea

from cxr_tui.config.settings import Settings
from cxr_tui.guide.evidence import RESPONSYS_PASSWORD
from cxr_tui.jobs.service import JobsService
from cxr_tui.preflight.stages import reminder as rehearsal_reminder
from cxr_tui.privacy import crash
from cxr_tui.rotation.ages import reminder
from cxr_tui.rotation.rotation import Rotating
from cxr_tui.rotation.secrets_held import held_secret
from cxr_tui.setup.contract import SetupView
from cxr_tui.setup.integrations import crash_home
from cxr_tui.setup.session import Setup
from cxr_tui.setup.situation import has_file, has_jobs, has_password
from cxr_tui.tui.action import Scope, bindings
from cxr_tui.tui.actions import APP_ACTIONS
from cxr_tui.tui.bars import WorkLine
from cxr_tui.tui.colours import Depth, Uncoloured, depth, theme_for
from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.help import HelpScreen
from cxr_tui.tui.keymap import keymap_from
from cxr_tui.tui.palette import Offering, OnSetup, SearchCommands
from cxr_tui.tui.picker import Question
from cxr_tui.tui.scrollbar import use_whole_cells
from cxr_tui.tui.sizes import MEDIUM, SMALLEST, TALL, WIDE
from cxr_tui.tui.themes import DARK, THEMES, following
from cxr_tui.tui.wizard import WizardScreen

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


TWICE = 2.0
"""Seconds within which Ctrl+C pressed again quits."""


class WizardApp(App[None], inherit_bindings=False):
    """The full-screen wizard over one setup; it never closes the setup, whoever opened it does."""

    TITLE = "cxr-tui"
    CSS_PATH = "styles.tcss"
    COMMANDS: ClassVar = set()
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - Textual declares it without ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (SMALLEST[1], "-short"), (TALL, "-tall")]  # noqa: RUF012 - likewise
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP_ACTIONS, Scope.APP)]

    def __init__(self, setup: SetupView, crash_folder: Path | None = None, settings: Settings | None = None) -> None:
        super().__init__()
        self.setup = setup
        self.settings = settings or Settings()
        self._crash_folder = crash_folder
        use_whole_cells()
        for theme in THEMES.values():
            self.register_theme(theme)
        self.no_color = bool(os.environ.get("NO_COLOR"))
        self._uncoloured = Uncoloured()
        self._wanted = THEMES.get(self.settings.theme, DARK)
        self.theme = self._wanted.name
        self.keymap = keymap_from(self.settings.keymap)
        self.set_keymap(self.keymap.keys)
        self._interrupted = 0.0

    def on_mount(self) -> None:
        """Show the wizard, and leave in good order when the terminal or the system says so."""
        if not self.is_headless:
            colours = depth(os.environ)
            self.no_color = colours is Depth.NONE
            self.theme = theme_for(self._wanted, colours).name
        self.push_screen(WizardScreen(self.setup))
        if self.keymap.complaints:
            self.call_after_refresh(self._complain)
        loop = asyncio.get_running_loop()
        for one in _SIGNALS:
            # Not the main thread, or a system without them: then the default stays.
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(one, self.exit)

    def _complain(self) -> None:
        """Say what of the settings' keys could not be used."""
        first, *more = self.keymap.complaints
        self.tell(f"{first}{f' (and {len(more)} more)' if more else ''}", "$warning", 30)

    def on_unmount(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for one in _SIGNALS:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(one)

    def action_command_palette(self) -> None:
        """Offer all actions and steps by name."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder="Find an action or a step", id="--command-palette"))

    def action_search(self) -> None:
        """Find steps, fields and findings by their words."""
        if isinstance(self.screen, OnSetup):
            hint = "Search steps, fields, values, findings"
            self.push_screen(CommandPalette([SearchCommands], placeholder=hint, id="--command-palette"))

    def action_help(self) -> None:
        """Lay help over the screen: for the field and the step, else the keys of the screen."""
        screen = self.screen
        if isinstance(screen, WizardScreen):
            self.push_screen(HelpScreen(screen.help_text(), screen.possible()))
        elif isinstance(screen, Offering):
            self.push_screen(HelpScreen(None, [action for action, _ in screen.offered()]))

    def action_jump(self) -> None:
        """Lay letters over everything in sight that takes the focus."""
        from cxr_tui.tui.jump import JumpScreen, places  # loaded when it is wanted

        found = places(self.screen.focus_chain, self.screen.region)
        if found:
            self.push_screen(JumpScreen(found), self._jumped)

    def _jumped(self, widget: Widget | None) -> None:
        if widget is not None and widget.is_attached:
            self.screen.set_focus(widget)

    async def action_interrupt(self) -> None:
        """Copy what is marked; where nothing is, leave at the second time."""
        field = self.screen.focused
        own = field.selected_text if isinstance(field, Input | TextArea) and not isinstance(field, SecretInput) else ""
        marked = own or self.screen.get_selected_text()
        if marked:
            self.copy_to_clipboard(marked)
            self.tell("Copied what is marked")
        elif monotonic() - self._interrupted < TWICE:
            await self.action_leave()
        else:
            self._interrupted = monotonic()
            self.tell("Press Ctrl+C once more to quit")

    def tell(self, text: str, style: str = "$muted", seconds: float = 6.0) -> None:
        """Say something in the line of the screen that has one for it."""
        for screen in reversed(self.screen_stack):
            line = screen.query_one_optional(WorkLine)
            if line is not None:
                line.tell(text, style, seconds)
                return

    async def action_leave(self) -> None:
        """Quit from wherever: overlays close first, then the wizard asks if something would be lost."""
        screen = next((one for one in self.screen_stack if isinstance(one, WizardScreen)), None)
        if screen is None:
            self.exit()
            return
        while self.screen is not screen:
            await self.pop_screen()
        count = screen.unconfirmed
        if not count:
            self.exit()
            return
        title = f"{count} value{'s' * (count > 1)} typed, not confirmed"
        options = [("", "Stay, and confirm with F5"), ("leave", "Quit; what was typed is lost")]
        self.push_screen(Question(title, options), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.exit()

    def has_jobs(self) -> bool:
        """Say whether the export is set up as far as its schedule, so that there is something to look at."""
        return has_jobs(self.setup)

    def action_show_jobs(self) -> None:
        """Lay the jobs over the wizard."""
        from cxr_tui.tui.jobs import JobsScreen  # loaded when it is wanted: the wizard starts without it

        if self.has_jobs() and isinstance(self.screen, WizardScreen):
            self.push_screen(JobsScreen(JobsService(self.setup)))

    def has_file(self) -> bool:
        """Say whether the export is set up as far as its file, so that there is something to read."""
        return isinstance(self.setup, Setup) and has_file(self.setup)

    def action_preflight(self) -> None:
        """Lay preflight over the wizard."""
        from cxr_tui.preflight.service import PreflightService  # both loaded when wanted: the wizard starts without
        from cxr_tui.tui.preflight import PreflightScreen

        if self.has_file() and isinstance(self.setup, Setup) and isinstance(self.screen, WizardScreen):
            self.push_screen(PreflightScreen(PreflightService(self.setup)), self._back_to_the_step)

    def has_password(self) -> bool:
        """Say whether the integration user's first password holds, or is being exchanged already."""
        return isinstance(self.setup, Setup) and has_password(self.setup)

    def reminder(self) -> str:
        """Return a few words where the password wants attention."""
        ledger = self.setup.ledger()
        return rehearsal_reminder(ledger) or reminder(ledger, self.setup.server_time())

    def action_rotate(self) -> None:
        """Lay the password's rotation over the wizard."""
        from cxr_tui.tui.rotation import RotationScreen  # loaded when it is wanted: the wizard starts without it

        if self.has_password() and isinstance(self.setup, Setup) and isinstance(self.screen, WizardScreen):
            rotating = Rotating(self.setup, held_secret(RESPONSYS_PASSWORD))
            self.push_screen(RotationScreen(rotating), self._back_to_the_step)

    async def _back_to_the_step(self, _: None) -> None:
        """Show what rotation or preflight have left: steps that were checked anew, and what is still under way."""
        if isinstance(self.screen, WizardScreen):
            await self.screen.draw()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Take every colour away where there is to be none."""
        return [self._uncoloured] if self.no_color else super().get_line_filters()

    def action_change_colours(self) -> None:
        """Go on to the next of the themes: dark, light, high contrast."""
        self.theme = following(self.theme).name

    def report(self, error: BaseException) -> str:
        """Write a report on an error that did not end the program, and say where it lies."""
        path = self._write_report(error)
        return f"An error of its own ({type(error).__name__}); report: {path or 'could not be written'}"

    def _write_report(self, error: BaseException) -> Path | None:
        # A widget that cannot be asked any more must not hide the error that the report is about.
        hidden: list[str] = []
        where = "start"
        with contextlib.suppress(Exception):
            for screen in self.screen_stack:
                hidden += [line.value for line in screen.query(SecretInput)]
                where = screen.step_id if isinstance(screen, WizardScreen) else where
        return crash.leave_report(self._crash_folder or crash_home(), error, where, hidden)

    def _handle_exception(self, error: Exception) -> None:
        """End with a report; Textual's own way would print every local variable, secrets among them."""
        self._return_code = crash.EXIT_CODE
        if self._exception is None:
            self._exception = error
            self._exit_renderables.append(Text(crash.farewell(error, self._write_report(error))))
            self._exception_event.set()
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """Never let Textual draw its traceback, from wherever it is called."""
        self._close_messages_no_wait()
