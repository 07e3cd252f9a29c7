"""Collects all available evidence concurrently; an unavailable system never hides another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import TypeVar

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import (
    NothingStoredError,
    OutsideError,
    RefusedError,
    ServiceFaultError,
    StoreUnusableError,
    UnreachableError,
)
from cxr_tui.domain.ports import FileServer, World
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.export.completeness import count_in, ready_file, ready_file_wanted
from cxr_tui.guide.checks.export.encryption import HEAD
from cxr_tui.guide.checks.export.file_name import exported_name
from cxr_tui.guide.checks.export.find_file import retry_if_moved, search
from cxr_tui.guide.checks.members import look_up
from cxr_tui.guide.forms.connect_job import job_named
from cxr_tui.jobs.evidence import (
    ConnectSeen,
    Evidence,
    FilesSeen,
    MembersSeen,
    PublishedSeen,
    Unavailable,
    UnavailableReason,
)
from cxr_tui.jobs.expected_runs import JobKind, ScheduledJob, expected_runs
from cxr_tui.system.tasks import side_by_side
from cxr_tui.system.threads import run_in_thread

LIMIT_SECONDS = 75.0
"""Seconds for one piece of evidence: a throttled minute may pass once, but a cron job must end."""

FIRST_LOOK = timedelta(days=14)
"""How far back runs are requested while the journal has none; later only new ones."""

SAMPLE = 3
"""Sample records that are looked up: calls per minute are limited (facts A.6)."""

_IMPORT_SECONDS = 30.0

Got = TypeVar("Got")


async def gather(
    known: Known,
    plans: Sequence[ScheduledJob],
    world: World,
    runs_since: datetime | None = None,
) -> Evidence:
    """Collect all evidence concurrently; outside errors become `Unavailable`.

    `runs_since` is the time from which the journal lacks runs of the export; None: it has none.
    """
    export = next((plan for plan in plans if plan.kind is JobKind.EXPORT), None)
    async with asyncio.TaskGroup() as group:
        begin = group.create_task
        connect = begin(_guarded("The Connect jobs", _connect(export, runs_since, world)))
        files = begin(_guarded("The file server", _files(known, world)))
        members = begin(_guarded("The sample records", _members(known, world)))
        published = begin(_guarded("The published audience", _published(known, world)))
    return Evidence(connect.result(), files.result(), members.result(), published.result())


async def _guarded(what: str, look: Awaitable[Got | Unavailable]) -> Got | Unavailable:
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await look
    except TimeoutError:
        return Unavailable(f"{what} did not answer within {LIMIT_SECONDS:g} seconds.", UnavailableReason.UNREACHABLE)
    except OutsideError as error:
        return Unavailable(f"{what} could not be read: {visible(str(error))}", _reason(error))


def _reason(error: OutsideError) -> UnavailableReason:
    if isinstance(error, (UnreachableError, ServiceFaultError)) or (isinstance(error, RefusedError) and error.passes):
        return UnavailableReason.UNREACHABLE
    stored = not isinstance(error, (StoreUnusableError, NothingStoredError))
    return UnavailableReason.REFUSED if stored else UnavailableReason.STORE


async def _connect(plan: ScheduledJob | None, runs_since: datetime | None, world: World) -> ConnectSeen | Unavailable:
    connect = world.connect()
    if connect is None:
        return Unavailable("No API user with access to Connect was entered (step 1).")
    if plan is None:
        return Unavailable("The export job is not set up yet.")
    job = job_named(await connect.connect_jobs(), plan.name)
    if job is None:
        return ConnectSeen(None)
    now = world.now()
    runs = await connect.connect_runs(job.job_id, _window(runs_since, plan, now), now + timedelta(days=1))
    if not runs or (runs[0].status is RunStatus.SUCCEEDED and not runs[0].rejected):
        return ConnectSeen(job, runs)
    return ConnectSeen(job, runs, {runs[0].run_id: await connect.connect_logs(job.job_id, runs[0].run_id)})


def _window(runs_since: datetime | None, plan: ScheduledJob, now: datetime) -> datetime:
    """Return since when runs are asked for: the newest that is owed among them, and those the journal lacks."""
    since = now - FIRST_LOOK
    if runs_since is not None:
        since = max(since, min(runs_since, now))
    due = expected_runs(plan, now).due
    return since if due is None else min(since, due.start)


async def _files(known: Known, world: World) -> FilesSeen | Unavailable:
    if known.has("destination-connectivity.key_file"):
        # The library takes a while to load; in a thread, the other requests continue meanwhile.
        await run_in_thread(lambda: import_module("cxr_tui.gateways.sftp.client"), _IMPORT_SECONDS, "load sftp")
    server = world.file_server()
    if server is None:
        return Unavailable("No private key for the file server was entered (step 13).")
    if not known.has("destination-specification.file_name"):
        return Unavailable("The exported file has no name yet (step 14).")
    return await retry_if_moved(lambda: _found_files(known, server, world))


async def _found_files(known: Known, server: FileServer, world: World) -> FilesSeen:
    found = await search(server, known.text("destination-connectivity.path"), exported_name(known))
    waiting = found.files[0] if found.files else None
    seen = FilesSeen(waiting, found.archived[0] if found.archived else None)
    newest = seen.newest
    if newest is None:
        return seen
    ready = message = None
    if waiting is not None and ready_file_wanted(known):
        ready = ready_file(known, waiting, found.folder)
    counted = await count_in(known, server, ready)
    if newest.size != 0:
        message = await world.openpgp.read_message(await server.read(newest.path, HEAD))
    return replace(seen, ready=ready, counted=counted, message=message)


async def _members(known: Known, world: World) -> MembersSeen | Unavailable:
    audience = world.audience()
    sample = [value for value in known.lines("integration-settings.known_members") if value.strip()][:SAMPLE]
    if audience is None:
        return Unavailable("No API user of CX Audience was entered (step 1).")
    if not sample:
        return Unavailable("No sample records were entered (step 8).")
    column = known.text("target-definition.match_column")
    if not column:
        return Unavailable("The import has no match column yet (step 22).")
    sides = (world.responsys(), "select-object.list"), (audience, "target-definition.target_list")
    ours, theirs = await side_by_side(lambda side: look_up(side[0], known.text(side[1]), column, sample), sides, 2)
    pairs = tuple((record, theirs.get(value)) for value, record in ours.items() if record is not None)
    return MembersSeen(pairs) if pairs else Unavailable("No sample record is in the Responsys list any more.")


async def _published(known: Known, world: World) -> PublishedSeen | Unavailable:
    name = known.text("go-live.audience_name")
    if not name:
        return Unavailable("No audience was published yet (step 26).")
    filters = await world.responsys().filters()
    return PublishedSeen(name, any(one.name == name for one in filters))
