"""What all screens beside the steps share: header, bottom line, and actions that are offered only where they apply."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import SimpleCommand
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from cxr_tui.domain.errors import InputError, OutsideError
from cxr_tui.domain.text import visible
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.actions.table import ACTIONS_OF, BY_ID, HELP, PALETTE, Action
from cxr_tui.tui.messages import CopyWanted, Notice
from cxr_tui.tui.widgets.header import Header, KeyBar, TooSmall, WorkLine
from cxr_tui.tui.widgets.text_block import Block, TextBlock

if TYPE_CHECKING:
    from cxr_tui.tui.screens.help import HelpText

Result = TypeVar("Result")
Entry = TypeVar("Entry")
Answer = TypeVar("Answer")


class ActionScreen(Screen[Result], inherit_bindings=False):
    """A screen whose keys, bottom line, palette and help come from its actions."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "Next", False, id="screen.focus_next", tooltip="The next part"),
        Binding("shift+tab", "app.focus_previous", "Before", False, id="screen.focus_back", tooltip="The part before"),
    ]
    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    EVERYWHERE: ClassVar[tuple[Action, ...]] = (PALETTE, HELP)
    """Actions of the app that are offered here too."""
    EXPECTED: ClassVar[tuple[type[Exception], ...]] = (OutsideError, InputError)
    """Errors whose own words are shown; any other is reported as an error of the program."""

    def __init_subclass__(cls, scope: str = "", **options: bool) -> None:
        """Take the actions of a scope, and bind the keys of the screen's own; those of the app are bound by the app."""
        cls.ACTIONS = ACTIONS_OF.get(scope, cls.ACTIONS)
        own = [action.binding() for action in cls.ACTIONS if action.key and action.scope != "app"]
        cls.BINDINGS = [*own, *cls.__dict__.get("BINDINGS", ())]
        super().__init_subclass__(**options)

    def __init__(self, heading: str, right: str = "", *, sandboxed: bool = False) -> None:
        """`heading` and `right` are at the ends of the header."""
        super().__init__()
        self.header = Header(heading, right, sandboxed=sandboxed)

    def compose(self) -> ComposeResult:
        """Lay out header, body, keys."""
        # Textual sets the classes of a size after the first frame, which would flash in the layout of another size.
        for room, breakpoints in zip(
            self.app.size, (self.app.HORIZONTAL_BREAKPOINTS, self.app.VERTICAL_BREAKPOINTS), strict=True
        ):
            self.add_class(*[name for least, name in breakpoints or () if room >= least][-1:])
        yield self.header
        yield from self.body()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the keys."""
        self.show_keys()

    @abstractmethod
    def body(self) -> Iterable[Widget]:
        """Return what is between header and keys."""

    def offers(self, action_id: str) -> bool:
        """Say whether an action makes sense now."""
        return True

    def label_of(self, action: Action) -> str:
        """Return what an action is called now."""
        return action.label

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done now; a detail that is longer than its room can be read on."""
        own = [(action, self.label_of(action)) for action in self.ACTIONS if self.offers(action.id)]
        if self.is_mounted and any(one.can_focus and one.max_scroll_y > 0 for one in self.query("#detail")):
            own.append((BY_ID["tab"], "Read on"))
        return [*own, *((action, action.label) for action in self.EVERYWHERE)]

    def show_keys(self, offered: Sequence[tuple[Action, str]] | None = None) -> None:
        """Bring the bottom line up to date; actions of the screen that are not meant for it are left out."""
        now = self.offered() if offered is None else offered
        self.query_one(KeyBar).show(
            [(action, label) for action, label in now if action.in_bar or action not in self.ACTIONS]
        )

    def commands(self) -> list[SimpleCommand]:
        """Return what the palette offers here."""
        keys = keymap_of(self.app)
        return [
            SimpleCommand(
                f"{label}  {keys.shown(action)}".rstrip(), partial(self.run_action, action.handler), action.tooltip
            )
            for action, label in self.offered()
            if action.in_palette
        ]

    def help_text(self) -> HelpText | None:
        """Return what help says above the keys."""
        return None

    async def carry_out(self, action_id: str) -> None:
        """Carry out an action, if it makes sense now."""
        for action, _ in self.offered():
            if action.id == action_id:
                await self.run_action(action.handler)
                return

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key do something only where its action makes sense."""
        handler = f"{action}('{parameters[0]}')" if parameters else action
        own = next((one.id for one in self.ACTIONS if one.handler == handler), "")
        return not own or not self.is_mounted or self.offers(own)

    def on_copy_wanted(self, event: CopyWanted) -> None:
        """Copy a value and say so."""
        self.app.copy_to_clipboard(event.text)
        self.app.post_message(Notice(f"Copied {event.label}: {event.text.splitlines()[0]}", "$success"))

    def ask(self, dialog: Screen[Answer], act: Callable[[Answer], Any]) -> None:
        """Show a dialog, and act on its answer unless it is closed or declined."""
        self.app.push_screen(dialog, lambda answer: act(answer) if answer else None)

    def agree(self, question: str, no: str, yes: str, act: Callable[[str], Any]) -> None:
        """Ask a question with two answers, and act on the second."""
        from cxr_tui.tui.dialogs.choose import Question  # loaded when wanted: the first frame does without it

        self.ask(Question(question, [("", no), ("yes", yes)]), act)

    def failure(self, error: BaseException) -> str:
        """Return an error in words; one that is not expected leaves a report."""
        if isinstance(error, self.EXPECTED):
            return visible(str(error))
        report = getattr(self.app, "report", None)
        return str(report(error)) if report else f"{type(error).__name__}: {visible(str(error))}"


class WorkScreen(ActionScreen[Result]):
    """A screen on which one thing at a time is done in the background, and shown in its work line."""

    busy = ""
    """The group of what is being done; empty while nothing is."""

    @property
    def work_line(self) -> WorkLine:
        """The line that shows what is being done."""
        return self.query_one(WorkLine)

    @abstractmethod
    def draw(self) -> None:
        """Draw everything from what is known."""

    def start(self, group: str, work: Callable[[], Awaitable[object]], saying: str = "") -> None:
        """Do something; where nothing is said about it, other work goes on beside it."""
        if saying:
            self.busy = group
            self.work_line.busy(saying)
        self.run_worker(work(), group=group, exclusive=True, exit_on_error=False)
        self.show_keys()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show how it ended."""
        if event.state not in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED):
            return
        if event.worker.group == self.busy:
            self.busy = ""
            self.work_line.rest()
        self.ended(event.worker)
        self.draw()

    def ended(self, worker: Worker[object]) -> None:
        """Show what went wrong."""
        if worker.error is not None:
            self.work_line.tell(self.failure(worker.error), "$error", 60)


class ListScreen(ActionScreen[Result], Generic[Entry, Result]):
    """A list, and the marked entry in full below or beside it."""

    AUTO_FOCUS = "#rows"

    def __init__(self, heading: str, right: str = "", *, sandboxed: bool = False) -> None:
        super().__init__(heading, right, sandboxed=sandboxed)
        self.entries: tuple[Entry | None, ...] = ()
        """The entry in each row; None for a heading or a blank row."""

    def body(self) -> Iterable[Widget]:
        """Return list and detail."""
        yield OptionList(id="rows", markup=False, compact=True)
        yield VerticalScroll(TextBlock(), id="detail")

    def on_mount(self) -> None:
        """Show the list."""
        self.draw()

    def on_resize(self, _: events.Resize) -> None:
        """Fit the rows to the width."""
        self.call_after_refresh(self.draw)

    @abstractmethod
    def rows(self, width: int) -> Sequence[tuple[Content, Entry | None]]:
        """Return the rows for a width in cells."""

    @abstractmethod
    def detail(self, entry: Entry) -> Iterable[Block]:
        """Return what is shown of the marked entry."""

    def first(self) -> int | None:
        """Return the row that is marked first."""
        return next((at for at, entry in enumerate(self.entries) if entry is not None), None)

    @property
    def row_list(self) -> OptionList:
        """The list."""
        return self.query_one("#rows", OptionList)

    def draw(self) -> None:
        """Show the rows again; the same one stays marked."""
        listed = self.row_list
        rows = self.rows(max((listed.content_size.width or self.size.width - 4) - 1, 40))
        at, before = listed.highlighted, len(self.entries)
        self.entries = tuple(entry for _, entry in rows)
        listed.set_options(Option(line, disabled=entry is None) for line, entry in rows)
        listed.highlighted = at if at is not None and before == len(rows) else self.first()
        # A row of several lines is in view as a whole only once their number is known.
        listed.call_after_refresh(listed.scroll_to_highlight)

    @on(OptionList.OptionHighlighted)
    def _mark(self, event: OptionList.OptionHighlighted) -> None:
        entry = self.entries[event.option_index]
        self.query_one("#detail TextBlock", TextBlock).show(self.detail(entry) if entry is not None else ())
        self.query_one("#detail").scroll_home(animate=False)
        self.call_after_refresh(self.show_keys)

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        entry = self.entries[event.option_index]
        if entry is not None:
            self.choose(entry, event.option_index)

    @abstractmethod
    def choose(self, entry: Entry, at: int) -> None:
        """Act on the entry of a row."""

    def action_choose(self) -> None:
        """Act on the marked row."""
        self.row_list.action_select()
