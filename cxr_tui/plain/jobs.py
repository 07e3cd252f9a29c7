"""The jobs in plain mode: their state, runs and logs, and running the export now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.errors import JournalError, OutsideError
from cxr_tui.domain.responsys_data import LogLine
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.service import Followed, JobsService, obstacle
from cxr_tui.jobs.status import JobStatus
from cxr_tui.plain.console import Console, Result, carry_out
from cxr_tui.plain.vocabulary import BACK, choose
from cxr_tui.presentation.jobs import counts, run_line, status_lines

MOST_RUNS = 10
"""Runs that are listed without being asked for."""

_OFFERED = {
    "look": "check both jobs again",
    "runs": "list the runs; with a word, only the runs with this word, for example: runs failed",
    "log": "show the log of a run by its number in the list; alone: of the newest run of each job",
    "run": "run the export now, in addition to its schedule, and follow it",
}


class JobsMenu:
    """Shows both jobs of an integration; the service does all I/O."""

    def __init__(self, service: JobsService, console: Console) -> None:
        self._service = service
        self._console = console
        self._status = service.remembered()

    async def run(self) -> None:
        """Check the jobs, then answer commands until the person returns to the steps."""
        await self._look()
        while True:
            typed = await choose(self._console, "Jobs", _OFFERED, BACK, "Back to the steps", "back to the steps")
            match typed.word:
                case "look":
                    await self._look()
                case "runs":
                    self._list(typed.argument)
                case "log":
                    await self._log(typed.argument)
                case "run":
                    await self._run_now()
                case _:
                    return

    async def _look(self) -> None:
        self._console.say("Checking both jobs…")
        self._status = await self._tried(self._service.look) or self._status
        self._console.say()
        self._console.print(status_lines(self._status))

    @property
    def _runs(self) -> list[tuple[JobStatus, JobRun]]:
        return [(job, run) for job in self._status.jobs for run in job.runs]

    def _list(self, wanted: str) -> None:
        lines = [(at, run_line(job, run, self._status.zone)) for at, (job, run) in enumerate(self._runs, 1)]
        shown = [one for one in lines if wanted.casefold() in one[1].casefold()]
        for at, line in shown if wanted else shown[:MOST_RUNS]:
            self._console.say(f"{at}. {line}")
        left = len(shown) - MOST_RUNS
        if left > 0 and not wanted:
            self._console.say(f"And {left} more. Type runs with a word, such as a date, to find them.")
        if not shown:
            self._console.say("There are no runs.")

    async def _log(self, wanted: str) -> None:
        runs = self._runs
        if wanted and not (1 <= (whole_number(wanted) or 0) <= len(runs)):
            self._console.say(f"There is no run {wanted}; runs lists {len(runs)}.")
            return
        chosen = [runs[int(wanted) - 1]] if wanted else [(job, job.runs[0]) for job in self._status.jobs if job.runs]
        for job, run in chosen:
            self._console.say(run_line(job, run, self._status.zone))
            log = await self._tried(partial(self._service.log, job, run))
            if log is not None:
                self._print_log(log)
        if not chosen:
            self._console.say("There are no runs.")

    async def _tried(self, make: Callable[[], Awaitable[Result]]) -> Result | None:
        """Return what the service returns; None where Ctrl+C has canceled it, or where it cannot, which is said."""
        try:
            return await carry_out(self._console, lambda _: make())
        except (OutsideError, JournalError) as error:
            self._console.say(str(error))
            return None

    def _print_log(self, log: tuple[LogLine, ...]) -> None:
        for line in log:
            self._console.say(f"  {f'{line.level}: ' if line.level else ''}{line.message}")
        if not log:
            self._console.say("  The log of this run is not available here.")

    async def _run_now(self) -> None:
        job = next(iter(self._status.jobs), None)
        if job is None:
            self._console.say("No job is set up yet.")
            return
        hindered = obstacle(job)
        if hindered:
            self._console.say(f"{hindered}.")
            return
        if not await self._console.agrees(f"Run the {job.kind.value} now, in addition to its schedule?"):
            return
        told: list[str] = []

        def tell(followed: Followed) -> None:
            line = _followed(followed)
            if line not in told[-1:]:
                told.append(line)
                self._console.say(line)

        try:
            number = await self._service.run_now(job)
            ended = await carry_out(self._console, lambda _: self._service.follow(job, number, tell))
        except OutsideError as error:
            self._console.say(str(error))
        else:
            if ended is not None:
                self._print_log(ended.log)
            await self._look()


def _followed(followed: Followed) -> str:
    run = followed.run
    if run is None:
        given_up = ", and no longer followed" if followed.given_up else ""
        return f"Run {followed.run_id}: not listed yet{given_up}."
    facts = counts((run.processed, "record"), (run.rejected, "rejected record"))
    status = run.status.value if run.status else "unknown"
    given_up = ". It has not ended within an hour and is no longer followed" if followed.given_up else ""
    return f"Run {followed.run_id}: {', '.join([status, *facts])}{f', {run.error}' if run.error else ''}{given_up}."
