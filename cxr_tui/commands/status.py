"""`status`: tells whether the jobs run."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.opening import attached_sandbox, open_real
from cxr_tui.commands.output import say, say_json, tell
from cxr_tui.jobs.status import JobState, JobStatus, job_statuses
from cxr_tui.model.schedule import Slot
from cxr_tui.setup.session import Setup

GLYPHS = {True: "✓", False: "✗"}


async def status(args: Namespace) -> Exit:
    """Print the jobs with expectation, evidence and judgement."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as setup:
            return await _status(args, setup)
    setup = open_real(args.integration)
    try:
        return await _status(args, setup)
    finally:
        await setup.close()


async def _status(args: Namespace, setup: Setup) -> Exit:
    jobs = await job_statuses(setup.ledger().known(), setup.world)
    ok = bool(jobs) and all(job.state.well for job in jobs)
    if args.json:
        say_json({"integration": setup.name, "jobs": [_document(job) for job in jobs], "ok": ok})
    elif jobs:
        say("\n".join(line for job in jobs for line in _lines(job)))
    if not jobs:
        tell(f"No job of {setup.name!r} is set up yet; the next step is {setup.current()}.")
    return Exit.HOLDS if ok else _cause(jobs)


def _cause(jobs: Sequence[JobStatus]) -> Exit:
    bad = [job for job in jobs if not job.state.well]
    if bad and all(job.unreachable and job.state is JobState.UNKNOWN for job in bad):
        return Exit.UNREACHABLE
    return Exit.WRONG


def _document(job: JobStatus) -> dict[str, Any]:
    return {
        "job": job.job,
        "name": job.name,
        "state": job.state.value,
        "reason": job.reason,
        "last_due": _slot(job.last_due),
        "next_due": _slot(job.next_due),
        "seen": job.seen,
    }


def _slot(slot: Slot | None) -> dict[str, str] | None:
    return {"from": slot.start.isoformat(), "to": slot.end.isoformat()} if slot else None


def _lines(job: JobStatus) -> list[str]:
    glyph = "?" if job.state is JobState.UNKNOWN else GLYPHS[job.state.well]
    lines = [f"{glyph} {job.state.value:<13} {job.job}  {job.name}", f"  {job.reason}"]
    if job.next_due:
        lines.append(f"  next slot {job.next_due.start:%Y-%m-%d %H:%M} to {job.next_due.end:%H:%M} UTC")
    return [*lines, *(f"  seen: {text}" for text in job.seen)]
