"""The jobs screen: both jobs, their runs, and a run now. All I/O is the service's; the screen shows what it left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.responsys_data import ConnectRun, LogLine
from cxr_tui.domain.text import visible
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.service import Followed, JobsService, NoConnectError, obstacle
from cxr_tui.jobs.status import IntegrationStatus, JobStatus
from cxr_tui.journal.store import JournalError
from cxr_tui.presentation.badges import RUNS
from cxr_tui.tui.actions.action import Action, Scope, bindings, part_bindings
from cxr_tui.tui.actions.table import HELP, JOBS_ACTIONS, PALETTE
from cxr_tui.tui.command_palette import ActionCommands
from cxr_tui.tui.dialogs.choose import Question
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets.header import Header, TooSmall, WorkLine
from cxr_tui.tui.widgets.job_detail import JobDetail, job_lines, local, log_lines, run_line, search_text
from cxr_tui.tui.widgets.keybar import KeyBar
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
    look = RUNS[run.status]
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


EVERY = 60.0
"""Seconds between two looks."""

_LOOK, _RUN = "look", "run"


@dataclass
class Looked(Message):
    """A look at the jobs is done."""

    status: IntegrationStatus


@dataclass
class LogRead(Message):
    """The log of a run was read."""

    run: JobRun
    log: tuple[LogLine, ...]


@dataclass
class Went(Message):
    """A run that is followed was seen once more."""

    followed: Followed


class JobsScreen(Screen[None], inherit_bindings=False):
    """Both jobs and their runs; looks again by itself."""

    CSS_PATH = "../theme/styles/jobs.tcss"
    COMMANDS: ClassVar = {ActionCommands}
    AUTO_FOCUS = "#jobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(JOBS_ACTIONS, Scope.JOBS),
        *part_bindings("jobs"),
    ]

    def __init__(self, service: JobsService) -> None:
        super().__init__()
        self._service = service
        self.status = service.remembered()
        self._chosen = 0
        self._over: RunScreen | None = None
        self._shown_runs: tuple[JobRun, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out header, jobs, detail, runs, keys."""
        yield Header(f"{self._service.name}   jobs")
        yield OptionList(id="jobs", markup=False, compact=True)
        with VerticalScroll(id="job-scroll", can_focus=False):
            yield JobDetail()
        with Container(classes="line-row"):
            yield Line(placeholder="search the runs: a date, a status, a number")
        yield OptionList(id="runs", markup=False, compact=True)
        yield WorkLine()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Show what the journal knows, look, and look again by itself."""
        self.query_one(Line).display = False
        self.query_one(KeyBar).show(self.offered())
        self.draw()
        self.action_look()
        self.set_interval(EVERY, self._look_quietly)

    @property
    def job(self) -> JobStatus | None:
        """The chosen job."""
        jobs = self.status.jobs
        return jobs[min(self._chosen, len(jobs) - 1)] if jobs else None

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done here."""
        return [(action, action.label) for action in (*JOBS_ACTIONS, HELP, PALETTE)]

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked in the bottom line."""
        event.stop()
        await self.run_action(next(action.handler for action, _ in self.offered() if action.id == event.action))

    # Drawing

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw everything from the newest look."""
        status = self.status
        looked = f"looked {local(status.at, status.zone)}{'' if status.zone else ' UTC'}"
        well = sum(job.assessment.healthy for job in status.jobs)
        self.query_one(Header).show(looked, f"{well} of {len(status.jobs)} in order")
        self._draw_jobs()
        self.query_one(JobDetail).show(self.job, status)
        self._draw_runs()

    def _draw_jobs(self) -> None:
        jobs = self.query_one("#jobs", OptionList)
        width = max(jobs.content_size.width or self.size.width - 4, 40)
        lines = [job_lines(job, self.status.zone, width - 2) for job in self.status.jobs]
        if jobs.option_count != len(lines):
            jobs.clear_options()
            jobs.add_options(Option(line, id=f"job-{at}") for at, line in enumerate(lines))
        else:
            for at, line in enumerate(lines):
                jobs.replace_option_prompt_at_index(at, line)
        if lines and jobs.highlighted is None:
            jobs.highlighted = 0

    def _draw_runs(self) -> None:
        runs, wanted = self.query_one("#runs", OptionList), self.query_one(Line).value.casefold().split()
        all_runs = self.job.runs if self.job is not None else ()
        shown = tuple(run for run in all_runs if all(word in search_text(run, self.status.zone) for word in wanted))
        width = max(runs.content_size.width or self.size.width - 4, 40)
        lines = [run_line(run, self.status.zone, width - 2) for run in shown]
        if tuple(run.key for run in shown) == tuple(run.key for run in self._shown_runs):
            for at, line in enumerate(lines):
                runs.replace_option_prompt_at_index(at, line)
        else:
            runs.clear_options()
            runs.add_options(Option(line) for line in lines)
            runs.highlighted = 0 if lines else None
        self._shown_runs = shown
        noun = "run" if len(all_runs) == 1 else "runs"
        many = f"{len(shown)} of {len(all_runs)} {noun}" if wanted else f"{len(all_runs)} {noun} seen"
        runs.border_title = Content(many if self.job is not None else "")

    # Looking

    def action_look(self) -> None:
        """Look at both jobs."""
        self.query_one(WorkLine).busy("Looking at both jobs")
        self._look_quietly()

    def _look_quietly(self) -> None:
        async def look() -> None:
            self.post_message(Looked(await self._service.look()))

        self._start(look, _LOOK)

    def on_looked(self, event: Looked) -> None:
        """Show what was seen."""
        event.stop()
        self.status = event.status
        self.query_one(WorkLine).rest()
        self.draw()

    def _start(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        self.run_worker(work(), group=group, exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong; an error that nobody expected is reported, never swallowed."""
        event.stop()
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        line = self.query_one(WorkLine)
        line.rest()
        if isinstance(error, (OutsideError, JournalError)):
            line.tell(visible(str(error)), "$error", 60)
        elif isinstance(error, NoConnectError):
            line.tell("An API user that may use Connect is needed for that (step 1)", "$warning", 20)
        else:
            report = getattr(self.app, "report", None)
            line.tell(report(error) if report else visible(str(error)), "$error", 60)

    # Choosing and searching

    @on(OptionList.OptionHighlighted, "#jobs")
    def _job_chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self._chosen:
            self._chosen = event.option_index
            self.query_one("#job-scroll").scroll_home(animate=False)
            self.query_one(JobDetail).show(self.job, self.status)
            self._draw_runs()

    def action_search(self) -> None:
        """Search the runs."""
        line = self.query_one(Line)
        line.display = True
        line.focus()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._draw_runs()

    @on(Input.Submitted)
    def _search_done(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one("#runs").focus()

    def action_back(self) -> None:
        """Clear the search; without one go back to the steps."""
        line = self.query_one(Line)
        if line.display:
            line.value = ""
            line.display = False
            self.query_one("#runs").focus()
        else:
            self.dismiss(None)

    # One run

    @on(OptionList.OptionSelected)
    def _opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "runs":
            self._open(self._shown_runs[event.option_index])
        else:
            self.query_one("#runs").focus()

    def action_open(self) -> None:
        """Open the run that is marked, else the newest one."""
        at = self.query_one("#runs", OptionList).highlighted
        if self._shown_runs:
            self._open(self._shown_runs[at or 0])

    def _open(self, run: JobRun) -> None:
        job = self.job
        if job is None:
            return
        self._push(f"{job.kind.value} of {local(run.started, self.status.zone)}")
        if self._over is not None:
            self._over.sheet.show(run, None, "Reading the log…")

        async def read() -> None:
            self.post_message(LogRead(run, await self._service.log(job, run)))

        self._start(read, _RUN)

    def on_log_read(self, event: LogRead) -> None:
        """Show a log."""
        event.stop()
        if self._over is not None:
            self._over.sheet.show(event.run, event.log)

    def _push(self, title: str) -> None:
        self._over = RunScreen(title, self.status.zone)
        self.app.push_screen(self._over, self._run_closed)

    def _run_closed(self, _: None) -> None:
        self._over = None

    def action_run_now(self) -> None:
        """Ask, then run the job beside its schedule."""
        job = self.job
        if job is None:
            return
        hindered = obstacle(job)
        if hindered:
            self.query_one(WorkLine).tell(hindered, "$warning", 20)
            return
        options = [("", "No, leave it to its schedule"), ("run", "Yes, run it now, beside its schedule")]
        self.app.push_screen(Question(f"Run the {job.kind.value} now?", options), partial(self._answered, job))

    def _answered(self, job: JobStatus, answer: str | None) -> None:
        if answer != "run":
            return
        self._push(f"{job.kind.value}, run now")
        if self._over is not None:
            self._over.sheet.show(None, None, "Starting the job…")

        async def run() -> None:
            number = await self._service.run_now(job)
            await self._service.follow(job, number, self._tell)
            self.post_message(Looked(await self._service.look()))

        self._start(run, _RUN)

    def _tell(self, followed: Followed) -> None:
        self.post_message(Went(followed))

    def on_went(self, event: Went) -> None:
        """Show how far a run is."""
        event.stop()
        followed = event.followed
        note = "" if followed.ended else f"Run {followed.run_id} goes on; it does so too when you close this."
        if followed.given_up and not followed.ended:
            note = f"Run {followed.run_id} has not ended within an hour and is no longer followed."
        if self._over is not None:
            self._over.sheet.show(followed.run, followed.log, note)
