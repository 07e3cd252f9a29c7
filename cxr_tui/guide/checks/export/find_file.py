"""Finding the exported file on the file server: in its folder, in the archive, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cxr_tui.domain.errors import Flaw, RemotePathError
from cxr_tui.domain.finding import Report
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import RemoteFile, age_key
from cxr_tui.guide.catalog.explanation import causes
from cxr_tui.guide.checks.columns import nearest
from cxr_tui.guide.checks.export.file_name import ExportedName

ARCHIVE = "archive"
"""Where the import moves a file after fetching it (facts C.7; documented for CX Audience's own server)."""

Result = TypeVar("Result")

_USUAL_FOLDERS = ("download", "upload", ARCHIVE, ".")
"""Folders that every SCP user has (facts B.9; documented)."""
_NAMES = 3
"""How many names one finding shows."""


@dataclass(frozen=True)
class Found:
    """The result of a search on the file server."""

    files: tuple[RemoteFile, ...]
    """Files of this export in its folder, newest first."""
    archived: tuple[RemoteFile, ...]
    """Files of this export in the archive, newest first."""
    folder: tuple[RemoteFile, ...]
    """Everything in the export's folder."""

    @property
    def newest(self) -> RemoteFile | None:
        """Return the newest file of this export, wherever it is."""
        return max((*self.files, *self.archived), key=age_key, default=None)


async def search(server: FileServer, path: str, name: ExportedName) -> Found:
    """Look for the export's files in its folder and in the archive; RemotePathError where there is no such folder."""
    folder = await server.listing(path)
    archive = await _listing(server, ARCHIVE) if path.strip("/") != ARCHIVE else ()
    return Found(_fitting(folder, name.pattern), _fitting(archive, name.pattern), folder)


def dated_instead(found: Found, name: ExportedName) -> tuple[RemoteFile, ...]:
    """Return the files in the folder, newest first, whose name differs from the wanted one only by a date."""
    return _fitting(found.folder, name.with_date)


async def retry_if_moved(look: Callable[[], Awaitable[Result]]) -> Result:
    """Look at the file server, and again where a listed file is gone: the import fetched it meanwhile."""
    try:
        return await look()
    except RemotePathError:
        return await look()


async def other_files(
    server: FileServer, path: str, name: ExportedName, folder: tuple[RemoteFile, ...]
) -> tuple[str, bool]:
    """Return in a sentence which files the server has instead, and whether the wanted one is in another folder."""
    for other in _USUAL_FOLDERS:
        if other != path.strip("/") and (misplaced := _fitting(await _listing(server, other), name.pattern)):
            place = "the home folder" if other == "." else other
            return f"A file with this name, {misplaced[0].name}, is in {place}.", True
    names = [file.name for file in folder if not file.is_folder]
    if not names:
        return f"The folder {path} has no files.", False
    near = nearest(name.likely, names) or sorted(names)[:5]
    more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
    return f"{path} contains {', '.join(near)}{more}.", False


async def newer_files(server: FileServer, folder: tuple[RemoteFile, ...], path: str, since: datetime) -> str:
    """Return a sentence about newer files in this folder or others: one of them may be the export's."""
    newer = [(path, file.name) for file in folder if not file.is_folder and age_key(file) >= since]
    for other in _USUAL_FOLDERS:
        if not newer and other != path.strip("/"):
            listed = await _listing(server, other)
            newer = [(other, file.name) for file in listed if not file.is_folder and age_key(file) >= since]
    if not newer:
        return "The folders have no newer file."
    names = ", ".join(f"{place}/{name}" for place, name in newer[:3])
    return f"Newer: {names}."


def report_strange_names(report: Report, folder: str, files: Sequence[RemoteFile]) -> None:
    """Add a finding where a folder contains names that no export gives."""
    strange = [file.name for file in files if file.strange]
    if strange:
        shown = ", ".join(strange[:_NAMES])
        more = f" and {len(strange) - _NAMES} more" if len(strange) > _NAMES else ""
        cause = causes()[f"flaw.{Flaw.FILE_NAMES_STRANGE}"]
        report.add(cause.finding(f"{folder} contains {shown or 'such files'}{more}."))


async def _listing(server: FileServer, folder: str) -> tuple[RemoteFile, ...]:
    """Return what a folder contains, nothing where there is no such folder."""
    try:
        return await server.listing(folder)
    except RemotePathError:
        return ()


def _fitting(files: tuple[RemoteFile, ...], pattern: re.Pattern[str]) -> tuple[RemoteFile, ...]:
    ours = [file for file in files if not file.is_folder and pattern.fullmatch(file.name)]
    return tuple(sorted(ours, key=age_key, reverse=True))
