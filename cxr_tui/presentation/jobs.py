"""The jobs in words for people, and as a document for monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from cxr_tui.domain.finding import Status
from cxr_tui.domain.schedule import Slot
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.forms.schedule import local_time
from cxr_tui.jobs.job_state import JobState
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import IntegrationStatus, JobStatus
from cxr_tui.presentation.badges import RUNS, looks
from cxr_tui.presentation.findings import finding_lines

JOBS = looks(JobState)
_STATE_WIDTH = max(len(state.value) for state in JobState)
_RUNS = 30
"""Most runs of a job in the document."""


def document(status: IntegrationStatus) -> dict[str, Any]:
    """Return one integration as JSON values; times are ISO 8601 in UTC."""
    return {
        "integration": status.name,
        "at": _iso(status.at),
        "time_zone": status.zone,
        "jobs": [_job(job) for job in status.jobs],
        "evidence": [{"name": one.name, "seen": one.seen, "said": one.said} for one in status.evidence],
        "findings": [one.document() for one in status.findings],
        "trouble": status.trouble,
        "ok": status.healthy,
    }


def _job(job: JobStatus) -> dict[str, Any]:
    told = job.assessment
    return {
        "job": job.kind.value,
        "name": job.name,
        "state": told.state.value,
        "ok": told.healthy,
        "reason": told.reason,
        "remedy": told.remedy,
        "log": list(told.log),
        "findings": [one.document() for one in told.findings],
        "last_due": _slot(job.expected.latest),
        "next_due": _slot(job.expected.following),
        "runs": [_run(run) for run in job.runs[:_RUNS]],
    }


def _run(run: JobRun) -> dict[str, Any]:
    return {
        "id": run.run_id,
        "started": _iso(run.started),
        "status": run.status.value if run.status else None,
        "seconds": run.seconds,
        "processed": run.processed,
        "rejected": run.rejected,
        "bytes": run.size,
    }


def _slot(slot: Slot | None) -> dict[str, str] | None:
    return {"from": _iso(slot.start), "to": _iso(slot.end)} if slot else None


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def status_lines(status: IntegrationStatus) -> Iterator[str]:
    """Yield the status of the jobs as `label: value` lines: every state is a word."""
    well = sum(job.assessment.healthy for job in status.jobs)
    yield f"Jobs of {status.name}, checked {local_time(status.zone, status.at)}."
    yield f"{well} of {len(status.jobs)} OK."
    if status.trouble:
        yield f"Could not be checked: {status.trouble}"
    for job in status.jobs:
        yield from _job_lines(job, status.zone)
    yield from finding_lines(status.findings)
    for piece in status.evidence:
        yield f"{'Checked' if piece.seen else 'Could not be checked'}, {piece.name}: {piece.said}"


def _job_lines(job: JobStatus, zone: str) -> Iterator[str]:
    told, slot = job.assessment, job.expected.following
    yield f"{job.kind.value.capitalize()} job: {job.name}"
    wrong = ", but with problems" if told.state.healthy and not told.healthy else ""
    yield f"  State: {JOBS[told.state].word}{wrong}"
    yield f"  Reason: {told.reason}"
    if told.remedy:
        yield f"  Fix: {told.remedy}"
    yield f"  Last run: {run_line(job, job.runs[0], zone) if job.runs else 'none'}"
    between = f"between {local_time(zone, slot.start)} and {local_time(zone, slot.end)}" if slot else "none"
    yield f"  Next run: {between}"
    yield from (f"  Log: {line}" for line in told.log)
    yield from finding_lines(told.findings, indent="  ")


def run_line(job: JobStatus, run: JobRun, zone: str) -> str:
    """Return a run in one line."""
    facts = [f"{job.kind.value} of {local_time(zone, run.started)}", RUNS[run.status].word]
    facts += counts((run.seconds, "second"), (run.processed, "record"))
    facts += [f"{run.rejected:,} rejected"] if run.rejected is not None else []
    return ", ".join(facts + counts((run.size, "byte")))


def counts(*found: tuple[int | None, str]) -> list[str]:
    """Return counts with their nouns, without those that are not known."""
    return [counted(count, noun) for count, noun in found if count is not None]


def summary(statuses: Sequence[IntegrationStatus]) -> str:
    """Return all integrations for people: one line per job, problems first."""
    width = max((len(one.name) for one in statuses), default=0)
    lines = []
    for status in sorted(statuses, key=lambda one: (one.healthy, one.name)):
        if status.trouble or not status.jobs:
            state = "unknown" if status.trouble else "no jobs yet"
            lines.append(f"? {state:<{_STATE_WIDTH}}  {status.name:<{width}}  {status.trouble}".rstrip())
        for job in status.jobs:
            mark = "!" if job.state.healthy and not job.assessment.healthy else JOBS[job.state].glyph
            state = f"{mark} {job.state.value:<{_STATE_WIDTH}}"
            reason = "" if job.assessment.healthy else _first(job)
            lines.append(f"{state}  {status.name:<{width}}  {job.kind.value:<6}  {reason}".rstrip())
    well = sum(one.healthy for one in statuses)
    return "\n".join([*lines, "", f"{well} of {len(statuses)} integrations OK."])


def _first(job: JobStatus) -> str:
    failed = [one.seen for one in job.assessment.findings if one.status is Status.FAIL]
    return visible(failed[0] if job.state.healthy and failed else job.assessment.reason, 200)
