"""The output of `status`: a table for people, a document for monitoring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cxr_tui.domain.finding import Status
from cxr_tui.domain.schedule import Slot, UnknownZoneError, zone_of
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.schedule import local_time
from cxr_tui.jobs.assessment import JobState
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import IntegrationStatus, JobStatus
from cxr_tui.presentation.badges import JOBS
from cxr_tui.presentation.findings import finding_lines

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


def table(status: IntegrationStatus) -> str:
    """Return one integration for people: each job with its reason, then the unavailable evidence."""
    lines = [f"{status.name}   {local_time(status.zone, status.at)}"]
    if status.trouble:
        lines.append(f"? status unknown: {status.trouble}")
    for job in status.jobs:
        lines += ["", *_told(job, status.zone)]
    for finding in status.findings:
        lines += ["", *finding_lines(finding)]
    unseen = [f"  {one.name}: {one.said}" for one in status.evidence if not one.seen]
    if unseen:
        lines += ["", "Could not be checked:", *unseen]
    return "\n".join(lines)


def _told(job: JobStatus, zone: str) -> list[str]:
    told = job.assessment
    lines = [_line(job, zone), f"  {told.reason}"]
    if told.remedy:
        lines.append(f"  fix: {told.remedy}")
    lines += [f"  log: {line}" for line in told.log]
    return [*lines, *(line for finding in told.findings for line in finding_lines(finding, "  "))]


def _line(job: JobStatus, zone: str) -> str:
    state = f"{JOBS[job.state].glyph} {job.state.value:<{_STATE_WIDTH}}"
    return f"{state}  {job.kind.value:<6}  {visible(job.name, 60)}   next {slot_text(job.expected.following, zone)}"


def slot_text(slot: Slot | None, zone: str) -> str:
    """Return a slot in a time zone, such as `2026-11-25 04:00-04:15`, without naming the zone."""
    if slot is None:
        return "none"
    try:
        local = zone_of(zone)
    except UnknownZoneError:
        return f"{slot.start:%Y-%m-%d %H:%M}-{slot.end:%H:%M} UTC"
    return f"{slot.start.astimezone(local):%Y-%m-%d %H:%M}-{slot.end.astimezone(local):%H:%M}"


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
