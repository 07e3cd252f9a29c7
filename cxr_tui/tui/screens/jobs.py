"""The jobs screen: both jobs, their runs, and a run now. The service does all I/O."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import DataTable, Input, OptionList
from textual.widgets.option_list import Option

from cxr_tui.domain.responsys_data import ConnectRun, LogLine
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.service import Followed, JobsService, obstacle
from cxr_tui.jobs.status import JobStatus
from cxr_tui.tui.dialogs.base import Dialog
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.screens.action_screen import WorkScreen
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.job_detail import job_blocks, job_lines, local, run_blocks, run_cells, search_text
from cxr_tui.tui.widgets.table import Table
from cxr_tui.tui.widgets.text_block import TextBlock

EVERY = 60.0
"""Seconds between two looks."""

_LOOK, _RUN = "look", "run"


class RunScreen(Dialog[None]):
    """A run over the jobs, as far as it is known."""

    WIDE: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss", "Close", id="run.close", tooltip="Back to the jobs; the run continues"),
    ]

    def __init__(self, title: str, zone: str, note: str) -> None:
        super().__init__(title, "Esc closes")
        self._zone = zone
        self._text = TextBlock(*run_blocks(None, zone, None, note))

    def body(self) -> Iterable[Widget]:
        """Return the run."""
        yield VerticalScroll(self._text, classes="fitted")

    def show(self, run: JobRun | ConnectRun | None, log: tuple[LogLine, ...] | None, note: str = "") -> None:
        """Show what is known of the run by now."""
        self._text.show(run_blocks(run, self._zone, log, note))


class JobsScreen(WorkScreen[None], scope="jobs"):
    """Both jobs and their runs; looks again automatically."""

    CSS_PATH = "../theme/styles/jobs.tcss"
    AUTO_FOCUS = "#jobs"

    def __init__(self, service: JobsService) -> None:
        super().__init__(f"{service.name}   jobs")
        self._service = service
        self.status = service.remembered()
        self._chosen = 0
        self._shown_runs: tuple[JobRun, ...] = ()

    def body(self) -> Iterable[Widget]:
        """Return the jobs, the marked one in detail, its runs, and the search."""
        yield OptionList(id="jobs", markup=False, compact=True)
        yield VerticalScroll(TextBlock(), id="job-scroll", can_focus=False)
        yield Container(Line(placeholder="search the runs: a date, an outcome, a number"), classes="line-row")
        yield Table("runs")
        yield WorkLine()

    def on_mount(self) -> None:
        """Show what the journal knows, then look, now and at intervals."""
        self.query_one(Line).display = False
        self.draw()
        self.action_look()
        self.set_interval(EVERY, partial(self.start, _LOOK, self._look))

    @property
    def job(self) -> JobStatus | None:
        """The marked job."""
        jobs = self.status.jobs
        return jobs[min(self._chosen, len(jobs) - 1)] if jobs else None

    # Drawing

    def on_resize(self) -> None:
        """Fit the jobs to the width."""
        self.call_after_refresh(self._draw_jobs)

    def draw(self) -> None:
        """Draw everything from the newest look."""
        status = self.status
        looked = f"as of {local(status.at, status.zone)}{'' if status.zone else ' UTC'}"
        healthy = sum(job.assessment.healthy for job in status.jobs)
        self.header.show(looked, f"{healthy} of {len(status.jobs)} in order")
        self._draw_jobs()
        self._draw_job()

    def _draw_jobs(self) -> None:
        jobs = self.query_one("#jobs", OptionList)
        width = max(jobs.content_size.width or self.size.width - 4, 40) - 2
        at = jobs.highlighted or 0
        jobs.set_options(Option(job_lines(job, self.status.zone, width)) for job in self.status.jobs)
        jobs.highlighted = at if self.status.jobs else None

    def _draw_job(self) -> None:
        self.query_one("#job-scroll TextBlock", TextBlock).show(job_blocks(self.job, self.status))
        self._draw_runs()

    def _draw_runs(self) -> None:
        zone, words = self.status.zone, self.query_one(Line).value.casefold().split()
        runs = self.job.runs if self.job is not None else ()
        self._shown_runs = tuple(run for run in runs if all(word in search_text(run, zone) for word in words))
        table = self.query_one(Table)
        table.show([run_cells(run, zone) for run in self._shown_runs])
        noun = "run" if len(runs) == 1 else "runs"
        count = f"{len(self._shown_runs)} of {len(runs)} {noun}" if words else f"{len(runs)} {noun} seen"
        table.border_title = Content(count if self.job is not None else "")

    # Looking

    def action_look(self) -> None:
        """Look at both jobs."""
        self.start(_LOOK, self._look, "Looking at both jobs")

    async def _look(self) -> None:
        self.status = await self._service.look()

    # Choosing and searching

    @on(OptionList.OptionHighlighted)
    def _mark(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._chosen:
            self._chosen = event.option_index
            self.query_one("#job-scroll").scroll_home(animate=False)
            self._draw_job()

    def action_search(self) -> None:
        """Search the runs."""
        line = self.query_one(Line)
        line.display = True
        line.focus()

    @on(Input.Changed)
    def _search(self) -> None:
        self._draw_runs()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _go_to_runs(self) -> None:
        self.query_one(Table).focus()

    def action_back(self) -> None:
        """Clear the search; without one go back to the steps."""
        line = self.query_one(Line)
        if line.display:
            line.value = ""
            line.display = False
            self.query_one(Table).focus()
        else:
            self.dismiss(None)

    # One run

    @on(DataTable.RowSelected)
    def action_open(self) -> None:
        """Open the marked run."""
        job, at = self.job, self.query_one(Table).cursor_row
        if job is None or not self._shown_runs:
            return
        run = self._shown_runs[at]
        over = self._push(f"{job.kind.value} of {local(run.started, self.status.zone)}", "Reading the log…")

        async def read() -> None:
            log = await self._service.log(job, run)
            over.show(run, log)

        self.start(_RUN, read)

    def _push(self, title: str, note: str) -> RunScreen:
        over = RunScreen(title, self.status.zone, note)
        self.app.push_screen(over)
        return over

    def action_run_now(self) -> None:
        """Ask, then run the job beside its schedule."""
        job = self.job
        if job is None:
            return
        hindered = obstacle(job)
        if hindered:
            self.work_line.tell(hindered, "$warning", 20)
            return
        no, yes = "No, leave it to its schedule", "Yes, run it now, beside its schedule"
        self.agree(f"Run the {job.kind.value} now?", no, yes, lambda _: self._run_now(job))

    def _run_now(self, job: JobStatus) -> None:
        over = self._push(f"{job.kind.value}, run now", "Starting the job…")

        async def run() -> None:
            number = await self._service.run_now(job)
            await self._service.follow(job, number, partial(self._show_progress, over))
            await self._look()

        self.start(_RUN, run)

    def _show_progress(self, over: RunScreen, followed: Followed) -> None:
        note = "" if followed.ended else f"Run {followed.run_id} is running; it continues when you close this."
        if followed.given_up and not followed.ended:
            note = f"Run {followed.run_id} has not ended within an hour and is no longer followed."
        over.show(followed.run, followed.log, note)
