"""The preflight screen: what the import would say of a file, and the rehearsal that lets the real one be read.

All I/O is the service's. Values of people are shown as shapes; the values themselves only on request, and never saved.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from textual import on
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.worker import Worker, WorkerState

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.validators import email_address
from cxr_tui.journal.store import JournalError
from cxr_tui.preflight.import_options import FileForm, ImportOptionsError
from cxr_tui.preflight.reading.local import SourceError
from cxr_tui.preflight.rehearsal_key.progress import Stage
from cxr_tui.preflight.runner import Progress
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.dialogs.base import LineScreen
from cxr_tui.tui.dialogs.choose import CopyPicker, Question
from cxr_tui.tui.dialogs.preflight import FormScreen, LinesScreen
from cxr_tui.tui.messages import CopyWanted
from cxr_tui.tui.screens.preflight import READ, PreflightView
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.preflight_panels import Summary, View

_WORK, _LOOK = "work", "look"
_MOST_OF_PATH = 48
_PROVE, _REMOVE, _OPEN = "prove", "remove", "open"
_STILL_USED = "Remove the pair all the same; what is encrypted to it stays closed"
_CHOICES = {
    Stage.MADE: (
        (_OPEN, "The export has run with it: read its file"),
        (_REMOVE, "Remove the pair; its key was never chosen in Responsys"),
    ),
    Stage.READ: ((_PROVE, "Verify that the export uses the right key again"), (_REMOVE, _STILL_USED)),
    Stage.REPLACED: ((_REMOVE, "Remove the pair"), (_PROVE, "Look at the newest file once more")),
}


@dataclass
class Flown(Message):
    """The reading has come so far."""

    progress: Progress


class PreflightScreen(PreflightView, inherit_bindings=True):
    """One file, what came of it, and the rehearsal."""

    def on_mount(self) -> None:
        """Show what the journal knows, and look how the import job reads its file."""
        remembered = self._service.remembered()
        self.source.value = self._service.proposed_source()
        if remembered is not None:
            self._answer = remembered.answer
            self._note = f"read {remembered.at:%Y-%m-%d %H:%M} UTC: {_end_of(remembered.file)}"
        if self._rehearsing.stage.unsafe or self._rehearsing.stage is Stage.REPLACED:
            self._view = View.KEY
        self.draw()
        self.source.focus()
        self._start(_LOOK, "", self._expect)

    # Work

    def _start(self, group: str, saying: str, work: Callable[[], Awaitable[None]]) -> None:
        if saying:
            self._busy, self._finding, self._trouble = group, None, ""
            self.query_one(WorkLine).busy(saying)
        self.run_worker(work(), group=group, exclusive=True, exit_on_error=False)
        self._draw_keys()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show how it ended; an error that nobody expected is reported, never swallowed."""
        event.stop()
        if event.state not in (WorkerState.SUCCESS, WorkerState.ERROR, WorkerState.CANCELLED):
            return
        line, error = self.query_one(WorkLine), event.worker.error
        if event.worker.group == self._busy:
            self._busy = ""
            line.rest()
        if event.state is WorkerState.CANCELLED:
            self._notice = "Stopped; nothing was kept of it" if event.worker.group == READ else "Stopped"
        elif isinstance(error, (OutsideError, JournalError, ImportOptionsError, SourceError, VisitRefusedError)):
            self._trouble = visible(str(error))
        elif error is not None:
            report = getattr(self.app, "report", None)
            self._trouble = report(error) if report else type(error).__name__
        if self._notice:
            line.tell(self._notice, "$warning")
            self._notice = ""
        self.draw()

    async def _expect(self) -> None:
        self._expected = await self._service.expected()

    def action_read(self) -> None:
        """Read the file that stands above."""
        file = self.source.value.strip()
        if not file:
            self.query_one(WorkLine).tell(self._choose_first(), "$warning")
            self.source.focus()
            return
        if self._busy:
            return
        self._reveal = False
        self.query_one(Summary).reading(None)
        self._start(READ, f"Reading {visible(file, 100)}", partial(self._read, file))

    async def _read(self, file: str) -> None:
        answer = await self._service.read(file, self.plan, self._tell)
        self._answer, self._note = answer, _end_of(file)
        reasons = self.query_one("#reasons", OptionList)
        reasons.clear_options()
        self._view = View.REASONS if answer.rows else View.FINDINGS
        self.draw()
        self.set_focus(reasons if reasons.display else None)
        self.query_one("#preflight-scroll").scroll_home(animate=False)

    def _tell(self, progress: Progress) -> None:
        self.post_message(Flown(progress))

    def on_flown(self, event: Flown) -> None:
        """Show how far the reading is."""
        event.stop()
        if self._busy == READ:
            self.query_one(Summary).reading(event.progress)

    # Choosing

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_read()

    @on(OptionList.OptionHighlighted, "#reasons")
    def _marked(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_sheet()
        self._draw_keys()

    def action_files(self) -> None:
        """Offer the files of the export's folders."""

        async def offer() -> None:
            files = await self._service.files()
            if files:
                own = ("", "A file of this machine: type where it is")
                self.app.push_screen(Question("Which file", [*files, own]), self._chosen)
            else:
                self._chosen("")
                self._notice = "No file is there; a file of this machine can be typed"

        self._start(_WORK, "Listing the files on the file server", offer)

    def _chosen(self, file: str | None) -> None:
        if file:
            self.source.value = file
        self.source.focus()

    def action_view(self, by: int) -> None:
        """Show another view."""
        views = list(View)
        self._show(views[(views.index(self._view) + by) % len(views)])

    def _show(self, wanted: View) -> None:
        self._view = wanted
        self.draw()
        self.query_one("#preflight-scroll").scroll_home(animate=False)
        reasons = self.query_one("#reasons", OptionList)
        if self.focused is not self.source or wanted is View.KEY:
            self.set_focus(reasons if reasons.display else None)

    def action_form(self) -> None:
        """Ask how the file is written."""
        self.app.push_screen(FormScreen(self.plan.form), self._form_told)

    def _form_told(self, form: FileForm | None) -> None:
        if form is not None:
            self._form = form
            self.draw()

    def action_reveal(self) -> None:
        """Show the values, or their shapes again."""
        self._reveal = not self._reveal
        self.draw()

    def action_copy(self) -> None:
        """Offer what can be copied of this view."""
        self.app.push_screen(CopyPicker(self.copyables()))

    def on_copy_wanted(self, event: CopyWanted) -> None:
        """Copy a value and say so."""
        event.stop()
        self.app.copy_to_clipboard(event.text)
        self.query_one(WorkLine).tell(f"Copied {event.label}: {event.text}", "$success")

    def action_scroll(self, rows: int) -> None:
        """Scroll the sheet."""
        self.query_one("#preflight-scroll").scroll_relative(y=rows, animate=False)

    def action_back(self) -> None:
        """Stop what is being done; else back to the steps."""
        if self._busy:
            self.workers.cancel_group(self, self._busy)
        else:
            self.dismiss(None)

    @on(OptionList.OptionSelected, "#reasons")
    def _opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.reason is not None:
            self.app.push_screen(LinesScreen(self.reason, reveal=self._reveal), self._lines_closed)

    def _lines_closed(self, reveal: bool | None) -> None:
        self._reveal = bool(reveal)
        self.draw()

    # The rehearsal

    def _choose_first(self) -> str:
        return f"Type a file, or choose one with {shown_key(self.app, 'preflight.files')}"

    def action_key(self) -> None:
        """Show the rehearsal, and offer what can be done about its key."""
        if self._view is not View.KEY:
            self._show(View.KEY)
        stage = self._rehearsing.stage
        if stage is Stage.NONE:
            self.app.push_screen(
                LineScreen(
                    "Email address in the rehearsal key",
                    "Enter makes the pair",
                    "It stands in the public half, so that colleagues see whose key it is.",
                    lambda address: email_address(address, Known({})),
                    self._service.proposed_email(),
                ),
                self._address_told,
            )
            return
        options = [*_CHOICES[stage], ("", "Nothing now")]
        self.app.push_screen(Question("The rehearsal key", options), self._key_answered)

    def _address_told(self, address: str | None) -> None:
        if address:

            async def make() -> None:
                await self._service.make_pair(address)

            self._start(_WORK, "Making a key pair of 3072 bits", make)

    def _key_answered(self, answer: str | None) -> None:
        if answer == _PROVE:
            self._start(_WORK, "Looking to whom the newest file is encrypted", self._prove)
        elif answer == _REMOVE:
            self._start(_WORK, "Removing the pair", self._remove)
        elif answer == _OPEN:
            self._start(READ, "Looking for the newest file", self._read_newest)

    async def _read_newest(self) -> None:
        newest = await self._service.newest_source()
        if not newest:
            self._notice = self._choose_first()
            return
        self.source.value = newest
        self._say(f"Reading {newest}")
        await self._read(newest)

    async def _prove(self) -> None:
        self._finding = await self._service.prove()

    async def _remove(self) -> None:
        await self._service.remove_pair()

    def action_operate(self) -> None:
        """Let the sandbox's operator do what comes next, and look at what came of it."""
        self._show(View.KEY)
        stage = self._rehearsing.stage
        if stage is Stage.REPLACED:
            self._start(_WORK, "Removing the pair", self._remove)
        elif stage is Stage.READ:
            self._start(_WORK, "Switching the key back", self._switch_back)
        else:
            self._start(_WORK, "Making a key pair", self._rehearse)

    async def _rehearse(self) -> None:
        if self._rehearsing.stage is Stage.NONE:
            await self._service.make_pair(self._service.proposed_email())
        await self._service.operate(self._say)
        self.source.value = await self._service.newest_source()
        self._say(f"Reading {self.source.value}")
        await self._read(self.source.value)

    async def _switch_back(self) -> None:
        await self._service.operate(self._say)
        await self._prove()

    def _say(self, text: str) -> None:
        self.query_one(WorkLine).busy(visible(text, 200))


def _end_of(file: str) -> str:
    """Return where a file lies; of a long path its end, which tells it from others."""
    shown = visible(file, 1000)
    return shown if len(shown) <= _MOST_OF_PATH else f"…{shown[1 - _MOST_OF_PATH :]}"
