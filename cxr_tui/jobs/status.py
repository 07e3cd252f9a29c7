"""The two jobs of an integration: when they should have run, what was seen of it, and what follows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cxr_tui.guide.schedule_fields import read_schedule
from cxr_tui.model.errors import OutsideError, UnreachableError
from cxr_tui.model.foreign import visible
from cxr_tui.model.ports import FileServer, Responsys, World
from cxr_tui.model.schedule import Schedule, Slot
from cxr_tui.model.schema import ConnectRun, RemoteFile, RunStatus
from cxr_tui.model.values import Known

PATIENCE = timedelta(hours=1)
"""How long after its slot a run may take before it counts as late; nothing is documented, so generous (inferred)."""
ARCHIVE = "archive"


class JobState(StrEnum):
    """How a job stands."""

    ON_TIME = "on time"
    RUNNING = "running"
    LATE = "late"
    FAILED = "failed"
    REJECTED = "rejected rows"
    NOT_DUE = "not due yet"
    GONE = "gone"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"

    @property
    def well(self) -> bool:
        """Whether nothing has to be done."""
        return self in (JobState.ON_TIME, JobState.RUNNING, JobState.NOT_DUE)


@dataclass
class JobStatus:
    """One job: expectation, evidence, judgement."""

    job: str
    """`export` or `import`."""
    name: str
    state: JobState = JobState.UNKNOWN
    reason: str = ""
    last_due: Slot | None = None
    """Newest slot that is over."""
    next_due: Slot | None = None
    seen: list[str] = field(default_factory=list)
    """Evidence, one sentence each."""
    unreachable: bool = False
    """Whether something could not be asked because it did not answer."""


async def job_statuses(known: Known, world: World) -> tuple[JobStatus, ...]:
    """Return the export and the import as far as they are set up, judged from whatever evidence can be had.

    Schedules are in the account's time zone. What cannot be seen is said to be unseen, and the job is `unknown`.
    """
    await _learn_time(world)
    plans = (
        ("export", known.text("select-object.job_name"), _schedule(known, "export-schedule")),
        ("import", known.text("source-connectivity.job_name"), _schedule(known, "import-schedule")),
    )
    return tuple(
        await asyncio.gather(
            *(
                _judge(job, name, schedule, known, world)
                for job, name, schedule in plans
                if name and schedule is not None
            )
        )
    )


async def _learn_time(world: World) -> None:
    """Log in once, so that all that follows is held against the servers' time rather than this machine's."""
    connect = world.connect()
    try:
        await (connect or world.responsys()).login()
    except OutsideError:
        return  # whoever asks next will meet the same error and say so


def _schedule(known: Known, step: str) -> Schedule | None:
    if not known.has(f"{step}.date"):
        return None
    try:
        return read_schedule(known, step)
    except ValueError:
        return None


async def _judge(job: str, name: str, schedule: Schedule, known: Known, world: World) -> JobStatus:
    now = world.now()
    status = JobStatus(job, name, last_due=schedule.last_slot(now), next_due=schedule.next_slot(now))
    if status.last_due is None:
        status.state = JobState.NOT_DUE
        status.reason = "Its first run is still to come."
        return status
    connect, files = world.connect(), world.file_server()
    if job == "export" and connect is not None:
        await _look_at_runs(status, connect, now)
    if files is not None:
        await _look_at_files(status, files, known, now)
    if status.state is JobState.UNKNOWN and not status.reason:
        status.reason = "Nothing that can be seen from here tells whether it ran."
    return status


async def _look_at_runs(status: JobStatus, connect: Responsys, now: datetime) -> None:
    due = status.last_due
    if due is None:
        return
    try:
        job = next((one for one in await connect.connect_jobs() if one.name == status.name), None)
        if job is None:
            status.state, status.reason = JobState.GONE, "No Connect job of this name; an expired job is deleted."
            return
        if not job.active:
            status.state, status.reason = JobState.INACTIVE, "The job is there and not active."
            return
        runs = await connect.connect_runs(job.job_id, due.start - timedelta(days=1), now + timedelta(days=1))
    except OutsideError as error:
        _unseen(status, "Connect runs", error)
        return
    newest = next((run for run in runs if run.started is not None and run.started >= due.start), None)
    if newest is None:
        late = now > due.end + PATIENCE
        status.state = JobState.LATE if late else JobState.NOT_DUE
        status.reason = "No run has begun since its slot." if late else "Its slot has only just passed."
        return
    _take_run(status, newest)


def _take_run(status: JobStatus, run: ConnectRun) -> None:
    status.seen.append(
        f"run {run.run_id} began {run.started:%Y-%m-%d %H:%M} UTC: {run.status or 'unknown'}, "
        f"{run.processed} records, {run.rejected or 0} rejected"
    )
    match run.status:
        case RunStatus.SUCCEEDED if run.rejected:
            status.state, status.reason = JobState.REJECTED, f"{run.rejected} records were rejected."
        case RunStatus.SUCCEEDED:
            status.state, status.reason = JobState.ON_TIME, "The run of its newest slot succeeded."
        case RunStatus.RUNNING:
            status.state, status.reason = JobState.RUNNING, "The run of its newest slot goes on."
        case RunStatus.FAILED | RunStatus.ABORTED:
            status.state = JobState.FAILED
            status.reason = visible(run.error) or f"The run of its newest slot {run.status.value}."
        case None:
            status.reason = "The run's status could not be read."


async def _look_at_files(status: JobStatus, files: FileServer, known: Known, now: datetime) -> None:
    due, name = status.last_due, known.text("exported-file.name")
    if due is None or not name:
        return
    folder = known.text("destination-connectivity.path")
    try:
        waiting, fetched = await asyncio.gather(_file(files, folder, name), _file(files, ARCHIVE, name))
    except OutsideError as error:
        _unseen(status, "the file server", error)
        return
    if status.job == "export":
        _take_export_file(status, [one for one in (waiting, fetched) if one is not None], due, now)
    else:
        _take_import_file(status, waiting, fetched, due, now)


def _take_export_file(status: JobStatus, there: list[RemoteFile], due: Slot, now: datetime) -> None:
    newest = max(there, key=lambda one: one.modified, default=None)
    if newest is None:
        status.seen.append("no exported file on the file server")
        return
    place = visible(newest.path, 80)
    status.seen.append(f"{place}: {newest.size} bytes, written {newest.modified:%Y-%m-%d %H:%M} UTC")
    if status.state is JobState.UNKNOWN:
        if newest.modified >= due.start:
            status.state, status.reason = JobState.ON_TIME, "The file was written in or after its newest slot."
        elif now > due.end + PATIENCE:
            status.state, status.reason = JobState.LATE, "The file is older than its newest slot."


def _take_import_file(
    status: JobStatus, waiting: RemoteFile | None, fetched: RemoteFile | None, due: Slot, now: datetime
) -> None:
    """Judge the import by what it leaves behind: a file that it has loaded lies in the archive (facts B.7)."""
    if fetched is not None and (waiting is None or fetched.modified >= waiting.modified):
        status.seen.append(f"the newest export was fetched; it lies in {ARCHIVE}/ with {fetched.size} bytes")
        status.state, status.reason = JobState.ON_TIME, "The newest exported file was fetched and archived."
    elif waiting is not None and waiting.modified < due.start and now > due.end + PATIENCE:
        status.seen.append(f"{visible(waiting.path, 80)} is still waiting to be fetched")
        status.state, status.reason = JobState.LATE, "The exported file was there at its slot and was not fetched."


async def _file(files: FileServer, folder: str, name: str) -> RemoteFile | None:
    return await files.stat(f"{folder.rstrip('/')}/{name}" if folder else name)


def _unseen(status: JobStatus, what: str, error: OutsideError) -> None:
    status.seen.append(f"{what} could not be read: {visible(str(error))}")
    status.unreachable = status.unreachable or isinstance(error, UnreachableError)
