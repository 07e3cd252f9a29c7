"""Whether an exported file is complete: its run has ended, it no longer grows, and its ready file exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from cxr_tui.domain.answers import Known, whole_number
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import RemoteFile, RunStatus
from cxr_tui.domain.text import duration
from cxr_tui.guide.checks.export.encryption import bytes_of
from cxr_tui.guide.checks.export.file_name import ready_names
from cxr_tui.guide.definition import Check

NO_READY_FILE = "Do not create"
READY_WITH_COUNT = "Create file with record count"
AS_SHOWN = "Leave it as the screen shows it"

PATIENCE = timedelta(hours=2)
"""How long an export may take before it counts as stuck (our choice): Oracle documents no duration, and lists of a
million records are written and sent within minutes."""

_MOMENT = 1.0
"""Seconds between two readings of a file's size."""
_GROWING = "growing_since"
GROWING_SINCE = f"exported-file.{_GROWING}"
"""Key of the fact since when the file has grown (ISO), empty where it does not."""
_READY_FILE = "destination-specification.ready_file"
_WAIT = "Wait a few minutes; the wizard checks it again."
_WHY = "An unfinished file cannot be decrypted, so the import would fail."


def ready_file_wanted(known: Known) -> bool:
    """Return whether the export is known to write a ready file."""
    return known.text(_READY_FILE, AS_SHOWN) not in (AS_SHOWN, NO_READY_FILE)


@dataclass(frozen=True)
class Run:
    """What is known of the run that writes the file."""

    status: RunStatus | None = None
    processed: int | None = None
    started: datetime | None = None
    number: int = 0

    def under_way(self, now: datetime) -> timedelta | None:
        """Return how long it has been running, None where it has ended or that is not known."""
        if self.status is not RunStatus.RUNNING or self.started is None:
            return None
        return now - self.started

    def stuck(self, now: datetime) -> bool:
        """Return whether it has been running for longer than exports take."""
        lasted = self.under_way(now)
        return lasted is not None and lasted > PATIENCE


class Writing(Enum):
    """How far the writing of a file is."""

    DONE = auto()
    GOING_ON = auto()
    STUCK = auto()
    """Probably: it takes longer than exports take."""


async def check_writing(
    c: Check, server: FileServer, file: RemoteFile, folder: tuple[RemoteFile, ...], run: Run
) -> Writing:
    """Report how far the writing of the file is, and return it.

    `folder` contains the files in the same folder. Where the start of the run is not known, the time counts from the
    first check that saw the file grow.
    """
    c.progress("Waiting to see whether the file still grows")
    before = await server.stat(file.path) or file
    await c.world.wait(_MOMENT)
    after = await server.stat(file.path) or before
    now, name = c.world.now(), file.name
    grown = after.size != before.size or after.modified != before.modified
    missing = ready_file_wanted(c.known) and ready_file(c, file, folder) is None
    since = run.started if run.status is RunStatus.RUNNING and run.started else _first_seen(c, now)
    if grown:
        seen = f"{name} grew from {bytes_of(before.size)} to {bytes_of(after.size)} within a second"
        c.report.learn(_GROWING, since.isoformat())
    elif missing:
        wanted = " or ".join(ready_names(c.known, file.name))
        seen = f"{name} has {bytes_of(after.size)}, and its ready file ({wanted}) is missing"
        written = after.written(now)
        if run.status is not RunStatus.RUNNING or not run.started:
            since = written or since
        c.report.learn(_GROWING, "" if written else since.isoformat())
    elif run.status is RunStatus.RUNNING:
        seen = f"{name} has {bytes_of(after.size)}, and its run has not ended"
    else:
        c.report.learn(_GROWING, "")
        if after.size is not None:
            c.report.passed("file-complete", f"{name} no longer grows.")
        return Writing.DONE
    lasted = now - since
    seen = f"{seen}; {_run_words(run, now)}{duration(lasted)} have passed."
    if lasted <= PATIENCE:
        c.report.unknown("file-growing", seen, _WHY, _WAIT)
        return Writing.GOING_ON
    report_stuck(c, seen)
    return Writing.STUCK


def _first_seen(c: Check, now: datetime) -> datetime:
    """Return when an earlier check first saw the file grow, else now."""
    try:
        return datetime.fromisoformat(c.known.text(GROWING_SINCE))
    except ValueError:
        return now


def report_stuck(c: Check, seen: str) -> None:
    """Report an export that takes so long that it may be stuck."""
    job = c.known.text("select-object.job_name")
    c.report.unknown(
        "file-growing",
        seen,
        f"{_WHY} An export rarely takes {duration(PATIENCE)}, so this one may be stuck. Probably the job does not run "
        "again before it ends.",
        f"Open Data > Connect > Manage Connect, read the job execution log of the run of {job}, and stop the run if "
        "you can. If it does not end, send Oracle Support the names of the job and the file, and its size. If only "
        "the ready file is missing, check Additional ready file in Destination Specification.",
    )


def running_seen(run: Run, now: datetime) -> str:
    """Return the sentence that a run is in progress without a file that the wizard could see."""
    lasted = run.under_way(now) or timedelta()
    return f"Run {run.number} has been in progress for {duration(lasted)}, and its file was not seen."


def ready_file(c: Check, file: RemoteFile, folder: tuple[RemoteFile, ...]) -> RemoteFile | None:
    """Return the ready file of an exported file, None where there is none."""
    names = ready_names(c.known, file.name)
    return next((one for one in folder if one.name in names), None)


async def count_of_ready_file(
    c: Check, server: FileServer, file: RemoteFile, folder: tuple[RemoteFile, ...]
) -> int | None:
    """Return the record count in the ready file, None where it has none or cannot be read."""
    ready = ready_file(c, file, folder)
    if c.known.text(_READY_FILE) != READY_WITH_COUNT or ready is None:
        return None
    text = (await server.read(ready.path, 100)).decode(errors="replace").strip()
    return whole_number(text)


def _run_words(run: Run, now: datetime) -> str:
    return f"run {run.number} is still in progress; " if run.under_way(now) is not None else ""
