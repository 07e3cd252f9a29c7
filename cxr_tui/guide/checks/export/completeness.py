"""Whether an exported file is complete: it no longer grows, and its ready file exists."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, whole_number
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.guide.checks.export.encryption import bytes_of
from cxr_tui.guide.checks.export.file_name import ready_names
from cxr_tui.guide.definition import Check

NO_READY_FILE = "Do not create"
READY_WITH_COUNT = "Create file with record count"
AS_SHOWN = "Leave it as the screen shows it"

_MOMENT = 1.0
"""Seconds between two readings of a file's size."""
UNFINISHED = "An unfinished file cannot be decrypted, so the import would fail."
_READY_FILE = "destination-specification.ready_file"


def ready_file_wanted(known: Known) -> bool:
    """Return whether the export is known to write a ready file."""
    return known.text(_READY_FILE, AS_SHOWN) not in (AS_SHOWN, NO_READY_FILE)


async def is_complete(c: Check, server: FileServer, file: RemoteFile, folder: tuple[RemoteFile, ...]) -> bool:
    """Report and return whether the file is complete; `folder` contains the files in the same folder."""
    c.progress("Waiting to see whether the file still grows")
    before = await server.stat(file.path) or file
    await c.world.wait(_MOMENT)
    after = await server.stat(file.path) or before
    if after.size != before.size or after.modified != before.modified:
        seen = f"{file.name} grew from {bytes_of(before.size)} to {bytes_of(after.size)} within a second."
    elif ready_file_wanted(c.known) and ready_file(c.known, file, folder) is None:
        wanted = " or ".join(ready_names(c.known, file.name))
        seen = f"{file.name} has {bytes_of(after.size)}, and its ready file ({wanted}) is missing."
    else:
        if after.size is not None:
            c.report.passed("file-complete", f"{file.name} no longer grows.")
        return True
    c.report.unknown("file-growing", seen, UNFINISHED, if_stuck(c.known))
    return False


def if_stuck(known: Known) -> str:
    """Return what to do about an export that has not ended."""
    return (
        "Wait a few minutes; the wizard checks it again. An export rarely takes two hours; after that it may be stuck: "
        "open Data > Connect > Manage Connect, read the job execution log of the run of "
        f"{known.text('select-object.job_name')}, and stop the run if you can. If it does not end, send Oracle Support "
        "the names of the job and the file, and its size. If only the ready file is missing, check Additional ready "
        "file in Destination Specification."
    )


def ready_file(known: Known, file: RemoteFile, folder: tuple[RemoteFile, ...]) -> RemoteFile | None:
    """Return the ready file of an exported file, None where there is none."""
    names = ready_names(known, file.name)
    return next((one for one in folder if one.name in names), None)


async def count_in(known: Known, server: FileServer, ready: RemoteFile | None) -> int | None:
    """Return the record count in the ready file, None where it has none or cannot be read."""
    if known.text(_READY_FILE) != READY_WITH_COUNT or ready is None:
        return None
    return whole_number((await server.read(ready.path, 100)).decode(errors="replace"))
