"""Export jobs at work: run when due, written to the file server, reported."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import zipfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys import export_file
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.public_keys import EncryptionError, PublicKeys
from cxr_tui.sandbox.shared.connect_jobs import NOTIFICATION, SCHEDULE, SEND_TO, ConnectJobs, Job, Run
from cxr_tui.sandbox.shared.screens import Form

OBJECT = "Select object"
CONNECTIVITY = "Destination Connectivity"
SPECIFICATION = "Destination Specification"

RESPONSYS_SERVER = "Responsys file server"

_PIECE = 16
"""Bytes of a stalled transfer that arrive at a time."""
_PAUSE = 0.2
"""Seconds of real time between two pieces, so that two looks at the file see it grow."""


class _RunError(Exception):
    """A run cannot go on; the text is for the log."""


class ExportJobs(ConnectJobs):
    """The Connect jobs of the account; those that export a list run."""

    def __init__(
        self,
        account: Account,
        keys: PublicKeys,
        clock: Clock,
        server_path: Callable[[str], Path],
        scratch: Path,
        minutes: random.Random,
    ) -> None:
        """`server_path` gives the local path of a path on the file server; `scratch` is for unfinished files."""
        screens = {
            # Exports of other objects, and to external servers, are not part of the procedure.
            OBJECT: Form({"Object": "List", "List": ""}, {"Object": ("List",), "List": account.lists}),
            CONNECTIVITY: Form(
                {"File location": RESPONSYS_SERVER, "Path": "download"}, {"File location": (RESPONSYS_SERVER,)}
            ),
            SPECIFICATION: export_file.specification(keys.keys),
            "Notification": NOTIFICATION,
            "Schedule": SCHEDULE,
        }
        super().__init__(screens, account.time_zone, clock, minutes)
        self._account = account
        self._keys = keys
        self._server_path = server_path
        self._scratch = scratch
        self._under_way: set[asyncio.Task[None]] = set()
        self.slow_line = False
        """While it is on, a run writes half of its file at once and the rest piece by piece, and does not end."""
        scratch.mkdir(parents=True, exist_ok=True)

    def problems(self, job: Job) -> list[str]:
        """Return every error that "Show Errors" would list (facts B.5; documented)."""
        entries, found = job.entries, []
        if entries["List"] not in self._account.lists:
            found.append(f"{OBJECT}: choose a list")
        if CONNECTIVITY not in job.saved or not entries["Path"]:
            found.append(f"{CONNECTIVITY}: choose a path")
        if not entries[export_file.FILE_NAME]:
            found.append(f"{SPECIFICATION}: enter the file to be created")
        encrypts = entries[export_file.ENCRYPTION] in (export_file.ENCRYPT, export_file.COMPRESS_AND_ENCRYPT)
        if encrypts and entries[export_file.KEY] not in self._keys.keys:
            found.append(f"{SPECIFICATION}: select or import a key")
        if "@" not in entries[SEND_TO]:
            found.append("Notification: enter an email address")
        return found

    def trigger(self, job: Job) -> Run:
        """Start a job now, in addition to its schedule, and return the run."""
        run = self.new_run(job)
        self._start(self._execute(job, run))
        return run

    async def settle(self) -> None:
        """Make the line fast again, and wait until the runs under way have ended."""
        self.slow_line = False
        await asyncio.gather(*self._under_way)

    async def run(self, job: Job) -> None:
        """Run a job to its end."""
        await self._execute(job, self.new_run(job))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _execute(self, job: Job, run: Run) -> None:
        run.note("INFO", f"Job {job.name} started", run.started)
        try:
            await self._export(job, run)
        except (_RunError, EncryptionError, OSError) as error:
            run.status, run.error = RunStatus.FAILED, str(error)
            run.note("ERROR", run.error, self.clock.now())
        if run.status is RunStatus.RUNNING:  # on a slow line
            return
        run.seconds = 1
        run.note("INFO", f"Job {job.name} {run.status.value}", self.clock.now())
        await self.finish(job, run)

    async def _export(self, job: Job, run: Run) -> None:
        entries = job.entries
        table, dates = self._account.lists.get(entries["List"]), self._account.download_format
        if table is None:
            raise _RunError(f"List {entries['List']} not found")
        folder = self._server_path(entries["Path"])
        if not folder.is_dir():
            raise _RunError(f"The path {entries['Path']} does not exist on the file server")
        if entries["List"] not in self._account.lists:
            raise _RunError(f"List {entries['List']} not found")
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder_name:
            plain = Path(folder_name) / export_file.plain_name(entries, run.started, self._account.time_zone)
            run.processed = await asyncio.to_thread(export_file.write_text, table, entries, plain, dates)
            run.note("INFO", f"{run.processed} records written", self.clock.now())
            finished = await self._packed(job, run, plain)
            run.file_name = finished.name
            target = folder / finished.name
            if self.slow_line:
                self._start(self._stall(job, run, finished.read_bytes(), target))
                return
            self._put(finished, target, run)
            run.note("INFO", f"File {run.file_name} placed in {entries['Path']}", run.started)
            if entries[export_file.READY_FILE] in (export_file.EMPTY_READY_FILE, export_file.COUNT_READY_FILE):
                counted = entries[export_file.READY_FILE] == export_file.COUNT_READY_FILE
                ready = Path(folder_name) / "ready"
                ready.write_text(f"{run.processed}\n" if counted else "", encoding="utf-8")
                extension = entries[export_file.READY_EXTENSION].lstrip(".") or "ready"
                self._put(ready, folder / f"{run.file_name}.{extension}", run)
        run.status = RunStatus.SUCCEEDED

    async def _packed(self, job: Job, run: Run, plain: Path) -> Path:
        wanted = job.entries[export_file.ENCRYPTION]
        packed = plain.with_name(plain.name + export_file.ENDINGS[wanted])
        if wanted == export_file.COMPRESS:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(plain, plain.name)
        elif wanted in (export_file.ENCRYPT, export_file.COMPRESS_AND_ENCRYPT):
            key = job.entries[export_file.KEY]
            await self._keys.encrypt(plain, packed, key, compress=wanted == export_file.COMPRESS_AND_ENCRYPT)
            run.note("INFO", f"File encrypted with the public key {key}", self.clock.now())
        return packed

    def _put(self, finished: Path, target: Path, run: Run) -> None:
        """Move a finished file to the server in one step, with the sandbox's time; an older one is overwritten."""
        os.utime(finished, (run.started.timestamp(), run.started.timestamp()))
        finished.replace(target)

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
