"""Assessment of the export: by Connect's report if it is available, else by the file that a run leaves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cxr_tui.domain.finding import Finding, Report, Status
from cxr_tui.domain.responsys_data import CLOCK_SKEW, ConnectJob, ConnectRun, LogLine, RemoteFile, RunStatus
from cxr_tui.domain.schedule import Slot
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.checks.export.completeness import ready_file_wanted
from cxr_tui.guide.checks.export.encryption import check_encryption, check_size
from cxr_tui.jobs.evidence import ConnectSeen, FilesSeen, Unavailable
from cxr_tui.jobs.expected_runs import JOB_NUMBER
from cxr_tui.jobs.job_state import Assessment, JobContext, JobState

STILL_WRITING = timedelta(minutes=30)
"""A file without its ready file counts as being written for this long, and as incomplete afterwards (inferred)."""

LOG_LINES = 5
"""Most lines of a log that an assessment quotes."""
LONGEST_RUN = timedelta(days=1)
"""A longer run may be stuck: no duration is documented, and exports are written within minutes."""

_PROBLEM_LEVELS = ("ERROR", "FATAL", "SEVERE", "WARN", "WARNING")
_STUCK = (
    "Open Data > Connect > Manage Connect, read the job execution log of the run, and stop the run if that is offered. "
    "If it does not end, ask Oracle Support."
)
_COMPLETED = "Data > Connect > Manage Connect > Completed Jobs"
_READ_LOG = f"Open {_COMPLETED}, read the job execution log of this run, and fix what it names."
_WRONG_SCHEDULE = (
    "Compare the Schedule screen of the job with the wizard's schedule step, and fix the wrong one: late and on time "
    "are measured by the wizard's."
)


def assess_export(case: JobContext) -> Assessment:
    """Assess the export."""
    connect = case.evidence.connect
    if isinstance(connect, Unavailable):
        return _by_file(case, connect)
    return _by_connect(case, connect, connect.job) if connect.job is not None else _gone(case)


def _gone(case: JobContext) -> Assessment:
    return case.expiry() or Assessment(
        JobState.GONE,
        f'Responsys has no Connect job named "{visible(case.plan.name)}".',
        "It may have expired and been deleted, or been renamed. Look at Data > Connect > Manage Connect in Responsys. "
        f"If it is gone: {case.create_again}",
    )


def _by_connect(case: JobContext, seen: ConnectSeen, job: ConnectJob) -> Assessment:
    newest, moved = seen.newest, _moved(case, job)
    running = newest is not None and newest.status is RunStatus.RUNNING
    if job.running or running:
        found = _running(case, newest.started if newest is not None and running else None)
    elif job.active is False and not case.over:
        return Assessment(
            JobState.INACTIVE,
            "The job exists but is not active, so it will not run.",
            f"Open Data > Connect > Manage Connect, the job {visible(case.plan.name)}, Schedule; click Activate, then "
            "Save & Close.",
        )
    else:
        found = _by_runs(case, seen, job, moved=moved is not None)
    # until a run is due, no run shows which of the two schedules applies
    if moved is None or found.state is JobState.NOT_DUE:
        return found
    return replace(found, findings=(moved, *found.findings))


def _running(case: JobContext, began: datetime | None) -> Assessment:
    """Assess a job with a run in progress: it must not outlast a day or the next slot."""
    since = f" since {case.when(began)}" if began else ""
    due = case.expected.due
    if began is not None and due is not None and not case.counts(began):
        reason = f"A run has been in progress{since}, so none has begun since the scheduled time, {case.slot(due)}."
        return Assessment(JobState.LATE, reason, _STUCK)
    if began is not None and case.now - began > LONGEST_RUN:
        reason = f"A run has been in progress{since}, for more than a day; it may be stuck."
        return Assessment(JobState.UNKNOWN, reason, _STUCK)
    return Assessment(JobState.RUNNING, f"A run is in progress{since}.")


def _by_runs(case: JobContext, seen: ConnectSeen, job: ConnectJob, *, moved: bool) -> Assessment:
    due, newest = case.expected.due, seen.newest
    began = newest.started if newest is not None else None
    if newest is not None and (due is None or case.counts(began)):
        return _by_run(case, newest, seen)
    if due is None:
        return case.not_due()
    undated = max((run for run in seen.runs if run.started is None), key=lambda run: run.run_id, default=None)
    if undated is not None:
        return _by_undated_run(case, undated, seen)
    if moved and newest is not None:
        # By its own schedule no run is due; only a person knows which of the two schedules is right.
        return _by_run(case, newest, seen)
    kept = case.runs[0] if case.runs else None
    last = max((one for one in (began, kept.started if kept else None, job.last_run) if one is not None), default=None)
    if case.counts(last):
        return _by_run_not_listed(case, seen)
    known = case.known.number(JOB_NUMBER)
    if known and job.job_id != known:
        return Assessment(
            JobState.UNKNOWN,
            f"Responsys has the job under another number, {job.job_id} instead of {known}, so it was created again. "
            f"No run of it is known, nor whether it existed at the scheduled time, {case.slot(due)}.",
            "Check the step Export job: Schedule and activate again; its runs are expected from then on.",
        )
    latest = f"The latest one began {case.when(last)}." if last else "No run was ever seen."
    return Assessment(
        JobState.LATE if last else JobState.NEVER_RAN,
        f"No run has begun since the scheduled time, {case.slot(due)}. {latest}",
        "Open Data > Connect > Manage Connect in Responsys. Check whether the job waits for another one or shows an "
        "error. If Oracle's service was down, wait for the next run or start one.",
    )


def _by_undated_run(case: JobContext, run: ConnectRun, seen: ConnectSeen) -> Assessment:
    """Assess a run with an unknown start: a failure counts at any time, a success is on time only by its file."""
    assessed, files = _by_run(case, run, seen), case.evidence.files
    file = files.newest if isinstance(files, FilesSeen) else None
    if assessed.state is not JobState.ON_TIME or (file is not None and _fresh(case, file)):
        return assessed
    start = f'the start "{run.reported_start}", which is ambiguous' if run.reported_start else "no start"
    return replace(
        assessed,
        state=JobState.UNKNOWN,
        reason=f"Run {run.run_id} succeeded. Responsys reports {start}, so it is not known whether the job ran at the "
        f"scheduled time, {case.slot(case.expected.due)}.",
        remedy=f"Look at {_COMPLETED} for the time of the latest run.",
    )


def _by_run_not_listed(case: JobContext, seen: ConnectSeen) -> Assessment:
    """Assess a run that Responsys does not list: one seen earlier, or the last one that the job itself reports."""
    kept = case.runs[0] if case.runs else None
    if kept is not None and kept.run_id is not None and case.counts(kept.started):
        run = ConnectRun(kept.run_id, kept.status, kept.started, kept.seconds, kept.processed, 0, 0, kept.rejected)
        return _by_run(case, run, seen)
    began = kept.started if kept is not None and case.counts(kept.started) else seen.job.last_run if seen.job else None
    return Assessment(
        JobState.UNKNOWN,
        f"A run began {case.when(began) if began else 'at the scheduled time'}, but Responsys does not list it, so its "
        "result is unknown.",
        f"Look at {_COMPLETED} for the latest run.",
    )


def _by_run(case: JobContext, run: ConnectRun, seen: ConnectSeen) -> Assessment:
    """Assess a run that ended."""
    subject = f"Run {run.run_id} (began {case.when(run.started)})" if run.started else f"Run {run.run_id}"
    lines = _relevant_lines(seen.logs.get(run.run_id, ()))
    match run.status:
        case RunStatus.SUCCEEDED if run.rejected:
            reason = f"{subject} rejected {run.rejected:,} of {counted(run.processed or 0, 'record')}."
            return Assessment(JobState.REJECTED, reason, _READ_LOG, lines)
        case RunStatus.SUCCEEDED:
            count = f" with {counted(run.processed, 'record')}" if run.processed is not None else ""
            after = " It was the last one of its schedule." if case.over else ""
            reason = f"{subject} succeeded{count}.{after}"
            return Assessment(JobState.ON_TIME, reason, findings=_file_findings(case))
        case RunStatus.FAILED | RunStatus.ABORTED:
            cause = visible(run.error) or (lines[-1] if lines else "no reason is reported")
            reason = f"{subject} {run.status.value}: {cause}"
            return Assessment(JobState.FAILED, reason, _READ_LOG, lines)
        case _:
            return Assessment(JobState.UNKNOWN, f"{subject} has an unknown status.", _READ_LOG, lines)


def _relevant_lines(log: Sequence[LogLine]) -> tuple[str, ...]:
    """Return the errors and warnings of a log, or its last line if it has none."""
    lines = [line for line in log if line.level.upper() in _PROBLEM_LEVELS] or list(log[-1:])
    return tuple(f"{line.level}: {line.message}" if line.level else line.message for line in lines[-LOG_LINES:])


def _moved(case: JobContext, job: ConnectJob) -> Finding | None:
    """Return a warning if the job's own next run is in none of the slots of the wizard's schedule."""
    if job.next_run is None or job.next_run <= case.now:
        return None
    awaited = [slot for slot in (case.expected.pending, case.expected.following) if slot is not None]
    if any(slot.start - CLOCK_SKEW <= job.next_run <= slot.end + CLOCK_SKEW for slot in awaited):
        return None
    by_journal = case.slot(awaited[-1]) if awaited else "none"
    return Finding(
        "schedule-differs",
        Status.WARN,
        f"Responsys reports {case.when(job.next_run)} as the next run; the wizard's schedule says {by_journal}.",
        "The schedule was changed in Responsys or in the wizard only.",
        _WRONG_SCHEDULE,
    )


def _by_file(case: JobContext, connect: Unavailable) -> Assessment:
    expired, files, due = case.expiry(), case.evidence.files, case.expected.due
    if expired is not None or due is None:
        return expired or case.not_due()
    if isinstance(files, Unavailable):
        return Assessment(
            JobState.UNKNOWN,
            f"No available source shows whether this job ran. {connect.why} {files.why}",
            "Enter an API user with access to Connect (step 1) or a private key for the file server (step 13), or look "
            f"at {_COMPLETED}.",
        )
    return _by_newest_file(case, files, due, connect)


def _by_newest_file(case: JobContext, files: FilesSeen, due: Slot, connect: Unavailable) -> Assessment:
    newest = files.newest
    if newest is not None and newest.written(case.now) is None:
        return Assessment(
            JobState.UNKNOWN,
            f"{visible(newest.name, 100)} was {case.written(newest)}, so it is not known whether the run of "
            f"{case.slot(due)} wrote it. {connect.why}",
            f"Look at {_COMPLETED} for the latest run and its log.",
            findings=_file_findings(case),
        )
    if newest is None or not _fresh(case, newest):
        seen = "There is no exported file." if newest is None else _age(case, newest)
        return Assessment(
            JobState.UNKNOWN,
            f"{seen} No run has written a file since. The run may have failed or be late, or the job may be gone or "
            "inactive; only a Connect API user could see which.",
            f"Look at {_COMPLETED} for the latest run and its log.",
            findings=_file_findings(case),
        )
    if _being_written(case, files):
        return Assessment(JobState.RUNNING, f"{visible(newest.name, 100)} exists, but its ready file does not yet.")
    reason = f"{visible(newest.name, 100)} was {case.written(newest)}, at or after the scheduled time."
    return Assessment(JobState.ON_TIME, reason, findings=_file_findings(case))


def _being_written(case: JobContext, files: FilesSeen) -> bool:
    waiting = files.waiting
    if waiting is None or waiting is not files.newest or files.ready is not None or not ready_file_wanted(case.known):
        return False
    written = waiting.written(case.now)
    return written is not None and case.now - written < STILL_WRITING


def _fresh(case: JobContext, file: RemoteFile) -> bool:
    return case.counts(file.written(case.now))


def _age(case: JobContext, file: RemoteFile) -> str:
    written = f"{visible(file.name, 100)} was {case.written(file)}"
    return f"{written}, before the scheduled time, {case.slot(case.expected.due)}."


def _file_findings(case: JobContext) -> tuple[Finding, ...]:
    """Return the problems of the latest exported file, if it was seen."""
    files, report = case.evidence.files, Report()
    if isinstance(files, Unavailable) or case.expected.due is None:
        return ()
    newest = files.newest
    if newest is None:
        if isinstance(case.evidence.connect, Unavailable):  # an import may delete its file (facts B.7; documented)
            _report_no_file(report, "file-missing", "Neither the export's folder nor the archive has an exported file.")
    elif _fresh(case, newest) or newest.written(case.now) is None:
        _check_file(report, case, files, newest)
    else:
        _report_no_file(report, "file-stale", _age(case, newest))
    return tuple(one for one in report.verified().findings if one.status in (Status.FAIL, Status.WARN))


def _report_no_file(report: Report, code: str, seen: str) -> None:
    remedy = f"Look at {_COMPLETED} for the latest run, and at its folder and file name."
    report.fail(code, seen, "The import loads old data, or none.", remedy)


def _check_file(report: Report, case: JobContext, files: FilesSeen, newest: RemoteFile) -> None:
    if files.message is not None:
        key_ids, all_key_ids = (case.known.lines(f"generate-key.{name}") for name in ("encryption_key_ids", "key_ids"))
        check_encryption(report, files.message, key_ids, newest.path, all_key_ids=all_key_ids)
    records = case.runs[0].processed if files.counted is None and case.runs else files.counted
    check_size(report, newest.size, records, None, newest.path)
    incomplete = newest is files.waiting and files.ready is None and ready_file_wanted(case.known)
    if incomplete and not _being_written(case, files):
        report.warn(
            "ready-file-missing",
            f"{visible(newest.path, 200)} has no ready file.",
            "Responsys writes the ready file when the export is complete, so this file may be incomplete.",
            _READ_LOG,
        )
