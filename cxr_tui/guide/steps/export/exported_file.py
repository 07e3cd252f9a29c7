"""Step 17, Completed Jobs and the file server: the first file is there, complete, new and correctly encrypted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import OpenPgpError, OutsideError
from cxr_tui.domain.finding import Outcome, Status, Waiting
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import CLOCK_SKEW, ConnectRun, RemoteFile, RunStatus
from cxr_tui.domain.schedule import Schedule, UnknownZoneError, zone_of
from cxr_tui.domain.text import duration
from cxr_tui.guide.checks.clock_difference import report_clock
from cxr_tui.guide.checks.common import integration_user, look, report_error
from cxr_tui.guide.checks.export.completeness import UNFINISHED, count_in, if_stuck, is_complete, ready_file
from cxr_tui.guide.checks.export.encryption import HEAD, WHOLE, check_count, check_encryption, check_size
from cxr_tui.guide.checks.export.file_name import NAME_KEYS, exported_name
from cxr_tui.guide.checks.export.find_file import (
    Found,
    dated_instead,
    newer_files,
    other_files,
    report_strange_names,
    retry_if_moved,
    search,
)
from cxr_tui.guide.checks.export.runs import STATUS_WORDS, check_shown_status, newest_run
from cxr_tui.guide.definition import Check, Fact, Field, Note, Part, Product, Step, keys_of
from cxr_tui.guide.forms.connect_job import EXPORT_JOB, check_presence, jobs_of
from cxr_tui.guide.forms.schedule import local_slot, local_time, read_schedule, schedule_keys
from cxr_tui.guide.screens import COMPLETED_JOBS

ID = "exported-file"
SPECIFICATION = "destination-specification"

GRACE = timedelta(minutes=30)
"""A run may start in the last minute of its slot and takes a while; until then a missing file means nothing."""


@dataclass(frozen=True)
class _Due:
    """The run whose file is expected now."""

    schedule: Schedule
    oldest: datetime
    """A file older than this belongs to an earlier run."""
    pending: bool
    """The run may not have ended, and no run was due before it."""
    run: ConnectRun
    """The run that writes the file; without a number, it is known from an entry only, if at all."""


def _visits(known: Known) -> tuple[Visit, ...]:
    return (
        EXPORT_JOB.next_run(known),
        Visit(
            Site.RESPONSYS,
            COMPLETED_JOBS,
            brings={EXPORT_JOB.name(known): "status"},
            note="The latest run is at the top. If it failed, its log says why. Then open the folder "
            f"{known.text('destination-connectivity.path')} of {known.text('destination-connectivity.server')} in an "
            "SFTP program: the exported file should be there. Without an SSH key, ask a colleague who has access.",
        ),
    )


async def _check(c: Check) -> Outcome:
    report_clock(c)
    now = c.world.now()
    try:
        schedule = read_schedule(c.known, "export-schedule")
    except UnknownZoneError as error:
        # The wizard does not know when the file is due, so it leaves the file to a person.
        check_shown_status(c.report, c.known.text(f"{ID}.status"))
        c.report.unknown(
            "time-zone-unknown",
            str(error),
            "It is unknown when the file is due, so any file may be an old one.",
            "Check Completed Jobs and the file yourself; the import shows whether it is complete.",
        )
        return c.report.confirmable()
    except ValueError as error:
        c.report.unknown("schedule-unreadable", str(error), "It is unknown when the file is due.", "Correct step 16.")
        return c.report.verified()
    begun, settled = schedule.newest_slot(now), schedule.last_slot(now - GRACE)
    if begun is None:
        return _wait_for_first_run(c, schedule)
    oldest = (settled or begun).start - CLOCK_SKEW
    due = _Due(schedule, oldest, settled is None, await _check_run(c, oldest))
    if c.report.found("job-gone"):
        return c.report.verified()
    if due.run.status is RunStatus.RUNNING:
        run = f"Run {due.run.run_id}" if due.run.run_id else "The run"
        lasted = f" after {duration(now - due.run.started)}" if due.run.started else ""
        c.report.unknown("file-growing", f"{run} has not ended{lasted}.", UNFINISHED, if_stuck(c.known))
        return _wait(c, "the export run")
    server = c.world.file_server()
    if server is None:
        return _without_server(c, due)
    try:
        return await retry_if_moved(lambda: _look(replace(c, report=c.report.copy()), server, due))
    except OutsideError as error:
        doing = "Reading the file" if isinstance(error, OpenPgpError) else "Reading the file server"
        report_error(c.report, error, doing)
        return c.report.verified()


def _wait(c: Check, what: str) -> Outcome:
    return c.report.waiting(Waiting(what, "a few minutes", until=c.world.now() + timedelta(minutes=5)))


def _wait_for_first_run(c: Check, schedule: Schedule) -> Outcome:
    slot = schedule.next_slot(c.world.now())
    usual = local_slot(schedule, slot) if slot else "no run is scheduled"
    seen = f"The first run starts within {usual}." if slot else "The schedule has no run."
    c.report.unknown("run-not-due", seen, "No file exists before then.")
    return c.report.waiting(Waiting("the first export run", usual, until=slot.end + GRACE if slot else None))


async def _check_run(c: Check, oldest: datetime) -> ConnectRun:
    """Report how the run ended, from the Connect API where it can be used, else from the entry."""
    connect, job_id = c.world.connect(), c.known.number("export-schedule.job_id")
    if connect is not None and job_id:
        jobs = await jobs_of(c, connect)
        if jobs is not None and check_presence(c.report, jobs, EXPORT_JOB.name(c.known)) is None:
            return ConnectRun(0, None, None, None)  # that explains whatever is wrong with the file
        doing = "Reading the runs of the export job"
        run = await look(c, doing, newest_run(c, connect, job_id, oldest), optional=Status.WARN)
        if run is not None:
            return run
    return ConnectRun(0, check_shown_status(c.report, c.known.text(f"{ID}.status")), None, None)


def _without_server(c: Check, due: _Due) -> Outcome:
    if due.run.status is None and due.pending:
        return _wait(c, "the first export run")
    c.report.unknown(
        "file-unseen",
        "The wizard could not check the file: no SSH key was entered.",
        "Problems with the file will show only at the import.",
        "Open the folder in your own SFTP program, or enter a key at step 13.",
    )
    return c.report.confirmable()


async def _look(c: Check, server: FileServer, due: _Due) -> Outcome:
    path, name = c.known.text("destination-connectivity.path"), exported_name(c.known)
    c.progress(f"Looking for {name.likely} in {path}")
    found = await search(server, path, name)
    report_strange_names(c.report, path, found.folder)
    if found.newest is None and (others := dated_instead(found, name)):
        c.report.fail(
            "date-suffix",
            f"{path} contains {others[0].name}: the expected name with a date.",
            "Each run gives its file a different name, and the import probably looks for one fixed name.",
            "In Destination Specification of the export job, select no date under Prefix and Suffix, save, and run the "
            "job again.",
            at=SPECIFICATION,
        )
        found = replace(found, files=others)
    file = found.newest
    written = file.written(c.world.now()) if file is not None else None
    if file is None or (written is not None and written < due.oldest):
        return await _without_new_file(c, server, found, due)
    if file in found.archived:
        c.report.passed("file-archived", f"{file.name} is in archive: the import has already fetched it.")
    else:
        c.report.passed("file-there", f"{file.name} is in {path}.")
        if not await is_complete(c, server, file, found.folder):
            return _wait(c, "Responsys to finish writing the file")
    await _check_file(c, server, file, found, due.run)
    if written is None:
        _report_age_unknown(c, file, due.schedule)
    else:
        c.report.passed("file-fresh", f"It was written {local_time(due.schedule.zone, written)}, by the latest run.")
    return c.report.confirmable() if written is None or file.size is None else c.report.verified()


async def _without_new_file(c: Check, server: FileServer, found: Found, due: _Due) -> Outcome:
    """Report why the file of the run is not there: it is still to come, was fetched, or is missing."""
    file, path = found.newest, c.known.text("destination-connectivity.path")
    if due.pending:
        return _wait(c, "the first export run")
    if file is not None and (written := file.written(c.world.now())) is not None:
        _report_stale(c, file, written, due, await newer_files(server, found.folder, path, due.oldest))
    elif c.known.has(f"{ID}.name") and due.run.status is RunStatus.SUCCEEDED:
        seen = f"{c.known.text(f'{ID}.name')} was there before and is gone now; the latest run succeeded."
        c.report.passed("file-fetched", seen, "An import removes or archives the file it has fetched.")
        if not due.run.run_id:
            return c.report.confirmable()
    else:
        await _report_missing(c, server, path, found)
    return c.report.verified()


def _report_age_unknown(c: Check, file: RemoteFile, schedule: Schedule) -> None:
    reported = "no time"
    if file.modified is not None:
        reported = f"{local_time(schedule.zone, file.modified)}, a time in the future,"
    c.report.unknown(
        "file-time-unknown",
        f"The file server reports {reported} for {file.name}.",
        "The file may be an old one.",
        "Compare its time in another SFTP program with Completed Jobs; confirm the step if they fit.",
    )


def _report_stale(c: Check, file: RemoteFile, written: datetime, due: _Due, newer: str) -> None:
    schedule = due.schedule
    begun = due.oldest + CLOCK_SKEW
    age, day = duration(begun - written), begun.astimezone(zone_of(schedule.zone)).date()
    c.report.fail(
        "file-stale",
        f"{file.name} was written {local_time(schedule.zone, written)}, {age} before the latest "
        f"run was due ({local_slot(schedule, schedule.slot_on(day))}). "
        f"{newer}".strip(),
        "The last run wrote no file, or wrote it elsewhere; the import would import old data.",
        f"Check the latest run and its log in {' > '.join(COMPLETED_JOBS)}. Compare File to be created and Extension "
        f"in Destination Specification with {exported_name(c.known).plain}, and Path in Destination Connectivity with "
        f"{c.known.text('destination-connectivity.path')}. Then run the job again.",
        at=SPECIFICATION,
        identity=f"{file.name} {written.isoformat()}",
    )


async def _report_missing(c: Check, server: FileServer, path: str, found: Found) -> None:
    name = exported_name(c.known)
    there, misplaced = await other_files(server, path, name, found.folder)
    c.report.fail(
        "file-missing",
        f"There is no {name.likely} in {path}. {there}",
        "The import looks for this file in this folder.",
        f"In the export job, set Path in Destination Connectivity to {path}, and File to be created with its extension "
        f"in Destination Specification to {name.plain}. Then run the job again. If both are right already, check in "
        "Completed Jobs whether the run wrote a file.",
        at="destination-connectivity" if misplaced else SPECIFICATION,
        identity=f"{path} {name.likely}",
    )


async def _check_file(c: Check, server: FileServer, file: RemoteFile, found: Found, run: ConnectRun) -> None:
    c.progress("Reading the head of the file")
    records = await count_in(c.known, server, ready_file(c.known, file, found.folder))
    records = run.processed if records is None else records
    in_list = None
    if (responsys := await integration_user(c)) is not None:
        counting = responsys.member_count(c.known.text("select-object.list"))
        in_list = await look(c, "Counting the records of the list", counting, optional=Status.WARN)
    check_size(c.report, file.size, records, in_list, file.path)
    if file.size != 0:
        limit = HEAD if file.size is None or file.size > WHOLE else file.size
        whole = limit == file.size
        message = await c.world.openpgp.read_message(await server.read(file.path, limit))
        key_ids, all_key_ids = (c.known.lines(f"generate-key.{name}") for name in ("encryption_key_ids", "key_ids"))
        check_encryption(c.report, message, key_ids, file.path, all_key_ids=all_key_ids, whole=whole)
    for other in found.files:
        if other.path != file.path and other.size != 0:
            head = await c.world.openpgp.read_message(await server.read(other.path, HEAD))
            if not head.encrypted:
                check_encryption(c.report, head, (), other.path, whole=False)
    c.report.learn("name", file.name)
    c.report.learn("path", file.path)
    if file.modified is not None:
        c.report.learn("modified", file.modified.isoformat())
    if records and in_list is not None:
        check_count(c.report, records, in_list)


STEP = Step(
    id=ID,
    title="The exported file",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Wait for the first export, then check that the file is there, complete and encrypted.",
    check=_check,
    fields=(
        Field(
            "status",
            "Latest run in Completed Jobs",
            help="The status line of the latest run, for example: succeeded, 5000 records. Needed only if the wizard "
            "can check neither the runs nor the file server.",
            source="Integrating with Responsys, import your profile list, steps 3.9 and 3.10 (documented)",
            choices=STATUS_WORDS,
            optional=True,
            brought=True,
        ),
    ),
    notes=(
        Note(
            "Oracle does not document the extension that encryption adds. Check the real file name: the import needs "
            "exactly that name."
        ),
        Note("The import may later move the file to archive. The wizard looks there too."),
        Note("Preflight reads the file the way the import will and lists the records that would be rejected."),
    ),
    facts=(
        Fact("name", "File name", "the file server"),
        Fact("path", "Path of the file", "the file server"),
        Fact("modified", "File written", "the file server"),
    ),
    visits=_visits,
    verified_by="imported-profiles",
    rests_on=(
        *keys_of("select-object", "job_name", "list"),
        *keys_of("destination-connectivity", "server", "path"),
        *NAME_KEYS,
        *keys_of(SPECIFICATION, "ready_file", "ready_extension"),
        *schedule_keys("export-schedule"),
        "export-schedule.job_id",
        *keys_of("generate-key", "encryption_key_ids", "key_ids"),
        f"{ID}.name",
    ),
    usual_wait="until the job's next run",
)
