"""Jobs and runs in rows and paragraphs, for the jobs screen and for the log over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from textual.content import Content

from cxr_tui.domain.responsys_data import ConnectRun, LogLine
from cxr_tui.guide.forms.schedule import local_time
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import IntegrationStatus, JobStatus
from cxr_tui.presentation.badges import RUNS, Look
from cxr_tui.presentation.jobs import JOBS
from cxr_tui.tui.widgets.findings import finding_blocks
from cxr_tui.tui.widgets.table import Cell
from cxr_tui.tui.widgets.text_block import Block, Paragraph, fit

_ROOMY = 96
"""Cells from which on a job's line has room for years."""
_STATE_WIDTH = max(len(look.text) for look in JOBS.values())


def local(moment: datetime, zone: str) -> str:
    """Return a moment in the account's time zone, to the minute, without the name of the zone."""
    return local_time(zone, moment)[:16]


def job_lines(job: JobStatus, zone: str, width: int) -> Content:
    """Return one job in two lines: its state, then its last and its next run."""
    look = JOBS[job.state]
    if job.state.healthy and not job.assessment.healthy:
        look = Look("!", look.word, "$error")
    name = fit(f"{job.kind.value:<6}  {job.name}", width - _STATE_WIDTH - 2).rstrip()
    head = Content.assemble((f"{look.text:<{_STATE_WIDTH}}", look.style), "  ", (name, "bold"))
    from_here = 0 if width >= _ROOMY else len("2026-")
    slot = job.expected.following
    last = local(job.runs[0].started, zone)[from_here:] if job.runs else "none seen"
    following = f"{local(slot.start, zone)[from_here:]}-{local(slot.end, zone)[-5:]}" if slot else "none"
    return Content("\n").join([head, Content.styled(f"  last {last}   next {following}", "$muted")])


def run_cells(run: JobRun | ConnectRun, zone: str) -> dict[str, Cell]:
    """Return what is known of a run by its heading; a figure that is not known is empty."""
    look = RUNS[run.status]
    figures = {"Records": run.processed, "Rejected": run.rejected or None, "Seconds": run.seconds, "Run": run.run_id}
    figures |= {"Bytes": run.size} if isinstance(run, JobRun) else {"Added": run.added, "Updated": run.updated}
    cells: dict[str, Cell] = {
        "Started": (local(run.started, zone) if run.started else "", ""),
        "Outcome": (look.text, look.style),
    }
    for name, count in figures.items():
        cells[name] = ("" if count is None else str(count) if name == "Run" else f"{count:,}", "")
    if isinstance(run, ConnectRun):
        cells["Error"] = (run.error, "$error")
    return cells


def search_text(run: JobRun, zone: str) -> str:
    """Return everything that a run can be found by, in lower case."""
    return " ".join(f"{name} {text}" for name, (text, _) in run_cells(run, zone).items() if text).casefold()


def job_blocks(job: JobStatus | None, status: IntegrationStatus) -> Iterator[Block]:
    """Yield why a job is in its state, what to do, and what was seen or not."""
    if job is None:
        yield Paragraph(status.trouble or "No job is set up yet. Set it up in the wizard, from Select object on.")
        return
    assessment = job.assessment
    yield Paragraph(assessment.reason)
    if assessment.remedy:
        yield Paragraph(assessment.remedy, head="Fix  ")
    for line in assessment.log:
        yield Paragraph(line, head="Log  ")
    for finding in (*assessment.findings, *status.findings):
        yield from (Paragraph(), *finding_blocks(finding))
    if status.evidence:
        yield Paragraph()
    for piece in status.evidence:
        mark, style = ("✓", "$success") if piece.seen else ("?", "$warning")
        yield Paragraph(f"{piece.name}: {piece.said}", style="$muted", head=Content.styled(f"{mark} ", style))


def run_blocks(run: JobRun | ConnectRun | None, zone: str, log: Sequence[LogLine] | None, note: str) -> Iterator[Block]:
    """Yield the figures of a run, a note, and its log; None: no log was read yet."""
    if run is not None:
        for name, (text, style) in run_cells(run, zone).items():
            if text:
                yield Paragraph(text, style=style, head=f"{name:<10}")
        yield Paragraph()
    if note:
        yield Paragraph(note, style="$accent")
    if log is None:
        return
    for line in log:
        loud = line.level.upper() in ("ERROR", "FATAL", "SEVERE")
        style = "$error" if loud else "$warning" if line.level.upper().startswith("WARN") else "$muted"
        yield Paragraph(line.message, head=Content.styled(f"{line.level:<8}" if line.level else "", style))
    if not log:
        yield Paragraph("The log of this run cannot be read from here.", style="$muted")
