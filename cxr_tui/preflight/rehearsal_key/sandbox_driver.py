"""Drives a rehearsal in a sandbox: the operator does the browser part, and the export runs once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cxr_tui.domain.errors import OutsideError, RefusedError
from cxr_tui.domain.instruction import Instruction, Site, Visit
from cxr_tui.domain.ports import Operator, Responsys
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.guide.screens import IMPORT_KEY
from cxr_tui.integration.integration import Integration

_POLL_SECONDS = 0.3
_MOST_POLLS = 400


async def operate(integration: Integration, todo: Instruction, report_progress: Callable[[str], None]) -> None:
    """Make the visits of the next step; a key that Responsys already has is not imported again.

    Raises VisitRefusedError with the message of the screen, OutsideError.
    """
    operator = integration.world.operator
    if operator is None:
        raise RuntimeError("only a sandbox has an operator")
    listed = (await operator.look(Site.RESPONSYS, IMPORT_KEY)).get("Public keys")
    names = listed if isinstance(listed, list) else []
    known = any(visit.entries.get("New public key name") in names for visit in todo.visits)
    for visit in todo.visits:
        report_progress(" ▸ ".join(visit.path))
        if visit.site is Site.CALENDAR:
            await _let_run(integration, operator, visit)
        elif not (known and _serves_import(visit)):
            await operator.perform(visit, {}, integration.world.credentials)


def _serves_import(visit: Visit) -> bool:
    return visit.path == IMPORT_KEY or "Type of job" in visit.entries


async def _let_run(integration: Integration, operator: Operator, visit: Visit) -> None:
    """Start the job through the API if possible, so that no other job runs; otherwise wait for its scheduled run."""
    connect, job = integration.world.connect(), integration.journal_state().known().number("export-schedule.job_id")
    if connect is not None and job:
        try:
            await _follow(connect, job, await connect.trigger(job))
        except RefusedError:
            pass  # such as an inactive job; the calendar then reports why
        else:
            return
    await operator.perform(visit, {}, integration.world.credentials)


async def _follow(connect: Responsys, job: int, run_id: int) -> None:
    for _ in range(_MOST_POLLS):
        if (await connect.connect_run(job, run_id)).status not in (None, RunStatus.RUNNING):
            return
        await asyncio.sleep(_POLL_SECONDS)
    raise OutsideError(f"run {run_id} of the export job has not ended within two minutes")
