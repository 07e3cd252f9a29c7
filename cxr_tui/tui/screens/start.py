"""The start: three things to choose from, and what this computer still lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from cxr_tui.domain.text import counted, visible
from cxr_tui.tui.actions.table import HELP, QUIT, Action
from cxr_tui.tui.launcher import Choice, Openings
from cxr_tui.tui.screens.action_screen import ActionScreen
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.text_block import TextBlock, hanging


class OpeningScreen(ActionScreen[None], scope="opening"):
    """Shown until an integration is open."""

    EVERYWHERE: ClassVar[tuple[Action, ...]] = (QUIT,)

    def __init__(self, name: str, doing: str) -> None:
        super().__init__(name)
        self._doing = doing

    def body(self) -> Iterable[Widget]:
        """Return an empty middle, and a line for what is being done."""
        yield Container(id="main")
        yield WorkLine()

    def on_mount(self) -> None:
        """Say what is being done."""
        self.query_one(WorkLine).busy(self._doing)

    def on_screen_suspend(self) -> None:
        """Move nothing below the steps."""
        self.query_one(WorkLine).rest()


CHOICES = {
    Choice.REHEARSE: """Rehearse on the sandbox
Practice with simulated products on this computer. No accounts needed;
nothing real is changed. Takes about ten minutes.""",
    Choice.REAL: """Set up the real integration
You need Account Administrator access to Responsys and CX Audience.
Your progress is saved; you can stop at any time.""",
    Choice.JOBS: """Job status
See whether export and import run, and what failed.""",
}
"""What each choice is called, and below it what it means."""
DOING = {
    Choice.REHEARSE: "Starting the sandbox; this takes some seconds",
    Choice.REAL: "Opening",
    Choice.JOBS: "Opening",
}
WHAT = "Connect Oracle Responsys with CX Audience and verify that it works."
NO_JOBS = "No integration is set up yet, so there are no jobs."
MOST_LINES = 4


class StartScreen(ActionScreen[None], scope="start"):
    """What to do first: rehearse, set up, or look at the jobs."""

    CSS_PATH = "../theme/styles/start.tcss"
    AUTO_FOCUS = "#choices"
    EVERYWHERE: ClassVar[tuple[Action, ...]] = (HELP, QUIT)

    def __init__(self, openings: Openings, begin: Callable[[Choice, str], None], stop: Callable[[], object]) -> None:
        """`begin` opens an integration by choice and name in the background, `stop` cancels that."""
        count = len(openings.names)
        super().__init__("start", counted(count, "integration") if count else "nothing is set up here yet")
        self._openings = openings
        self._begin, self._stop = begin, stop
        self._opening = False

    def body(self) -> Iterable[Widget]:
        """Return what this program does, the choices, and what this computer lacks."""
        yield VerticalScroll(
            Label(WHAT, id="what", markup=False),
            OptionList(*_options(), id="choices", markup=False),
            TextBlock(id="lacking"),
            id="start",
            can_focus=False,
        )
        yield WorkLine()

    def on_mount(self) -> None:
        """Look at this computer meanwhile."""
        if self._openings.lacks is not None:
            self.run_worker(self._look_at_machine(self._openings.lacks))

    def _show_lacking(self, texts: Iterable[str]) -> None:
        self.query_one("#lacking", TextBlock).show(partial(_first_lines, text) for text in texts)

    async def _look_at_machine(self, lacks: Callable[[], Awaitable[Sequence[str]]]) -> None:
        try:
            found = await lacks()
        except (OSError, TimeoutError) as error:
            found = (f"could not check for gpg and a keyring ({visible(str(error), 200)})",)
        self._show_lacking(found)

    def offers(self, action_id: str) -> bool:
        """Offer to cancel only while something is being opened."""
        return action_id != "cancel" or self._opening

    def not_opened(self, why: str) -> None:
        """Say why nothing was opened, so that something else can be chosen."""
        self._rest()
        self._show_lacking(why.splitlines())

    def action_choose(self) -> None:
        """Take what is marked."""
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
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
            from cxr_tui.tui.dialogs.choose import Question  # loaded when wanted: the first frame does without it

            options = [(name, name) for name in names]
            if choice is Choice.REAL and self._openings.name not in names:
                options.append((self._openings.name, f"{self._openings.name}   new"))
            self.ask(Question("Choose an integration", options), partial(self._open, choice))

    def _open(self, choice: Choice, name: str) -> None:
        self._opening = True
        self.show_keys()
        self._show_lacking(())
        self.query_one(WorkLine).busy(DOING[choice])
        self._begin(choice, name)

    def action_cancel(self) -> None:
        """Stop opening."""
        if self._opening:
            self._rest()
            self._stop()

    def _rest(self) -> None:
        self._opening = False
        self.show_keys()
        self.query_one(WorkLine).rest()


def _options() -> Iterator[Option]:
    """Yield the three things, a blank line between them."""
    for number, (choice, text) in enumerate(CHOICES.items()):
        if number:
            yield Option("", disabled=True)
        title, _, rest = text.partition("\n")
        yield Option(Content.assemble((title, "bold"), "\n", (rest, "$muted")), id=choice.name)


def _first_lines(text: str, width: int) -> list[Content]:
    """Return the first lines of what is lacking; `doctor` has all of them."""
    lines = hanging(Content.styled("! ", "$warning"), text, width)
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], Content.styled("  … cxr-tui doctor shows the rest", "$muted")]
