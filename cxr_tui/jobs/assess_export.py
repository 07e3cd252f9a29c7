"""How the export stands: by Connect's own word where it can be had, else by the file that a run leaves. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cxr_tui.domain.finding import Finding, Report, Status
from cxr_tui.domain.responsys_data import CLOCK_SKEW, ConnectJob, ConnectRun, RemoteFile, RunStatus
from cxr_tui.domain.schedule import Slot
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.checks.export.completeness import ready_file_wanted
from cxr_tui.guide.checks.export.encryption import check_encryption, check_size
from cxr_tui.jobs.assessment import Assessment, JobContext, JobState, telling
from cxr_tui.jobs.evidence import ConnectSeen, FilesSeen, Unavailable
from cxr_tui.jobs.expected_runs import JOB_NUMBER

STILL_WRITING = timedelta(minutes=30)
"""A file without its ready file is taken to be under way for so long, and for incomplete afterwards (inferred)."""

_COMPLETED = "Data > Connect > Manage Connect > Completed Jobs"
_READ_LOG = f"Open {_COMPLETED}, read the job execution log of this run, and correct what it names."
_WRONG_SCHEDULE = (
    "Compare the Schedule screen of the job with the wizard's schedule step, and correct the one that is wrong: what "
    "is on time and what is late is judged by the wizard's."
)


def assess_export(case: JobContext) -> Assessment:
    """Return how the export stands."""
    connect = case.evidence.connect
    if isinstance(connect, ConnectSeen):
        return _by_connect(case, connect)
    return _by_file(case, connect)


def _by_connect(case: JobContext, seen: ConnectSeen) -> Assessment:
    job = seen.job
    if job is None:
        return case.expiry() or Assessment(
            JobState.GONE,
            f'Responsys has no Connect job named "{visible(case.plan.name)}".',
            "A job that expired is deleted, and a renamed one is not found. Look at Data > Connect > Manage Connect; "
            "if it is gone, make it again with the wizard (from Select object) and let it never expire.",
        )
    newest = seen.newest
    if job.running or (newest is not None and newest.status is RunStatus.RUNNING):
        began = newest.started if newest is not None and newest.status is RunStatus.RUNNING else None
        return case.under_way(began, _moved(case, job))
    if job.active is False and not case.over:
        return case.inactive()
    return _by_runs(case, seen, job)


def _by_runs(case: JobContext, seen: ConnectSeen, job: ConnectJob) -> Assessment:
    due, newest, moved = case.expected.due, seen.newest, _moved(case, job)
    began = newest.started if newest is not None else None
    if newest is not None and (due is None or case.counts(began)):
        return _by_run(case, newest, seen, moved)
    if due is None:
        return case.not_due()
    undated = max((run for run in seen.runs if run.started is None), key=lambda run: run.run_id, default=None)
    if undated is not None:
        return _by_undated_run(case, undated, seen, moved)
    if moved and newest is not None:
        # By its own schedule the job owes nothing; which of the two schedules is meant, a person has to say.
        return _by_run(case, newest, seen, moved)
    kept = case.runs[0] if case.runs else None
    last = max((one for one in (began, kept.started if kept else None, job.last_run) if one is not None), default=None)
    if case.counts(last):
        return _by_run_not_listed(case, seen, moved)
    known = case.known.number(JOB_NUMBER)
    if known and job.job_id != known:
        return Assessment(
            JobState.UNKNOWN,
            f"Responsys has the job under another number, {job.job_id} instead of {known}, so it was made again. No "
            f"run of it is known, and whether it was there at its slot, {case.slot(due)}, cannot be seen.",
            "Check the step Export job: Schedule and activate again; from then on its runs are expected.",
            findings=moved,
        )
    ever = last is not None
    return Assessment(
        JobState.LATE if ever else JobState.NEVER_RAN,
        f"No run has begun since its slot, {case.slot(due)}."
        + (f" The newest one began {case.when(last)}." if last else " None was ever seen."),
        "Look at Data > Connect > Manage Connect, whether the job waits for another one or shows an error. If Oracle's "
        "service was down, run the job now; the next slot comes by itself.",
        findings=moved,
    )


def _by_undated_run(case: JobContext, run: ConnectRun, seen: ConnectSeen, findings: tuple[Finding, ...]) -> Assessment:
    """Judge a run whose start is not known: a bad end is bad at any time, a good one is on time only by its file."""
    judged, files = _by_run(case, run, seen, findings), case.evidence.files
    file = files.newest if isinstance(files, FilesSeen) else None
    if judged.state is not JobState.ON_TIME or (file is not None and _fresh(case, file)):
        return judged
    reported = f'as "{run.reported_start}", which names no certain moment' if run.reported_start else "not at all"
    return replace(
        judged,
        state=JobState.UNKNOWN,
        reason=f"Run {run.run_id} succeeded. Responsys reports its start {reported}, so whether it ran in its slot, "
        f"{case.slot(case.expected.due)}, is not known.",
        remedy=f"Look at {_COMPLETED} for the time of the newest run.",
    )


def _by_run_not_listed(case: JobContext, seen: ConnectSeen, findings: tuple[Finding, ...]) -> Assessment:
    """Judge a run that Responsys does not list: one of an earlier look, or the one that the job itself names."""
    kept = case.runs[0] if case.runs else None
    if kept is not None and kept.run_id is not None and case.counts(kept.started):
        run = ConnectRun(kept.run_id, "", kept.status, kept.started, kept.seconds, kept.processed, 0, 0, kept.rejected)
        return _by_run(case, run, seen, findings)
    began = kept.started if kept is not None and case.counts(kept.started) else seen.job.last_run if seen.job else None
    return Assessment(
        JobState.UNKNOWN,
        f"A run began {case.when(began) if began else 'in its slot'}, but Responsys does not list it, so how it ended "
        "is not known.",
        f"Look at {_COMPLETED} for the newest run.",
        findings=findings,
    )


def _by_run(case: JobContext, run: ConnectRun, seen: ConnectSeen, findings: tuple[Finding, ...]) -> Assessment:
    began = f"began {case.when(run.started)}" if run.started else "has no known start"
    log = telling(seen.logs.get(run.run_id, ()))
    match run.status:
        case RunStatus.SUCCEEDED if run.rejected:
            reason = (
                f"Run {run.run_id} {began} and rejected {run.rejected:,} of {counted(run.processed or 0, 'record')}."
            )
            return Assessment(JobState.REJECTED, reason, _READ_LOG, log, findings)
        case RunStatus.SUCCEEDED:
            count = f" with {counted(run.processed, 'record')}" if run.processed is not None else ""
            after = " It was the last one of its schedule." if case.over else ""
            reason = f"Run {run.run_id} {began} and succeeded{count}.{after}"
            return Assessment(JobState.ON_TIME, reason, findings=(*findings, *_file_findings(case)))
        case RunStatus.FAILED | RunStatus.ABORTED:
            said = visible(run.error) or (log[-1] if log else "it gave no reason")
            reason = f"Run {run.run_id} {began} and {run.status.value}: {said}"
            return Assessment(JobState.FAILED, reason, _READ_LOG, log, findings)
        case _:
            reason = f"Run {run.run_id} {began}; its status is a word that is not documented, or could not be read."
            return Assessment(JobState.UNKNOWN, reason, f"Look at {_COMPLETED}.", log, findings)


def _moved(case: JobContext, job: ConnectJob) -> tuple[Finding, ...]:
    """Return a warning where the job's own next run is in none of the slots of the journal's schedule."""
    if job.next_run is None or job.next_run <= case.now:
        return ()
    awaited = [slot for slot in (case.expected.pending, case.expected.following) if slot is not None]
    if any(slot.start - CLOCK_SKEW <= job.next_run <= slot.end + CLOCK_SKEW for slot in awaited):
        return ()
    by_journal = case.slot(awaited[-1]) if awaited else "none"
    return (
        Finding(
            "schedule-differs",
            Status.WARN,
            f"Responsys names {case.when(job.next_run)} as the next run; by the wizard's schedule it is {by_journal}.",
            "The slot was moved in Responsys, or the wizard's answer was.",
            _WRONG_SCHEDULE,
        ),
    )


def _by_file(case: JobContext, connect: Unavailable) -> Assessment:
    expired, files, due = case.expiry(), case.evidence.files, case.expected.due
    if expired is not None or due is None:
        return expired or case.not_due()
    if isinstance(files, Unavailable):
        return Assessment(
            JobState.UNKNOWN,
            f"Nothing that can be seen from here tells of it. {connect.why} {files.why}",
            "Enter an API user that may use Connect (step 1) or a private key for the file server (step 13), or look "
            f"at {_COMPLETED}.",
        )
    return _by_newest_file(case, files, due, connect)


def _by_newest_file(case: JobContext, files: FilesSeen, due: Slot, connect: Unavailable) -> Assessment:
    newest = files.newest
    if newest is not None and newest.written(case.now) is None:
        return Assessment(
            JobState.UNKNOWN,
            f"{visible(newest.name, 100)} was {case.written(newest)}, so whether the run of {case.slot(due)} wrote it "
            f"is not known. {connect.why}",
            f"Look at {_COMPLETED} for the newest run and its log.",
            findings=_file_findings(case),
        )
    if newest is None or not _fresh(case, newest):
        seen = "There is no exported file." if newest is None else _age(case, newest, due)
        return Assessment(
            JobState.UNKNOWN,
            f"{seen} So no run has written one since; whether it failed, was late, or the job is gone or inactive, "
            "cannot be seen without a Connect API user.",
            f"Look at {_COMPLETED} for the newest run and its log.",
            findings=_file_findings(case),
        )
    if _under_way(case, files):
        return Assessment(JobState.RUNNING, f"{visible(newest.name, 100)} is there, its ready file not yet.")
    reason = f"{visible(newest.name, 100)} was {case.written(newest)}, in or after its slot."
    return Assessment(JobState.ON_TIME, reason, findings=_file_findings(case))


def _under_way(case: JobContext, files: FilesSeen) -> bool:
    waiting = files.waiting
    if waiting is None or waiting is not files.newest or files.ready is not None or not ready_file_wanted(case.known):
        return False
    written = waiting.written(case.now)
    return written is not None and case.now - written < STILL_WRITING


def _fresh(case: JobContext, file: RemoteFile) -> bool:
    since, written = case.expected.counts_from, file.written(case.now)
    return since is None or (written is not None and written >= since - CLOCK_SKEW)


def _age(case: JobContext, file: RemoteFile, due: Slot | None) -> str:
    than = f", before its slot, {case.slot(due)}" if due else ""
    return f"{visible(file.name, 100)} was {case.written(file)}{than}."


def _file_findings(case: JobContext) -> tuple[Finding, ...]:
    """Return what is wrong with the newest exported file, where it was seen."""
    files, due = case.evidence.files, case.expected.due
    if isinstance(files, Unavailable) or due is None:
        return ()
    newest = files.newest
    if newest is None or not (_fresh(case, newest) or newest.written(case.now) is None):
        return _stale(case, newest)
    report = Report()
    if files.message is not None:
        key_ids = case.known.lines("generate-key.encryption_key_ids")
        all_key_ids = case.known.lines("generate-key.key_ids")
        check_encryption(report, files.message, key_ids, newest.path, all_key_ids=all_key_ids)
    counted = case.runs[0].processed if files.counted is None and case.runs else files.counted
    check_size(report, newest.size, counted, None, newest.path)
    found = [one for one in report.verified().findings if one.status in (Status.FAIL, Status.WARN)]
    if (
        newest is files.waiting
        and files.ready is None
        and ready_file_wanted(case.known)
        and not _under_way(case, files)
    ):
        found.append(
            Finding(
                "ready-file-missing",
                Status.WARN,
                f"{visible(newest.path, 200)} has no ready file.",
                "Responsys writes it when the export is complete, so the file may be incomplete.",
                _READ_LOG,
            )
        )
    return tuple(found)


def _stale(case: JobContext, newest: RemoteFile | None) -> tuple[Finding, ...]:
    by_connect = isinstance(case.evidence.connect, ConnectSeen)
    if newest is None:
        if by_connect:  # an import may delete what it has fetched (facts B.7; documented), so this alone means nothing
            return ()
        code, seen = "file-missing", "Neither the export's folder nor the archive holds an exported file."
    else:
        code, seen = "file-stale", _age(case, newest, case.expected.due)
    return (
        Finding(
            code,
            Status.FAIL,
            seen,
            "The import brings old data, or none.",
            f"Look at {_COMPLETED} for the newest run, and at its folder and file name.",
        ),
    )
