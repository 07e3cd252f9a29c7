"""Step 17, Completed Jobs and the file server: the first file is there, whole, fresh and encrypted to the right key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.guide.connect_jobs import COMPLETED_JOBS
from cxr_tui.guide.destination_specification import NO_READY_FILE, READY_WITH_COUNT
from cxr_tui.guide.evidence import integration_user, outside
from cxr_tui.guide.export_contents import HEAD, judge_count, judge_encryption, judge_size
from cxr_tui.guide.export_runs import judge_shown_status, newest_run
from cxr_tui.guide.export_search import Found, instead, search
from cxr_tui.guide.exported_name import NAME_KEYS, exported_name, ready_names
from cxr_tui.guide.schedule_fields import local_slot, local_time, read_schedule, schedule_keys
from cxr_tui.guide.step import Check, Field, Note, Part, Product, Step
from cxr_tui.model.errors import OutsideError
from cxr_tui.model.finding import Outcome, Waiting
from cxr_tui.model.foreign import visible
from cxr_tui.model.ports import FileServer
from cxr_tui.model.schedule import Schedule, Slot
from cxr_tui.model.schema import RemoteFile, RunStatus
from cxr_tui.model.values import Known
from cxr_tui.model.visit import Site, Visit

ID = "exported-file"
SPECIFICATION = "destination-specification"

GRACE = timedelta(minutes=30)
"""A run may start in the last minute of its slot and then takes a while; before that, a missing file means nothing."""
_SKEW = timedelta(minutes=2)
"""By so much the clocks of file server and account may differ."""
_MOMENT = 1.0
"""Seconds between two looks at a file's size."""


@dataclass(frozen=True)
class _Due:
    """Which run's file is expected now."""

    begun: Slot
    """The newest slot that has begun."""
    oldest: datetime
    """A file older than this belongs to an earlier run."""
    pending: bool
    """The run of `begun` may still be under way, and none was due before it."""


@dataclass(frozen=True)
class _Run:
    """What is known of the newest run."""

    status: RunStatus | None = None
    processed: int | None = None


@dataclass(frozen=True)
class _Expected:
    """What the file is held against."""

    schedule: Schedule
    due: _Due
    run: _Run


def _visits(known: Known) -> tuple[Visit, ...]:
    name = known.text("select-object.job_name")
    return (
        Visit(
            Site.CALENDAR,
            ("Wait for", "Next run"),
            {"Product": "Responsys", "Job name": name},
            note="The job starts at a random minute of its quarter hour and takes some minutes more.",
        ),
        Visit(
            Site.RESPONSYS,
            COMPLETED_JOBS,
            brings={name: "status"},
            note="The newest run stands at the top; its log tells why, should it have failed.",
        ),
    )


async def _check(c: Check) -> Outcome:
    try:
        schedule = read_schedule(c.known, "export-schedule")
    except ValueError as error:
        c.report.unknown("schedule-unreadable", str(error), "When the file is due is not known.", "Correct step 16.")
        return c.report.proven()
    due = _due(schedule, c.world.now())
    if due is None:
        return _wait_for_run(c, schedule, schedule.next_slot(c.world.now()))
    run = await _judge_run(c, due)
    if run.status is RunStatus.RUNNING:
        return c.report.waiting(Waiting("the run of the export job", "some minutes", until=_soon(c)))
    server = c.world.file_server()
    if server is None:
        return _without_server(c, run, due)
    try:
        return await _look(c, server, _Expected(schedule, due, run))
    except OutsideError as error:
        outside(c.report, error, "Looking at the file server")
        return c.report.proven()


def _due(schedule: Schedule, now: datetime) -> _Due | None:
    following, over = schedule.next_slot(now), schedule.last_slot(now)
    begun = following if following is not None and following.start <= now else over
    if begun is None:
        return None
    settled = schedule.last_slot(now - GRACE)
    return _Due(begun, (settled or begun).start - _SKEW, pending=settled is None)


def _wait_for_run(c: Check, schedule: Schedule, slot: Slot | None) -> Outcome:
    when = local_slot(schedule, slot) if slot else "no slot at all"
    c.report.unknown("run-not-due", f"The first run starts at some minute of {when}.", "There is no file before that.")
    return c.report.waiting(
        Waiting("the first run of the export job", f"its slot, {when}", until=slot.end + GRACE if slot else None)
    )


async def _judge_run(c: Check, due: _Due) -> _Run:
    """Report how the run ended, by the Connect API where there is one, else as Completed Jobs was read."""
    connect, job_id = c.world.connect(), c.known.number("export-schedule.job_id")
    if connect is not None and job_id:
        run = await newest_run(c, connect, job_id, due.oldest)
        if run is not None:
            return _Run(run.status, run.processed)
    shown = c.known.text(f"{ID}.status")
    return _Run(judge_shown_status(c.report, shown)) if shown else _Run()


def _without_server(c: Check, run: _Run, due: _Due) -> Outcome:
    if run.processed is not None:
        c.report.learn("records", run.processed)
    if run.status is None and due.pending:
        return c.report.waiting(Waiting("the first run of the export job", "some minutes", until=_soon(c)))
    c.report.unknown(
        "file-unseen",
        "The file itself was not looked at: no private key for the file server was given.",
        "Whether it is whole and encrypted to the right key then shows only at the import.",
        "Look into the folder with your own SFTP program, or enter a key at Destination Connectivity.",
    )
    return c.report.attestable(proven_later="imported-profiles")


async def _look(c: Check, server: FileServer, expected: _Expected) -> Outcome:
    schedule, due = expected.schedule, expected.due
    path, name = c.known.text("destination-connectivity.path"), exported_name(c.known)
    c.progress(f"Looking for {name.likely} in {path}")
    found = await search(server, path, name)
    file = found.newest
    if file is None or file.modified < due.oldest:
        if due.pending:
            return c.report.waiting(Waiting("the first run of the export job", "some minutes", until=_soon(c)))
        if file is not None:
            _report_stale(c, file, schedule, due)
        elif c.known.has(f"{ID}.name") and expected.run.status is RunStatus.SUCCEEDED:
            seen = (
                f"{visible(c.known.text(f'{ID}.name'), 100)} was seen before and is gone now; the newest run succeeded."
            )
            c.report.passed("file-fetched", seen, "An import removes or archives what it has fetched.")
        else:
            await _report_missing(c, server, path, found)
        return c.report.proven()
    archived = file in found.archived
    if archived:
        where = f"{visible(file.name, 100)} lies in archive: the import has fetched it already."
        c.report.passed("file-archived", where)
    else:
        c.report.passed("file-there", f"{visible(file.name, 100)} lies in {visible(path, 60)}.")
        if await _growing(c, server, file, found):
            return c.report.waiting(Waiting("Responsys, which is still writing", "some minutes", until=_soon(c)))
    c.report.passed("file-fresh", f"It was written {local_time(schedule.zone, file.modified)}, after its slot began.")
    await _judge_file(c, server, file, found, expected.run)
    return c.report.proven()


def _report_stale(c: Check, file: RemoteFile, schedule: Schedule, due: _Due) -> None:
    age = due.oldest + _SKEW - file.modified
    days, hours = age.days, age.seconds // 3600
    by = f"{days} days and {hours} hours" if days else f"{hours} hours and {age.seconds % 3600 // 60} minutes"
    c.report.fail(
        "file-stale",
        f"{visible(file.name, 100)} was written {local_time(schedule.zone, file.modified)}, {by} before the newest "
        f"slot that is over.",
        "The last run wrote no file, or wrote it elsewhere; the import would bring old data.",
        "Look at Data > Connect > Manage Connect > Completed Jobs for the newest run and its log, and at Destination "
        "Connectivity and Destination Specification for folder and name.",
    )


async def _report_missing(c: Check, server: FileServer, path: str, found: Found) -> None:
    name = exported_name(c.known)
    there = await instead(server, path, name, found.folder)
    c.report.fail(
        "file-missing",
        f"There is no {visible(name.likely, 100)} in {visible(path, 60)}. {there}",
        "The import looks for this file in this folder.",
        "Compare the path of Destination Connectivity and the name of Destination Specification with what lies there, "
        "and look at Completed Jobs, whether the run wrote a file at all.",
    )


async def _growing(c: Check, server: FileServer, file: RemoteFile, found: Found) -> bool:
    """Report and return whether the file is still being written, by its size and by its ready file."""
    c.progress("Waiting a moment, whether the file still grows")
    before = await server.stat(file.path) or file
    await asyncio.sleep(_MOMENT)
    after = await server.stat(file.path) or before
    remedy = "Wait some minutes; it is looked at again."
    if after.size != before.size or after.modified != before.modified:
        seen = f"{visible(file.name, 100)} grew from {before.size:,} to {after.size:,} bytes within a moment."
        c.report.warn("file-growing", seen, "An unfinished file cannot be imported.", remedy)
        return True
    if c.known.text(f"{SPECIFICATION}.ready_file") != NO_READY_FILE and _ready_file(c, file, found.folder) is None:
        wanted = " or ".join(visible(one, 100) for one in ready_names(c.known, file.name))
        seen = f"The ready file ({wanted}) is not there yet."
        c.report.warn("file-growing", seen, "Responsys writes it when the export is complete.", remedy)
        return True
    c.report.passed("file-complete", f"{visible(file.name, 100)} has stopped growing.")
    return False


def _ready_file(c: Check, file: RemoteFile, folder: tuple[RemoteFile, ...]) -> RemoteFile | None:
    names = ready_names(c.known, file.name)
    return next((one for one in folder if one.name in names), None)


async def _judge_file(c: Check, server: FileServer, file: RemoteFile, found: Found, run: _Run) -> None:
    c.progress("Reading the head of the file")
    records = await _count_of_ready_file(c, server, file, found)
    records = run.processed if records is None else records
    judge_size(c.report, file.size, records, file.path)
    recipients: list[str] = []
    if file.size:
        message = await c.world.openpgp.read_message(await server.read(file.path, HEAD))
        recipients = list(message.recipients)
        judge_encryption(c.report, message, c.known.lines("generate-key.encryption_key_ids"), file.path)
    for other in found.files:
        if other.path != file.path and other.size:
            head = await c.world.openpgp.read_message(await server.read(other.path, HEAD))
            if not head.encrypted:
                judge_encryption(c.report, head, (), other.path)
    for name, value in (("name", file.name), ("path", file.path), ("modified", file.modified.isoformat())):
        c.report.learn(name, value)
    c.report.learn("size", file.size)
    c.report.learn("recipients", recipients)
    if records:
        c.report.learn("records", records)
        responsys = await integration_user(c)
        if responsys is not None:
            judge_count(c.report, records, await responsys.member_count(c.known.text("select-object.list")))


async def _count_of_ready_file(c: Check, server: FileServer, file: RemoteFile, found: Found) -> int | None:
    ready = _ready_file(c, file, found.folder)
    if c.known.text(f"{SPECIFICATION}.ready_file") != READY_WITH_COUNT or ready is None:
        return None
    text = (await server.read(ready.path, 100)).decode(errors="replace").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def _soon(c: Check) -> datetime:
    return c.world.now() + timedelta(minutes=5)


STEP = Step(
    id=ID,
    title="The exported file",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Waits for the first run of the export job, and looks whether its file is there, whole and encrypted.",
    check=_check,
    fields=(
        Field(
            "status",
            "Newest run in Completed Jobs",
            help="The line of the newest run as it stands there, such as: succeeded, 5000 records. Needed only where "
            "this program can look neither at the runs nor at the file server.",
            source="Integrating with Responsys, import your profile list, steps 3.9 and 3.10 (documented)",
            optional=True,
            brought=True,
        ),
    ),
    notes=(
        Note(
            "The ending that encryption adds to the name is not documented; the file itself shows it, and the import "
            "is then told exactly that name."
        ),
        Note("Once the import runs, it may move the file to archive. The file is looked for there too."),
    ),
    visits=_visits,
    rests_on=(
        "select-object.job_name",
        "select-object.list",
        "destination-connectivity.server",
        "destination-connectivity.path",
        *NAME_KEYS,
        f"{SPECIFICATION}.ready_file",
        f"{SPECIFICATION}.ready_extension",
        *schedule_keys("export-schedule"),
        "export-schedule.job_id",
        "generate-key.encryption_key_ids",
        f"{ID}.name",
    ),
    usual_wait="until the job's next slot is over",
)
