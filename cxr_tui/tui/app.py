"""The app around every screen: themes, keys, palette, and failures.

It loads no more than its first frame needs; the guide and the screens of the steps come after that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.filter import LineFilter, NoColor
from textual.screen import Screen

from cxr_tui.config.settings import Settings
from cxr_tui.system.terminal import SMALLEST, few_colors
from cxr_tui.tui.actions.keymap import keymap_from
from cxr_tui.tui.actions.table import ACTIONS_OF, INTERRUPT, QUIT
from cxr_tui.tui.driver import driver_class
from cxr_tui.tui.launcher import CannotOpenError, Choice, Openings
from cxr_tui.tui.messages import Notice
from cxr_tui.tui.screens.action_screen import ActionScreen
from cxr_tui.tui.theme.scrollbar import use_whole_cells
from cxr_tui.tui.theme.themes import DARK, HIGH_CONTRAST, THEMES
from cxr_tui.tui.widgets.header import TooSmall, WorkLine

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration
    from cxr_tui.tui.screens.wizard import WizardScreen

MEDIUM, WIDE = 100, 140
"""Columns from which on the list is beside the step, and from which on help is there too."""

TALL = 34
"""Rows from which on fields have blank lines between them."""

OPENING = "opening"
"""Group of the one thing that is being opened."""

TWICE = 2.0
"""Seconds within which Ctrl+C pressed again quits."""


class WizardApp(App[None], inherit_bindings=False):
    """The full-screen wizard for one integration; its caller closes the integration."""

    TITLE = "cxr-tui"
    CSS_PATH = "theme/styles/base.tcss"
    COMMANDS: ClassVar = set()
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (SMALLEST[0], "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - Textual declares it without ClassVar
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (SMALLEST[1], "-short"), (TALL, "-tall")]  # noqa: RUF012 - likewise
    BINDINGS: ClassVar[list[BindingType]] = [action.binding() for action in ACTIONS_OF["app"]]

    def __init__(
        self,
        integration: Integration | None = None,
        crash_folder: Path | None = None,
        settings: Settings | None = None,
        openings: Openings | None = None,
    ) -> None:
        """Take an open integration, or what can be opened."""
        super().__init__(driver_class=driver_class())
        self._integration = integration
        self._openings = openings
        self.wizard: WizardScreen | None = None
        """The steps, once an integration is open."""
        self.failure: BaseException | None = None
        """Why nothing could be opened, where the app ended by that."""
        self.settings = settings or Settings()
        self._crash_folder = crash_folder
        use_whole_cells()
        for theme in THEMES.values():
            self.register_theme(theme)
        self.no_color = bool(os.environ.get("NO_COLOR"))
        self._uncolored = NoColor()
        self._wanted = THEMES.get(self.settings.theme, DARK)
        # A theme set in the usual way would be applied once more as soon as the first screen stands.
        self.set_reactive(App.theme, self._wanted.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self.keymap = keymap_from(self.settings.keymap)
        self.set_keymap(self.keymap.keys)
        self._interrupted = 0.0
        self._warned_of = 0
        """How many unsaved entries the warning named in a window too small for a question."""

    def get_default_screen(self) -> Screen[None]:
        """Begin with the screen that says what is being opened, where nothing is asked first."""
        if self._openings is None or not self._openings.doing:
            return super().get_default_screen()
        from cxr_tui.tui.screens.start import OpeningScreen

        return OpeningScreen(self._openings.name, self._openings.doing)

    async def on_mount(self) -> None:
        """Show the wizard or the start screen, or open what the command line names."""
        if few_colors(os.environ) and self._wanted is DARK and not (self.no_color or self.is_headless):
            self.theme = HIGH_CONTRAST.name  # the dark theme would lose its shades
        if self._integration is not None:
            await self.push_screen(self._steps(self._integration))
            self._tell_complaints()
        elif self._openings is not None and self._openings.doing:
            self.call_after_refresh(self.open, Choice.AS_TOLD)
        elif self._openings is not None:
            from cxr_tui.tui.screens.start import StartScreen

            stop = partial(self.workers.cancel_group, self, OPENING)
            await self.push_screen(StartScreen(self._openings, self.open, stop))
            self._tell_complaints()

    def _tell_complaints(self) -> None:
        """Say what is wrong with the person's own keys, on a screen that stays."""
        if self.keymap.complaints:
            first, *more = self.keymap.complaints
            text = f"{first}{f' (and {len(more)} more)' if more else ''}"
            self.screen.call_after_refresh(self.tell, text, "$warning", 30)

    # Opening

    def open(self, choice: Choice, name: str = "") -> None:
        """Open an integration while the screen goes on; then show its steps."""
        self.run_worker(self._open(choice, name), name=OPENING, group=OPENING, exclusive=True)

    async def _open(self, choice: Choice, name: str) -> None:
        if self._openings is None:
            return
        try:
            await asyncio.to_thread(import_module, "cxr_tui.tui.screens.wizard")
            self._integration = await self._openings.begin(choice, name)
        except CannotOpenError as error:
            self._not_opened(error)
            return
        except Exception as error:  # noqa: BLE001 - it ends the program as it would without a screen
            self.failure = error
            self.exit()
            return
        over = self.push_screen if len(self.screen_stack) == 1 else self.switch_screen  # the default screen stays
        await over(self._steps(self._integration))
        self._tell_complaints()
        if choice is Choice.JOBS and self.wizard is not None:
            from cxr_tui.tui.screens.tasks import jobs_if_any

            jobs_if_any(self.wizard)

    def _not_opened(self, error: CannotOpenError) -> None:
        """Show the error at the start, where something else can be chosen; without a start screen, end the program."""
        from cxr_tui.tui.screens.start import StartScreen

        start = next((one for one in self.screen_stack if isinstance(one, StartScreen)), None)
        if start is not None:
            start.not_opened(str(error))
            return
        self.failure = error.__cause__ or error
        self.exit()

    def _steps(self, integration: Integration) -> WizardScreen:
        from cxr_tui.tui.screens.wizard import WizardScreen

        self.wizard = WizardScreen(integration, self.settings.clipboard_seconds)
        return self.wizard

    # Actions of every screen

    @property
    def too_small(self) -> bool:
        """Whether the window is too small for the screens."""
        return self.size.width < SMALLEST[0] or self.size.height < SMALLEST[1]

    async def on_event(self, event: events.Event) -> None:
        """Ignore keys and pastes after the program was left, and in a window too small for them, except to quit."""
        if self.return_code is not None and isinstance(event, events.Key | events.Paste):
            return
        if self.too_small and isinstance(event, events.Key | events.Paste):
            quits = ",".join(self.keymap.key(action) for action in (QUIT, INTERRUPT)).split(",")
            if isinstance(event, events.Paste) or event.key not in quits:
                return
        await super().on_event(event)

    def action_command_palette(self) -> None:
        """Offer all actions and steps by name."""
        if isinstance(self.screen, ActionScreen):
            self.search_commands(self.screen.commands(), placeholder="Find an action or a step")

    def action_search(self) -> None:
        """Find steps, fields and findings by their words."""
        from textual.command import CommandPalette

        from cxr_tui.tui.command_palette import SearchCommands

        if self.screen is self.wizard:
            self.push_screen(CommandPalette([SearchCommands], placeholder="Search steps, fields, values, findings"))

    def action_help(self) -> None:
        """Lay help over the screen: for the field and the step, else the keys of the screen."""
        from cxr_tui.tui.screens.help import HelpScreen

        screen = self.screen
        if isinstance(screen, ActionScreen):
            self.push_screen(HelpScreen(screen.help_text(), [action for action, _ in screen.offered()]))

    def action_tour(self) -> None:
        """Lay the tour over the screen."""
        from cxr_tui.tui.screens.tour import TourScreen

        if not isinstance(self.screen, TourScreen):
            self.push_screen(TourScreen())

    async def action_interrupt(self) -> None:
        """Copy the selection; without a selection, quit when pressed twice."""
        from textual.widgets import Input, TextArea

        from cxr_tui.tui.fields.secret import SecretInput

        field = self.screen.focused
        own = field.selected_text if isinstance(field, Input | TextArea) and not isinstance(field, SecretInput) else ""
        marked = own or self.screen.get_selected_text()
        if marked:
            self.copy_to_clipboard(marked)
            self.tell("Copied the selection")
        elif monotonic() - self._interrupted < TWICE:
            await self.action_leave()
        else:
            self._interrupted = monotonic()
            self.tell("Press Ctrl+C again to quit")

    def tell(self, text: str, style: str = "$muted", seconds: float = 6.0) -> None:
        """Show a notice in the work line of the topmost screen that has one."""
        for screen in reversed(self.screen_stack):
            line = screen.query_one_optional(WorkLine)
            if line is not None:
                line.tell(text, style, seconds)
                return

    def on_notice(self, event: Notice) -> None:
        """Show a notice of a part that is no screen."""
        self.tell(event.text, event.style, event.seconds)

    async def action_leave(self) -> None:
        """Quit from any screen: overlays close first, then the wizard asks if entries would be lost."""
        screen = self.wizard
        if screen is None:
            self.exit()
            return
        while self.screen is not screen:
            await self.pop_screen()
        drafts = screen.controller.drafts
        if not drafts or (self.too_small and len(drafts) == self._warned_of):
            self.exit()
            return
        if self.too_small:
            self._warned_of = len(drafts)
            warning = f"{drafts.count}. Quit again to lose {'it' if len(drafts) == 1 else 'them'}."
            screen.query_one(TooSmall).warning = warning
            return
        screen.agree(drafts.count, "Stay and save (F5)", "Quit without saving", lambda _: self.exit())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Remove every color where NO_COLOR is set; Textual would leave grays, which are colors to a terminal too."""
        return [self._uncolored] if self.no_color else super().get_line_filters()

    def action_change_colors(self) -> None:
        """Switch to the next theme: dark, light, high contrast."""
        names = [theme.name for theme in THEMES.values()]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    # Failure

    def report(self, error: BaseException) -> str:
        """Return a sentence on an error that does not end the program; for a bug, write a report."""
        from cxr_tui.domain.errors import machine_fault

        if words := machine_fault(error):
            return words
        path = self._write_report(error)
        return f"Internal error ({type(error).__name__}). Report: {path or 'could not be written'}"

    def _write_report(self, error: BaseException) -> Path | None:
        from cxr_tui.integration.paths import crash_home
        from cxr_tui.security import crash_report
        from cxr_tui.tui.fields.secret import SecretInput

        # A widget that cannot be asked any more must not hide the error that the report is about.
        hidden: list[str] = []
        where = "start"
        with contextlib.suppress(Exception):
            for screen in self.screen_stack:
                hidden += [line.value for line in screen.query(SecretInput)]
            where = self.wizard.step_id if self.wizard is not None else where
        return crash_report.leave_report(self._crash_folder or crash_home(), error, where, hidden)

    def _handle_exception(self, error: Exception) -> None:
        """End with a report; Textual's own way would print every local variable, secrets among them.

        Textual offers no public hook for this, so its private attributes are set as its own method sets them.
        """
        from rich.text import Text

        from cxr_tui.security import crash_report

        self._return_code = crash_report.EXIT_CODE
        if self._exception is None:
            self._exception = error
            self._exit_renderables.append(Text(crash_report.crash_message(error, self._write_report(error))))
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *_: object) -> None:
        """End with a report where Textual itself stops; it would exit with code 0."""
        self._handle_exception(RuntimeError("Textual has given up"))

    def _fatal_error(self) -> None:
        """Never let Textual draw its traceback, which shows local variables too."""
        self._close_messages_no_wait()
