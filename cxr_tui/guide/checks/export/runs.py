"""Runs of the export job, from the Connect API and from the text of Completed Jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from cxr_tui.domain.finding import Report
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import CLOCK_SKEW, ConnectRun, RunStatus
from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Check
from cxr_tui.guide.forms.schedule import account_zone, local_time

STATUS_WORDS = tuple(one.value for one in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.ABORTED, RunStatus.RUNNING))
"""The documented status words."""
_LOOK_BACK = timedelta(days=7)
_RUN_FAILED_WHY = "A failed run leaves no file, or an unfinished one."
_RUN_FAILED_REMEDY = (
    "Open Data > Connect > Manage Connect > Completed Jobs, read the job execution log of this run, and correct what "
    "it names: usually the key, the folder or the list."
)


def status_word(shown: str) -> RunStatus | None:
    """Return the documented status in a line such as `succeeded, 5000 records`, None for another word.

    The words of the API are documented (facts A.9), those of the screens are not. Other words are never guessed:
    "Completed with errors" is probably not a success.
    """
    word = shown.partition(",")[0].strip().casefold()
    return next((status for status in RunStatus if status.value == word), None)


def warn_of_unknown_word(report: Report, shown: str) -> None:
    """Report a status word that Oracle does not document, for a person to judge."""
    report.warn(
        "run-status-not-known",
        f"Completed Jobs shows: {shown}.",
        "Oracle does not document this status, so the wizard does not know whether the run succeeded.",
        "Read the job execution log of this run. Confirm only if the run has finished and nothing is missing.",
    )


def check_shown_status(report: Report, shown: str) -> RunStatus | None:
    """Report what Completed Jobs shows for the newest run, as a person entered it; return the status."""
    status = status_word(shown)
    if status is RunStatus.SUCCEEDED:
        report.entered("run-succeeded", f"Completed Jobs shows {shown}.")
    elif status in (RunStatus.FAILED, RunStatus.ABORTED):
        report.fail("export-run-failed", f"Completed Jobs shows: {shown}.", _RUN_FAILED_WHY, _RUN_FAILED_REMEDY)
    elif status is None and shown:
        warn_of_unknown_word(report, shown)
    return status


async def newest_run(c: Check, connect: Responsys, job_id: int, since: datetime) -> ConnectRun | None:
    """Report how the newest run since a moment ended, and return it, None if there was no run; raises OutsideError."""
    runs = await connect.connect_runs(job_id, since - _LOOK_BACK, c.world.now() + timedelta(days=1))
    # A run that has not ended counts, however old: the job does not start another before it ends (inferred).
    recent = [
        run
        for run in runs
        if run.status is RunStatus.RUNNING or run.started is None or run.started >= since - CLOCK_SKEW
    ]
    if not recent:
        return None
    run = max(recent, key=lambda run: (run.started is not None, run.started or since, run.run_id))
    if run.status in (RunStatus.FAILED, RunStatus.ABORTED):
        await _report_failed(c, connect, job_id, run)
    elif run.status is RunStatus.SUCCEEDED:
        count = "" if run.processed is None else f" with {counted(run.processed, 'record')}"
        when = f" at {local_time(account_zone(c.known), run.started)}" if run.started else ""
        c.report.passed("run-succeeded", f"Run {run.run_id} succeeded{when}{count}.")
    return run


async def _report_failed(c: Check, connect: Responsys, job_id: int, run: ConnectRun) -> None:
    lines = await connect.connect_logs(job_id, run.run_id)
    errors = [line.message for line in lines if line.level.upper() in ("ERROR", "FATAL", "SEVERE")]
    reason = run.error or "; ".join(errors[-3:]) or (lines[-1].message if lines else "")
    c.report.fail(
        "export-run-failed",
        f"Run {run.run_id} {run.status.value if run.status else ''}: {reason or 'no reason given'}",
        _RUN_FAILED_WHY,
        _RUN_FAILED_REMEDY,
    )
