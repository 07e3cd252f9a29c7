"""One run over the jobs screen: its facts and its log, read once or followed while it goes on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from cxr_tui.domain.responsys_data import ConnectRun, LogLine
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.tui.widgets.job_detail import RUN_LOOKS, local, log_lines
from cxr_tui.tui.widgets.text_block import Drawn, hanging


class RunSheet(Drawn):
    """Facts and log of a run."""

    def __init__(self, zone: str) -> None:
        super().__init__(id="run-sheet")
        self._zone = zone
        self._facts: list[tuple[str, str, str]] = []
        self._note = "Reading the log…"
        self._log: tuple[LogLine, ...] | None = None

    def show(self, run: JobRun | ConnectRun | None, log: tuple[LogLine, ...] | None, note: str = "") -> None:
        """Show a run as far as it is known; no log yet: None."""
        self._facts = _facts(run, self._zone) if run is not None else []
        self._log, self._note = log, note
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines."""
        lines: list[Content] = []
        for word, text, style in self._facts:
            lines += hanging(Content.styled(f"{word:<10}", "$muted"), text, width, style)
        if self._note:
            lines += [Content(""), *hanging(Content(""), self._note, width, "$accent")]
        if self._log is not None:
            lines += [Content(""), *log_lines(self._log, width)]
        return lines


class RunScreen(ModalScreen[None], inherit_bindings=False):
    """A run over the jobs; whoever pushes it shows on it what becomes known."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "close", "Close", id="run.close", tooltip="Back to the jobs; a run goes on by itself"),
        Binding("up", "scroll(-1)", "Up", id="run.up", tooltip="Scroll up"),
        Binding("down", "scroll(1)", "Down", id="run.down", tooltip="Scroll down"),
        Binding("pageup", "scroll(-10)", "PgUp", id="run.page_up", tooltip="Scroll up a page"),
        Binding("pagedown", "scroll(10)", "PgDn", id="run.page_down", tooltip="Scroll down a page"),
    ]

    def __init__(self, title: str, zone: str) -> None:
        super().__init__()
        self._heading = title
        self.sheet = RunSheet(zone)

    def compose(self) -> ComposeResult:
        """Lay the sheet over the jobs."""
        with Vertical(classes="overlay wide-overlay") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = Content("Esc closes")
            with VerticalScroll(id="run-scroll", can_focus=False):
                yield self.sheet

    def action_scroll(self, rows: int) -> None:
        """Scroll the sheet."""
        self.query_one("#run-scroll").scroll_relative(y=rows, animate=False)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def _facts(run: JobRun | ConnectRun, zone: str) -> list[tuple[str, str, str]]:
    look = RUN_LOOKS[run.status]
    facts = [("status", look.text, look.style)]
    if run.started is not None:
        facts.append(("began", local(run.started, zone), ""))
    numbers = [("took", run.seconds, "seconds"), ("records", run.processed, ""), ("rejected", run.rejected, "")]
    if isinstance(run, JobRun):
        numbers.append(("file", run.size, "bytes"))
    else:
        numbers += [("added", run.added, ""), ("updated", run.updated, "")]
    facts += [(word, f"{count:,} {unit}".rstrip(), "") for word, count, unit in numbers if count is not None]
    if isinstance(run, ConnectRun) and run.error:
        facts.append(("error", run.error, "$error"))
    return facts
