"""Jobs and runs as lines: pure drawing, for the jobs screen and for what lies over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from cxr_tui.domain.responsys_data import LogLine
from cxr_tui.domain.schedule import Slot, UnknownZoneError, zone_of
from cxr_tui.domain.text import counted
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import IntegrationStatus, JobStatus
from cxr_tui.presentation.badges import JOBS, RUNS, Look
from cxr_tui.tui.widgets.findings import finding_in_lines
from cxr_tui.tui.widgets.text_block import Drawn, fit, hanging

_BARS = "▁▂▃▄▅▆▇█"
_MOST_BARS = 14
_FEWEST_BARS = 3
_ROOMY = 96
"""Cells from which on a job's line has room for years."""
_OUTCOME_WIDTH = max(len(look.text) for look in RUNS.values()) + 2
_STATE_WIDTH = max(len(look.text) for look in JOBS.values())


def local(moment: datetime, zone: str) -> str:
    """Return a moment in the account's time zone, to the minute."""
    try:
        return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M}"
    except UnknownZoneError:
        return f"{moment:%Y-%m-%d %H:%M}"


def slot_words(slot: Slot | None, zone: str) -> str:
    """Return a slot in the account's time zone; the product picks the minute."""
    return "none" if slot is None else f"{local(slot.start, zone)}-{local(slot.end, zone)[-5:]}"


def sparkline(values: Sequence[int | None]) -> str:
    """Return the newest values, oldest first, as bars from nothing to the largest; a gap stays a gap."""
    shown = list(reversed(values[:_MOST_BARS]))
    most = max((value for value in shown if value is not None), default=0)
    if most <= 0:
        return "".join("·" if value is None else _BARS[0] for value in shown)
    top = len(_BARS) - 1
    return "".join("·" if value is None else _BARS[round(max(value, 0) * top / most)] for value in shown)


def job_lines(job: JobStatus, zone: str, width: int) -> Content:
    """Return one job in two lines: how it stands, then last and next run with their courses."""
    look = JOBS[job.state]
    if job.state.healthy and not job.assessment.healthy:
        look = Look("!", look.word, "$error")
    name = fit(f"{job.kind.value:<6}  {job.name}", width - _STATE_WIDTH - 2).rstrip()
    head = Content.assemble((f"{look.text:<{_STATE_WIDTH}}", look.style), "  ", (name, "bold"))
    long = width >= _ROOMY
    last = _short(local(job.runs[0].started, zone), long) if job.runs else "none seen"
    first = f"  last {last}   next {_short(slot_words(job.expected.following, zone), long)}"
    line = Content.assemble((first, "$muted"), (_courses(job, width - len(first)), "$accent"))
    return Content("\n").join([head, line])


def _short(moment: str, long: bool) -> str:
    return moment if long or not moment[:4].isdigit() else moment[5:]


def _courses(job: JobStatus, width: int) -> str:
    """Return the courses of records and duration, as many runs of each as there is room for."""
    courses = {
        "records": [run.processed if run.processed is not None else run.size for run in job.runs],
        "seconds": [run.seconds for run in job.runs],
    }
    told = {word: values for word, values in courses.items() if any(value is not None for value in values)}
    room = width - sum(len(word) + 4 for word in told)
    if not told or room < _FEWEST_BARS * len(told):
        return ""
    return "".join(f"   {word} {sparkline(values[: room // len(told)])}" for word, values in told.items())


def run_line(run: JobRun, zone: str, width: int) -> Content:
    """Return one run in one line."""
    look = RUNS[run.status]
    counts = [
        counted(run.processed, "record") if run.processed is not None else "",
        f"{run.rejected:,} rejected" if run.rejected else "",
        f"{run.seconds:,} s" if run.seconds is not None else "",
        f"run {run.run_id}" if run.run_id is not None else "",
        counted(run.size, "byte") if run.size is not None else "",
    ]
    head = f"{local(run.started, zone)}  "
    told = ""
    for count in counts:
        longer = f"{told}   {count}" if told else count
        if count and len(head) + _OUTCOME_WIDTH + len(longer) <= width:
            told = longer
    return Content.assemble(head, (f"{look.text:<{_OUTCOME_WIDTH - 2}}  ", look.style), (told, "$muted"))


def search_text(run: JobRun, zone: str) -> str:
    """Return everything that a run can be found by, in lower case."""
    return run_line(run, zone, 400).plain.casefold()


class JobDetail(Drawn):
    """Why a job stands as it does, what to do, and what was seen or not."""

    def __init__(self) -> None:
        super().__init__(id="job-detail")
        self._job: JobStatus | None = None
        self._status: IntegrationStatus | None = None

    def show(self, job: JobStatus | None, status: IntegrationStatus) -> None:
        """Show a job of a look."""
        if (job, status) != (self._job, self._status):
            self._job, self._status = job, status
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines."""
        if self._status is None:
            return [Content("")]
        if self._job is None:
            text = self._status.trouble or "No job is set up yet: that is done in the wizard, from Select object on."
            return hanging(Content(""), text, width)
        told = self._job.assessment
        lines = hanging(Content(""), told.reason, width)
        if told.remedy:
            lines += hanging(Content.styled("do   ", "$muted"), told.remedy, width)
        for line in told.log:
            lines += hanging(Content.styled("log  ", "$muted"), line, width)
        for finding in (*told.findings, *self._status.findings):
            lines += [Content(""), *finding_in_lines(finding, width)]
        if self._status.evidence:
            lines.append(Content(""))
        for piece in self._status.evidence:
            mark, style = ("✓", "$success") if piece.seen else ("?", "$warning")
            lines += hanging(Content.styled(f"{mark} ", style), f"{piece.name}: {piece.said}", width, "$muted")
        return lines


def log_lines(log: Sequence[LogLine], width: int) -> list[Content]:
    """Return a run's log."""
    lines: list[Content] = []
    for one in log:
        loud = one.level.upper() in ("ERROR", "FATAL", "SEVERE")
        style = "$error" if loud else "$warning" if one.level.upper().startswith("WARN") else "$muted"
        head = Content.styled(f"{one.level:<8}" if one.level else "", style)
        lines += hanging(head, one.message, width)
    return lines or [Content.styled("No log can be had of this run from here.", "$muted")]
