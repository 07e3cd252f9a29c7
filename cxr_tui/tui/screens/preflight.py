"""The preflight screen: what the import would do with a file, and the rehearsal that makes the real file readable.

The service does all I/O. Personal values are shown as shapes; the values themselves only on request, and never saved.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from enum import StrEnum
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, Label, ProgressBar, TabbedContent, TabPane, Tabs
from textual.worker import Worker

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.validators import email_address
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.rehearsal_key.stage import Stage
from cxr_tui.preflight.result import PreflightResult, ReasonCount
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.service import PreflightService
from cxr_tui.presentation.instructions import Line as Copyable
from cxr_tui.presentation.instructions import copyables
from cxr_tui.presentation.preflight import options_line, progress_line
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.actions.table import Action
from cxr_tui.tui.dialogs.base import LineScreen
from cxr_tui.tui.dialogs.choose import CopyPicker, Question
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.screens.action_screen import WorkScreen
from cxr_tui.tui.widgets import preflight_panels as panels
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.table import Table
from cxr_tui.tui.widgets.text_block import Block, Paragraph, TextBlock, fit

READ, WORK, LOOK = "read", "work", "look"
"""What is being done: a file is read, something is done for the rehearsal, the import's options are looked up."""
_MOST_OF_PATH = 48
_CHOICES = {
    Stage.MADE: [
        ("open", "The export has run with it: read its file"),
        ("remove", "Remove the pair; its key was never chosen in Responsys"),
        ("", "Nothing now"),
    ],
    Stage.READ: [
        ("prove", "Verify that the export uses the right key again"),
        ("remove", "Remove the pair anyway; files encrypted to it cannot be opened any more"),
        ("", "Nothing now"),
    ],
}
_HELLO = (
    "Preflight reads a file as its import will, and shows which records would be rejected, cut or lost, and why.",
    "Enter reads the file above. {files} lists the files of the file server; for one of this computer, type its path.",
    "Only CX Audience can open the real export. {key} makes your own key pair for one rehearsal export.",
)


class View(StrEnum):
    """What of a result is shown; the values are the ids of the tabs."""

    REASONS = "reasons"
    COLUMNS = "columns"
    MATCH = "match"
    FINDINGS = "findings"
    KEY = "key"

    @property
    def tab(self) -> str:
        """What the tab is called."""
        return "Rehearsal key" if self is View.KEY else self.value.capitalize()


class PreflightScreen(WorkScreen[None], scope="preflight"):
    """One file, what an import would do with it, and the rehearsal."""

    CSS_PATH = "../theme/styles/preflight.tcss"
    EXPECTED: ClassVar[tuple[type[Exception], ...]] = (*WorkScreen.EXPECTED, VisitRefusedError)
    BINDINGS: ClassVar[list[BindingType]] = [
        # before the parts that scroll: they would take the arrows for themselves
        Binding("left", "view(-1)", "Before", False, priority=True, id="preflight.left", tooltip="Previous view"),
        Binding("right", "view(1)", "Next", False, priority=True, id="preflight.right", tooltip="Next view"),
    ]

    def __init__(self, service: PreflightService) -> None:
        super().__init__(f"{service.name}   preflight")
        self._service = service
        self.source = Line(placeholder="a file of this computer, or sftp:PATH on the file server")
        self._answer: PreflightResult | None = None
        self._note = "No file was read yet."
        self._expected = ImportOptions()
        self._finding: Finding | None = None
        self._reveal = False
        self._rehearsing = service.rehearsing()
        self._todo = service.todo()

    def body(self) -> Iterable[Widget]:
        """Return the file, the result, its views, and what is being done."""
        yield Container(self.source, classes="line-row")
        yield Label(id="form-words", markup=False)
        yield ProgressBar(total=None, show_percentage=False, show_eta=False, id="progress")
        yield TextBlock(id="summary-text")
        yield TextBlock(id="trouble-text")
        with TabbedContent():
            for view in View:
                with TabPane(view.tab, id=view.value):
                    if view is View.REASONS:
                        yield Table("reason-table")
                    yield VerticalScroll(TextBlock(id=f"{view.value}-text"), classes="sheet")
        yield WorkLine()

    def on_mount(self) -> None:
        """Show what the journal knows, and look up how the import job reads its file."""
        self.query_one(Tabs).can_focus = False  # F3 and the arrows turn the views from anywhere
        remembered = self._service.remembered()
        self.source.value = self._service.proposed_source()
        if remembered is not None:
            self._answer = remembered.answer
            self._note = f"read {remembered.at:%Y-%m-%d %H:%M} UTC: {_end_of(remembered.file)}"
        if self._rehearsing.pair is not None:
            self.view = View.KEY
        self.draw()
        self.source.focus()
        self.start(LOOK, self._look_up_options)

    @property
    def view(self) -> View:
        """The view that is shown."""
        return View(self.query_one(TabbedContent).active or View.REASONS)

    @view.setter
    def view(self, view: View) -> None:
        self.query_one(TabbedContent).active = view.value

    @property
    def reason(self) -> ReasonCount | None:
        """The marked reason."""
        reasons = self._answer.reasons if self._answer else ()
        return reasons[min(self.query_one(Table).cursor_row, len(reasons) - 1)] if reasons else None

    # Drawing

    def on_resize(self) -> None:
        """Fit the bars to the width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw everything from what is known."""
        self._rehearsing, self._todo = self._service.rehearsing(), self._service.todo()
        badge = "sandbox" if self._service.sandboxed else ""
        reminder = "rehearsal key in use" if self._rehearsing.stage is Stage.READ else ""
        self.header.show(badge, "", reminder)
        self.query_one("#form-words", Label).update(Content(options_line(self._expected)))
        answer, tabs = self._answer, self.query_one(TabbedContent)
        if self.busy != READ:
            self._show("summary", [partial(panels.summary_lines, answer, self._note)])
        counts = (answer.reasons, answer.columns, answer.findings) if answer else ((), (), ())
        for view, parts in zip((View.REASONS, View.COLUMNS, View.FINDINGS), counts, strict=True):
            tabs.get_tab(view).label = f"{view.tab} {len(parts)}" if answer else view.tab
        table = self.query_one(Table)
        table.display = bool(answer and answer.reasons)
        if answer is not None and answer.reasons:
            table.show(panels.reason_cells(answer, self.size.width))
        self._draw_sheets()
        self.show_keys()

    def _show(self, text: str, blocks: Iterable[Block]) -> None:
        """Show blocks in the text with this id: that of a view, or one above the views."""
        self.query_one(f"#{text}-text", TextBlock).show(blocks)

    def _draw_sheets(self) -> None:
        answer, reason = self._answer, self.reason
        if reason is not None:
            self._show("reasons", panels.reason_blocks(reason, reveal=self._reveal))
        elif answer is not None:
            self._show("reasons", panels.result_findings(answer, ()))
        else:
            keys = {name: shown_key(self.app, f"preflight.{name}") for name in ("files", "key")}
            hello = [block for text in _HELLO for block in (Paragraph(text.format(**keys)), Paragraph())]
            self._show("reasons", hello)
        if answer is not None:
            self._show("columns", [partial(panels.column_lines, answer)])
            self._show("match", panels.match_blocks(answer))
        self._show("findings", panels.result_findings(answer, self._expected.unseen))
        self._show("key", panels.key_blocks(self._rehearsing, self._todo, self._finding))

    def _show_trouble(self, text: str) -> None:
        head = Content.styled("✗ ", "$error")
        self._show("trouble", [Paragraph(text, style="$error", head=head)] if text else [])

    def offers(self, action_id: str) -> bool:
        """Say whether an action makes sense now."""
        if not self.is_mounted:
            return False
        match action_id:
            case "operate":
                return not self.busy and self._service.sandboxed
            case "reveal":
                samples = self.reason.samples if self.reason else ()
                return self.view is View.REASONS and any(one.value is not None for one in samples)
            case "copy":
                return bool(self.copyables())
            case "read" | "files" | "key":
                return not self.busy
            case _:
                return True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the arrows move the cursor while a file is typed."""
        if action == "view" and parameters:
            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    def label_of(self, action: Action) -> str:
        """Return what an action is called now."""
        if action.id == "reveal" and self._reveal:
            return "Hide"
        return "Cancel" if action.id == "back" and self.busy else action.label

    def copyables(self) -> list[Copyable]:
        """Return what can be copied of this view."""
        if self.view is View.KEY:
            return copyables(self._todo.visits)
        if self.view is not View.REASONS or self.reason is None:
            return []
        lines = ", ".join(str(line) for line in self.reason.lines)
        return [Copyable("Lines", lines, lines)]

    # Work

    def start(self, group: str, work: Callable[[], Awaitable[object]], saying: str = "") -> None:
        """Do something, and forget what went wrong before."""
        if saying:
            self._finding = None
            self._show_trouble("")
        super().start(group, work, saying)

    def ended(self, worker: Worker[object]) -> None:
        """Show how it ended."""
        if not self.busy:
            self.remove_class("-reading")
        if worker.is_cancelled:
            words = "Canceled; nothing of the file was kept" if worker.group == READ else "Canceled"
            self.work_line.tell(words, "$warning")
        elif worker.error is not None:
            self._show_trouble(self.failure(worker.error))
        elif isinstance(worker.result, str):
            self.work_line.tell(worker.result, "$warning")

    async def _look_up_options(self) -> None:
        self._expected = await self._service.expected()

    @on(Input.Submitted)
    def action_read(self) -> None:
        """Read the file that is named above."""
        file = self.source.value.strip()
        if not file:
            self.work_line.tell(self._choose_first(), "$warning")
            self.source.focus()
            return
        if self.busy:
            return
        self._reveal = False
        self.start(READ, partial(self._read, file), f"Reading {visible(file, 100)}")

    async def _read(self, file: str) -> None:
        self._show_progress(None)
        self._answer = await self._service.read(file, self._expected, self._report_progress)
        self._note = _end_of(file)
        self.draw()
        self._turn_to(View.REASONS if self._answer.rows else View.FINDINGS)

    def _report_progress(self, progress: Progress) -> None:
        self.call_later(self._show_progress, progress)  # from the thread that reads

    def _show_progress(self, progress: Progress | None) -> None:
        """Show how far the reading is; what comes after its end is of no interest."""
        if self.busy != READ:
            return
        bar = self.query_one(ProgressBar)
        self.add_class("-reading")
        bar.update(total=progress.size or None if progress else None, progress=progress.done if progress else 0)
        words = progress_line(progress) if progress else "Opening the file…"
        self._show("summary", [lambda width: [Content.styled(fit(words, width), "$muted")]])

    # Choosing

    @on(DataTable.RowHighlighted)
    def _mark(self) -> None:
        self._draw_sheets()
        self.show_keys()

    @on(TabbedContent.TabActivated)
    def _turned(self) -> None:
        self.show_keys()

    def action_files(self) -> None:
        """Offer the files of the export's folders."""

        async def offer() -> str | None:
            files = await self._service.files()
            if files:
                own = ("", "A file on this computer: type its path")
                self.app.push_screen(Question("Choose a file", [*files, own]), self._chosen)
                return None
            self._chosen("")
            return "There are no files; type the path of a file of this computer"

        self.start(WORK, offer, "Listing the files on the file server")

    def _chosen(self, file: str | None) -> None:
        if file:
            self.source.value = file
        self.source.focus()

    def action_view(self, by: int = 1) -> None:
        """Show another view."""
        views = list(View)
        self._turn_to(views[(views.index(self.view) + by) % len(views)])

    def _turn_to(self, view: View) -> None:
        self.view = view
        sheet = self.query_one(f"#{view.value} VerticalScroll", VerticalScroll)
        sheet.scroll_home(animate=False)
        table = self.query_one(Table)
        if self.focused is not self.source or view is View.KEY or self.busy:
            self.set_focus(table if view is View.REASONS and table.display else sheet)
        self.show_keys()

    def action_reveal(self) -> None:
        """Show the values, or their shapes again."""
        self._reveal = not self._reveal
        self.draw()

    def action_copy(self) -> None:
        """Offer what can be copied of this view."""
        self.app.push_screen(CopyPicker(self.copyables()))

    def action_back(self) -> None:
        """Stop what is being done; else back to the steps."""
        if self.busy:
            self.workers.cancel_group(self, self.busy)
        else:
            self.dismiss(None)

    @on(DataTable.RowSelected)
    def _open(self) -> None:
        self.query_one("#reasons VerticalScroll").focus()  # where the reason is read on

    # The rehearsal

    def _choose_first(self) -> str:
        return f"Type a file, or choose one with {shown_key(self.app, 'preflight.files')}"

    def action_key(self) -> None:
        """Show the rehearsal, and offer what can be done about its key."""
        if self.view is not View.KEY:
            self._turn_to(View.KEY)
        stage = self._rehearsing.stage
        if stage is Stage.NONE:
            dialog = LineScreen(
                "Email address in the rehearsal key",
                "Enter makes the pair, Esc closes",
                "The public half shows it, so that colleagues see whose key it is.",
                lambda address: email_address(address, Known({})),
                Line(value=self._service.proposed_email()),
            )
            making = "Making a key pair of 3072 bits"
            self.ask(dialog, lambda email: self.start(WORK, partial(self._service.make_pair, email), making))
            return
        acts = {
            "prove": partial(self.start, WORK, self._prove, "Checking to which key the newest file is encrypted"),
            "remove": partial(self.start, WORK, self._service.remove_pair, "Removing the pair"),
            "open": partial(self.start, READ, self._read_newest, "Looking for the newest file"),
        }
        self.ask(Question("The rehearsal key", _CHOICES[stage]), lambda answer: acts[answer]())

    async def _read_newest(self) -> str | None:
        newest = await self._service.newest_source()
        if not newest:
            return self._choose_first()
        self.source.value = newest
        self._say(f"Reading {newest}")
        await self._read(newest)
        return None

    async def _prove(self) -> None:
        self._finding = await self._service.prove()

    def action_operate(self) -> None:
        """Let the sandbox's operator do the next part, and show its result."""
        self._turn_to(View.KEY)
        if self._rehearsing.stage is Stage.READ:
            self.start(WORK, self._switch_back, "Switching the key back")
        else:
            self.start(WORK, self._rehearse, "Making a key pair")

    async def _rehearse(self) -> str | None:
        if self._rehearsing.stage is Stage.NONE:
            await self._service.make_pair(self._service.proposed_email())
        await self._service.operate(self._say)
        return await self._read_newest()

    async def _switch_back(self) -> None:
        await self._service.operate(self._say)
        await self._prove()

    def _say(self, text: str) -> None:
        self.work_line.busy(visible(text, 200))


def _end_of(file: str) -> str:
    """Return where a file is; of a long path its end, which differs most."""
    shown = visible(file, 1000)
    return shown if len(shown) <= _MOST_OF_PATH else f"…{shown[1 - _MOST_OF_PATH :]}"
