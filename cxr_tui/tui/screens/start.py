"""What stands there when nothing is set up yet: three things to choose from, and what this machine still lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from cxr_tui.domain.text import counted, visible
from cxr_tui.tui.actions.action import Action, Scope, bindings
from cxr_tui.tui.actions.table import OPENING_ACTIONS, START_ACTIONS
from cxr_tui.tui.command_palette import ActionCommands
from cxr_tui.tui.dialogs.choose import Question
from cxr_tui.tui.launcher import Choice, Openings
from cxr_tui.tui.messages import ActionPressed, OpeningWanted
from cxr_tui.tui.widgets.header import Header, TooSmall, WorkLine
from cxr_tui.tui.widgets.keybar import KeyBar
from cxr_tui.tui.widgets.text_block import Drawn, hanging


class OpeningScreen(Screen[None], inherit_bindings=False):
    """Stands until an integration is open."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OPENING_ACTIONS, Scope.OPENING)]

    def __init__(self, name: str, doing: str) -> None:
        super().__init__()
        self._integration = name
        self._doing = doing

    def compose(self) -> ComposeResult:
        """Lay out header, an empty middle, what is being done, keys."""
        yield Header(self._integration)
        yield Container(id="main")
        yield WorkLine(self._doing)
        yield KeyBar([(action, action.label) for action in OPENING_ACTIONS if action.in_bar])
        yield TooSmall()

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked."""
        event.stop()
        await self.run_action("app.leave")


CHOICES = {
    Choice.REHEARSE: """Rehearse on the sandbox
Both products, played on this machine: no account needed, nothing real
touched. The browser's part is done for you; ten minutes with reading.""",
    Choice.REAL: """Set up for real
Behavioral data for CX Audience, audiences for Responsys.
Needs Account Administrator access to both; progress is saved.""",
    Choice.JOBS: """Look at jobs
Whether export and import run: the last runs, the next, and what failed.""",
}
"""What each is called, and under it what it means."""
DOING = {
    Choice.REHEARSE: "Starting the sandbox, some seconds",
    Choice.REAL: "Opening",
    Choice.JOBS: "Opening",
}
WHAT = "Connects Oracle Responsys with CX Audience and verifies that it works."
NO_JOBS = "Nothing is set up here yet, so there are no jobs; a rehearsal has some."
MOST_LINES = 4


class Lacking(Drawn):
    """What is wanting, each in a few lines at most; `doctor` has them whole."""

    def __init__(self) -> None:
        super().__init__(id="lacking")
        self._texts: tuple[str, ...] = ()

    def show(self, texts: Sequence[str]) -> None:
        """Show other texts."""
        self._texts = tuple(texts)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the texts, wrapped."""
        lines: list[Content] = []
        for text in self._texts:
            whole = hanging(Content.styled("! ", "$warning"), text, width)
            lines += whole[:MOST_LINES]
            if len(whole) > MOST_LINES:
                lines.append(Content.styled("  … cxr-tui doctor tells the rest", "$muted"))
        return lines


class StartScreen(Screen[None], inherit_bindings=False):
    """The start of somebody who has begun nothing yet."""

    CSS_PATH = "../theme/styles/start.tcss"
    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(START_ACTIONS, Scope.START)]
    COMMANDS: ClassVar = {ActionCommands}

    def __init__(self, openings: Openings) -> None:
        super().__init__()
        self._openings = openings
        self._opening = False

    def compose(self) -> ComposeResult:
        """Lay out header, what this is, the three things, what is lacking, keys."""
        yield Header("start")
        with VerticalScroll(id="start", can_focus=False):
            yield Label(WHAT, id="what", markup=False)
            yield OptionList(*_options(), id="choices", markup=False)
            yield Lacking()
        yield WorkLine()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Say how much is begun, and look at this machine meanwhile."""
        count = len(self._openings.names)
        begun = f"{counted(count, 'integration')} begun here" if count else "nothing is set up here yet"
        self.query_one(Header).show("", begun)
        self.query_one(KeyBar).show([(action, action.label) for action in START_ACTIONS if action.in_bar])
        if self._openings.lacks is not None:
            self.run_worker(self._look_at_machine(self._openings.lacks))

    async def _look_at_machine(self, lacks: Callable[[], Awaitable[Sequence[str]]]) -> None:
        try:
            found = await lacks()
        except (OSError, TimeoutError) as error:
            found = (f"whether gpg and a keyring are there could not be looked at ({visible(str(error), 200)})",)
        self.query_one(Lacking).show(found)

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done now, for palette and help."""
        return [(action, action.label) for action in START_ACTIONS if action.id != "cancel" or self._opening]

    def not_opened(self, why: str) -> None:
        """Say why nothing was opened, so that something else can be chosen."""
        self._rest()
        self.query_one(Lacking).show(why.splitlines())

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked."""
        event.stop()
        action = next(one for one in START_ACTIONS if one.id == event.action)
        await self.run_action(action.handler)

    def action_choose(self) -> None:
        """Take what is marked."""
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        choice, names = Choice[str(event.option_id)], self._openings.names
        if self._opening:
            return
        if choice is Choice.JOBS and not names:
            self.query_one(WorkLine).tell(NO_JOBS, "$warning", 12)
        elif choice is Choice.REHEARSE or (not names and choice is Choice.REAL):
            self._open(choice, "")
        elif choice is Choice.JOBS and len(names) == 1:
            self._open(choice, names[0])
        else:
            options = [(name, name) for name in names]
            if choice is Choice.REAL and self._openings.name not in names:
                options.append((self._openings.name, f"{self._openings.name}   a new one"))
            self.app.push_screen(Question("Which integration", options), lambda name: self._named(choice, name))

    def _named(self, choice: Choice, name: str | None) -> None:
        if name:
            self._open(choice, name)

    def _open(self, choice: Choice, name: str) -> None:
        self._opening = True
        self.query_one(Lacking).show(())
        self.query_one(WorkLine).busy(DOING[choice])
        self.post_message(OpeningWanted(choice, name))

    def action_cancel(self) -> None:
        """Stop opening."""
        if self._opening:
            self._rest()
            self.post_message(OpeningWanted(None, ""))

    def _rest(self) -> None:
        self._opening = False
        self.query_one(WorkLine).rest()


def _options() -> Iterator[Option]:
    """Yield the three things, a blank line between them."""
    for number, (choice, text) in enumerate(CHOICES.items()):
        if number:
            yield Option("", disabled=True)
        title, _, rest = text.partition("\n")
        yield Option(Content.assemble((title, "bold"), "\n", (rest, "$muted")), id=choice.name)
