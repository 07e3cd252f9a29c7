"""What the preflight screen shows: the file, what came of it, one of five views, the keys that make sense now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.domain.finding import Finding
from cxr_tui.preflight.format import form_words
from cxr_tui.preflight.import_options import FileForm, ImportOptions
from cxr_tui.preflight.rehearsal_key.progress import Stage
from cxr_tui.preflight.result import PreflightResult, ReasonCount
from cxr_tui.preflight.service import Expected, PreflightService
from cxr_tui.presentation.instructions import Line as Copyable
from cxr_tui.presentation.instructions import copyables
from cxr_tui.tui.actions.action import Action, Scope, bindings, part_bindings
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.actions.table import HELP, PALETTE, PREFLIGHT_ACTIONS
from cxr_tui.tui.command_palette import ActionCommands
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets import preflight_panels as view
from cxr_tui.tui.widgets.header import Header, TooSmall, WorkLine
from cxr_tui.tui.widgets.keybar import KeyBar
from cxr_tui.tui.widgets.preflight_panels import View
from cxr_tui.tui.widgets.text_block import Drawn, fit, hanging, wrap

_IDS = frozenset(action.id for action in PREFLIGHT_ACTIONS)
READ = "read"
"""What is being done while a file is read."""
_HELLO = (
    "Preflight reads a file as its import will, and says what would be carried, rejected, cut or lost, and why.",
    "Enter reads the file above. {files} lists the files of the file server; a file of this machine is typed there.",
    "The real export can be opened by CX Audience alone. {key} makes a key pair of your own for one rehearsal export.",
)


class Words(Drawn):
    """How the file is read, in one line."""

    text = ""

    def __init__(self) -> None:
        super().__init__(id="form-words")

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        return [Content.styled(fit(self.text, width), "$muted")]


class PreflightView(Screen[None], inherit_bindings=False):
    """One file, what came of it, and the rehearsal, as they stand."""

    CSS_PATH = "../theme/styles/preflight.tcss"
    COMMANDS: ClassVar = {ActionCommands}
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(PREFLIGHT_ACTIONS, Scope.PREFLIGHT),
        Binding("left", "view(-1)", "View before", show=False, id="preflight.view_before", tooltip="The view before"),
        *part_bindings("preflight"),
        Binding("up", "scroll(-1)", "Up", show=False, id="preflight.up", tooltip="Scroll up"),
        Binding("down", "scroll(1)", "Down", show=False, id="preflight.down", tooltip="Scroll down"),
        Binding("pageup", "scroll(-9)", "Page up", show=False, id="preflight.page_up", tooltip="Scroll up a page"),
        Binding("pagedown", "scroll(9)", "Page down", show=False, id="preflight.page_down", tooltip="Scroll down"),
    ]

    def __init__(self, service: PreflightService) -> None:
        super().__init__()
        self._service = service
        self._view = View.REASONS
        self._answer: PreflightResult | None = None
        self._note = "Nothing was read yet."
        self._expected = Expected(ImportOptions())
        self._form: FileForm | None = None
        self._finding: Finding | None = None
        self._trouble = ""
        """Why the last work came to nothing."""
        self._notice = ""
        """What is said once the present work has ended."""
        self._reveal = False
        self._busy = ""
        self._rehearsing = service.rehearsing()
        self._todo = service.todo()

    def compose(self) -> ComposeResult:
        """Lay out header, file, summary, views, sheet, keys."""
        yield Header(f"{self._service.name}   preflight")
        with Container(classes="line-row"):
            yield Line(placeholder="a file of this machine, or sftp:PATH on the file server")
        yield Words()
        yield view.Summary()
        yield view.Strip()
        # In a container: shown or hidden by itself, the list would stand there in a window that is too small as well.
        with Container(id="reasons-row"):
            yield OptionList(id="reasons", markup=False, compact=True)
        with VerticalScroll(id="preflight-scroll", can_focus=False):
            yield view.Sheet()
        yield WorkLine()
        yield KeyBar()
        yield TooSmall()

    @property
    def source(self) -> Line:
        """The line that names the file."""
        return self.query_one(Line)

    @property
    def busy(self) -> bool:
        """Whether a file is being read, or something is done for the rehearsal."""
        return bool(self._busy)

    @property
    def plan(self) -> ImportOptions:
        """How the next file is read."""
        plan = self._expected.plan
        return replace(plan, form=self._form) if self._form is not None else plan

    @property
    def reason(self) -> ReasonCount | None:
        """The reason that is marked."""
        reasons = self._answer.reasons if self._answer else ()
        at = self.query_one("#reasons", OptionList).highlighted
        return reasons[min(at or 0, len(reasons) - 1)] if reasons else None

    # Drawing

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw everything from what is known."""
        self._rehearsing, self._todo = self._service.rehearsing(), self._service.todo()
        badge = "sandbox" if self._service.sandboxed else ""
        reminder = "rehearsal key in use" if self._rehearsing.stage is Stage.READ else ""
        self.query_one(Header).show(badge, "", reminder)
        words = self.query_one(Words)
        words.text = form_words(self.plan)
        words.redraw()
        if self._busy != READ:
            self.query_one(view.Summary).show(self._answer, self._note)
        self.query_one(view.Strip).show(self._view, self._answer)
        self._draw_reasons()
        self._draw_sheet()
        self._draw_keys()

    def _draw_reasons(self) -> None:
        reasons, answer = self.query_one("#reasons", OptionList), self._answer
        shown = answer is not None and bool(answer.reasons) and self._view is View.REASONS
        reasons.display = shown
        if answer is None or not shown:
            return
        width = max(reasons.content_size.width or self.size.width - 4, 40)
        lines = [view.reason_line(one, answer, width - 2) for one in answer.reasons]  # beside a scroll bar
        if reasons.option_count != len(lines):
            reasons.clear_options()
            reasons.add_options(Option(line) for line in lines)
            reasons.highlighted = 0
        else:
            for at, line in enumerate(lines):
                reasons.replace_option_prompt_at_index(at, line)

    def _draw_sheet(self) -> None:
        make, trouble = self._sheet(), self._trouble
        if trouble:
            head = Content.styled("✗ ", "$error")
            self.query_one(view.Sheet).show(
                lambda width: [*hanging(head, trouble, width, "$error"), Content(""), *make(width)]
            )
        else:
            self.query_one(view.Sheet).show(make)

    def _sheet(self) -> Callable[[int], list[Content]]:
        answer, reason, reveal = self._answer, self.reason, self._reveal
        match self._view:
            case View.KEY:
                told, todo, finding = self._rehearsing, self._todo, self._finding
                return lambda width: view.key_lines(told, todo, finding, width)
            case View.FINDINGS:
                return lambda width: view.all_findings(answer, self._expected.unseen, width)
            case View.COLUMNS if answer is not None:
                return lambda width: view.column_lines(answer, width)
            case View.MATCH if answer is not None:
                return lambda width: view.match_lines(answer, width)
            case View.REASONS if reason is not None:
                return lambda width: view.reason_lines(reason, width, reveal=reveal)
            case View.REASONS if answer is not None:
                return lambda width: view.all_findings(answer, (), width)
            case _:
                keys = {name: shown_key(self.app, f"preflight.{name}") for name in ("files", "key")}
                hello = [text.format(**keys) for text in _HELLO]
                return lambda width: [Content(line) for text in hello for line in (*wrap(text, width), "")]

    def _draw_keys(self) -> None:
        self.query_one(KeyBar).show(self.offered())

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done now."""
        own = [(action, self.label_of(action)) for action in PREFLIGHT_ACTIONS if self.offers(action.id)]
        return [*own, (PALETTE, PALETTE.label), (HELP, HELP.label)]

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked in the bottom line."""
        event.stop()
        await self.run_action(next(action.handler for action, _ in self.offered() if action.id == event.action))

    def offers(self, handler: str) -> bool:
        """Say whether an action makes sense now."""
        match handler:
            case "operate":
                return not self._busy and self._service.sandboxed
            case "reveal":
                samples = self.reason.samples if self.reason else ()
                return self._view is View.REASONS and any(one.value is not None for one in samples)
            case "copy":
                return bool(self.copyables())
            case "read" | "files" | "form" | "key":
                return not self._busy
            case _:
                return True

    def label_of(self, action: Action) -> str:
        """Return what an action is called now."""
        if action.id == "reveal" and self._reveal:
            return "Hide"
        return "Cancel" if action.id == "back" and self._busy else action.label

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let a key do something only where its action makes sense."""
        return action not in _IDS or not self.is_mounted or self.offers(action)

    def copyables(self) -> list[Copyable]:
        """Return what can be copied of this view."""
        if self._view is View.KEY:
            return copyables(self._todo.visits)
        if self._view is not View.REASONS or self.reason is None:
            return []
        lines = ", ".join(str(line) for line in self.reason.lines)
        return [Copyable("Lines", lines, lines)]
