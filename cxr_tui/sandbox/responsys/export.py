"""Export jobs: their screens (facts B.5), and their runs, which write files to the file server."""

from __future__ import annotations

import asyncio
import os
import tempfile
import zipfile
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.responsys import export_file
from cxr_tui.sandbox.shared.connect_jobs import (
    EXPORT,
    IMPORT_PROFILES,
    MANAGE,
    ConnectJobs,
    Job,
    Run,
    RunError,
)
from cxr_tui.sandbox.shared.screens import NO_FILE, Form, PageShows, PageVisit, require

if TYPE_CHECKING:
    from cxr_tui.sandbox.responsys.product import ResponsysTwin

OBJECT = "Select object"
CONNECTIVITY = "Destination Connectivity"
SPECIFICATION = "Destination Specification"

RESPONSYS_SERVER = "Responsys file server"

_PIECE = 16
"""Bytes of a stalled transfer that arrive at a time."""
_PAUSE = 0.2
"""Seconds of real time between two pieces, so that two looks at the file see it grow."""


class ExportJobs(ConnectJobs):
    """Connect as the administrator sees it, who has the Data Director role (facts B.5; documented)."""

    def __init__(self, twin: ResponsysTwin, scratch: Path, seed: int) -> None:
        """`scratch` is for unfinished files."""
        self._account = account = twin.account
        self._keys = twin.keys
        self._file_server = twin.file_server
        screens = {
            # Exports of other objects, and to external servers, are not part of the procedure.
            OBJECT: Form(
                {"Object": "List", "List": ""}, {"Object": ("List",), "List": account.lists}, required=("List",)
            ),
            CONNECTIVITY: Form(
                {"File location": RESPONSYS_SERVER, "Path": "download"},
                {"File location": (RESPONSYS_SERVER,)},
                {"Path": self._missing_folder},
                ("Path",),
            ),
            SPECIFICATION: export_file.specification(twin.keys.keys),
        }
        super().__init__(twin.pages, EXPORT, screens, account.time_zone, twin.clock, seed)
        self._scratch = scratch
        self._under_way: set[asyncio.Task[None]] = set()
        self.slow_line = False
        """While it is on, a run writes half of its file at once and the rest piece by piece, and does not end."""
        scratch.mkdir(parents=True, exist_ok=True)
        dialog = (*MANAGE, IMPORT_PROFILES, "Source Specification", "Select or import key")
        twin.pages.add(dialog, self._import_key, Form({"New public key name": "", "Choose file": NO_FILE}), ("Import",))

    def _missing_folder(self, path: str) -> str:
        there = not path or self._file_server.has_folder(path)
        return "" if there else f'there is no folder "{path}" on the file server'

    def shown(self, screen: str, job: Job) -> dict[str, Any]:
        """Show the file server too."""
        if screen == CONNECTIVITY:
            return {"Server": self._file_server.server, "User name": self._file_server.user}
        return super().shown(screen, job)

    def problems(self, job: Job) -> list[str]:
        """Return a wrong key too, and that the screen that holds a path from the start was not visited."""
        entries, found = job.entries, super().problems(job)
        if CONNECTIVITY not in job.saved:
            found.append(f"{CONNECTIVITY}: choose a path")
        encrypts = entries[export_file.ENCRYPTION] in (export_file.ENCRYPT, export_file.COMPRESS_AND_ENCRYPT)
        if encrypts and entries[export_file.KEY] not in self._keys.keys:
            found.append(f"{SPECIFICATION}: select or import a key")
        return found

    def trigger(self, job: Job) -> Run:
        """Start a job now, in addition to its schedule, and return the run."""
        run = self.begin(job)
        self._start(self.finish(job, run))
        return run

    async def settle(self) -> None:
        """Make the line fast again, and wait until the runs under way have ended."""
        self.slow_line = False
        await asyncio.gather(*self._under_way)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def carry_out(self, job: Job, run: Run) -> None:
        """Write the file and the ready file, each moved to the server in one step."""
        entries = job.entries
        self.note(run, f"Job {job.name} started")
        table = self._account.lists.get(entries["List"])
        if table is None:
            raise RunError(f"List {entries['List']} not found")
        folder = self._file_server.path(entries["Path"])
        if not folder.is_dir():
            raise RunError(f"The path {entries['Path']} does not exist on the file server")
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder_name:
            plain = Path(folder_name) / export_file.plain_name(entries, run.started, self._account.time_zone)
            dates = self._account.download_format
            run.processed = await asyncio.to_thread(export_file.write_text, table, entries, plain, dates)
            self.note(run, f"{run.processed} records written")
            finished = await self._packed(job, run, plain)
            run.file_name = finished.name
            target = folder / finished.name
            if self.slow_line:
                self._start(self._stall(job, run, finished.read_bytes(), target))
                return
            _put(finished, target, run)
            self.note(run, f"File {run.file_name} placed in {entries['Path']}")
            if entries[export_file.READY_FILE] in (export_file.EMPTY_READY_FILE, export_file.COUNT_READY_FILE):
                counted = entries[export_file.READY_FILE] == export_file.COUNT_READY_FILE
                ready = Path(folder_name) / "ready"
                ready.write_text(f"{run.processed}\n" if counted else "", encoding="utf-8")
                extension = entries[export_file.READY_EXTENSION].lstrip(".") or "ready"
                _put(ready, folder / f"{run.file_name}.{extension}", run)
        run.status = RunStatus.SUCCEEDED
        self.note(run, f"Job {job.name} {run.status}")

    async def _packed(self, job: Job, run: Run, plain: Path) -> Path:
        wanted = job.entries[export_file.ENCRYPTION]
        packed = plain.with_name(plain.name + export_file.ENDINGS[wanted])
        if wanted == export_file.COMPRESS:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(plain, plain.name)
        elif wanted in (export_file.ENCRYPT, export_file.COMPRESS_AND_ENCRYPT):
            key = job.entries[export_file.KEY]
            await self._keys.encrypt(plain, packed, key, compress=wanted == export_file.COMPRESS_AND_ENCRYPT)
            self.note(run, f"File encrypted with the public key {key}")
        return packed

    async def _stall(self, job: Job, run: Run, content: bytes, target: Path) -> None:
        """Write half of a file at once and the rest, but for its end, in pieces until the line is fast again."""
        await asyncio.to_thread(target.unlink, missing_ok=True)
        start, end = 0, len(content) // 2
        while self.slow_line:
            with target.open("ab") as file:
                file.write(content[start:end])
            moment = self.clock.now().timestamp()
            os.utime(target, (moment, moment))
            start, end = end, min(end + _PIECE, len(content) - 1)
            await asyncio.sleep(_PAUSE)
        await asyncio.to_thread(target.unlink, missing_ok=True)
        run.status, run.seconds, run.error = RunStatus.ABORTED, 1, "The transfer was stopped"
        job.running = False

    async def _import_key(self, visit: PageVisit) -> PageShows:
        """Import a public key into the account (Integrating with Responsys, import step 2; documented)."""
        if "Import" in visit.press:
            require(visit.values, visit.values)
            await self._keys.import_key(visit.values["New public key name"], visit.values["Choose file"].data)
        return PageShows({"Public keys": list(self._keys.keys)})


def _put(finished: Path, target: Path, run: Run) -> None:
    """Move a finished file to the server in one step, with the sandbox's time; an older one is overwritten."""
    os.utime(finished, (run.started.timestamp(), run.started.timestamp()))
    finished.replace(target)
