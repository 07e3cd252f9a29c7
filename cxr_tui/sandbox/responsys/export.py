"""Export jobs at work: activated, run when due, written to the file server, reported."""

from __future__ import annotations

import asyncio
import math
import os
import random
import tempfile
import time
import zipfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys import screens_export_form as form
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.export_file import (
    COMPRESS,
    COMPRESS_AND_ENCRYPT,
    COUNT_READY_FILE,
    EMPTY_READY_FILE,
    ENCRYPT,
    FileForm,
    write_text,
)
from cxr_tui.sandbox.responsys.jobs import Job, Jobs, Run
from cxr_tui.sandbox.responsys.public_keys import EncryptionError, KeyStore
from cxr_tui.sandbox.responsys.slow_line import SlowLine
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox

SENDER = "connect@responsys.example"


class _RunError(Exception):
    """A run cannot go on; the text is what log and mail say."""


class _StillRunningError(Exception):
    """A run that does not end now, and perhaps never."""


class ExportJobs:
    """Activates jobs and runs them.

    Connect itself picks the minute of a run inside the chosen quarter hour (facts B.5; documented).
    """

    def __init__(
        self,
        account: Account,
        jobs: Jobs,
        keys: KeyStore,
        clock: Clock,
        mailbox: Mailbox,
        server_path: Callable[[str], Path],
        workshop: Path,
        minutes: random.Random,
    ) -> None:
        """`server_path` gives the local path of a path on the file server; `workshop` is for unfinished files."""
        self._account = account
        self._jobs = jobs
        self._keys = keys
        self._clock = clock
        self._mailbox = mailbox
        self._server_path = server_path
        self._workshop = workshop
        self._minutes = minutes
        self.slow_line = SlowLine(clock)
        """The line to the file server."""
        self._triggered: set[asyncio.Task[None]] = set()
        self.ended: list[Callable[[Job, Run], Awaitable[None]]] = []
        """Told of every run that is over; scenarios let things happen to its file."""
        workshop.mkdir(parents=True, exist_ok=True)

    def problems(self, job: Job) -> list[str]:
        """Return what keeps a job from being activated."""
        return form.problems(job, self._account, self._keys, self._clock.now())

    def activate(self, job: Job) -> None:
        """Put a job without problems on the clock; an earlier schedule of it ends."""
        self.deactivate(job)
        job.recurrence = form.recurrence(job, self._account.time_zone)
        job.active = True
        self._plan(job)
        expires = job.recurrence.expires_at()
        if expires is not None:

            async def expire() -> None:
                self.deactivate(job)
                self._jobs.remove(job)

            job.tickets["expire"] = self._clock.at(expires, expire, f"job {job.name} expires")

    def deactivate(self, job: Job) -> None:
        """Take a job off the clock."""
        for ticket in job.tickets.values():
            self._clock.cancel(ticket)
        job.tickets.clear()
        job.active = False
        job.next_run = None

    def trigger(self, job: Job) -> Run:
        """Start a job now, beside its schedule, and return the run that has begun."""
        run = self._jobs.new_run(job, self._clock.now())
        task = asyncio.get_running_loop().create_task(self._execute(job, run))
        self._triggered.add(task)
        task.add_done_callback(self._triggered.discard)
        return run

    async def settle(self) -> None:
        """Wait until the runs that were triggered have ended."""
        await asyncio.gather(*self._triggered)
        await self.slow_line.close()

    def _plan(self, job: Job) -> None:
        assert job.recurrence is not None  # nosec B101  # noqa: S101 - for the type checker; activate() has set it
        job.next_run = job.recurrence.run_after(self._clock.now(), self._minutes)
        if job.next_run is None:
            return

        async def due() -> None:
            if job.running:
                self._plan(job)  # one run of a job at a time (inferred)
                return
            run = self._jobs.new_run(job, self._clock.now())
            self._plan(job)
            await self._execute(job, run)

        job.tickets["run"] = self._clock.at(job.next_run, due, f"job {job.name} runs")

    async def _execute(self, job: Job, run: Run) -> None:
        began = time.monotonic()
        run.note("INFO", f"Job {job.name} started", run.started)
        try:
            await self._export(job, run)
            run.status = RunStatus.SUCCEEDED
        except _StillRunningError:
            return
        except (_RunError, EncryptionError, OSError) as error:
            run.status = RunStatus.FAILED
            run.error = str(error)
            run.note("ERROR", run.error, self._clock.now())
        run.seconds = max(1, math.ceil(time.monotonic() - began))
        run.note("INFO", f"Job {job.name} {run.status.value}", self._clock.now())
        job.running = False
        self._report(job, run)
        for tell in tuple(self.ended):
            await tell(job, run)

    async def _export(self, job: Job, run: Run) -> None:
        table = self._account.lists.get(job.text(form.OBJECT, "List"))
        if table is None:
            raise _RunError(f"List {job.text(form.OBJECT, 'List')} not found")
        try:
            folder = self._server_path(job.text(form.CONNECTIVITY, "Path"))
        except ValueError:
            raise _RunError("The path is not on the file server") from None
        if not folder.is_dir():
            raise _RunError(f"The path {job.text(form.CONNECTIVITY, 'Path')} does not exist on the file server")
        wanted = form.file_form(job)
        with tempfile.TemporaryDirectory(dir=self._workshop) as bench:
            plain = Path(bench) / wanted.plain_name(run.started, self._account.time_zone)
            run.processed = await asyncio.to_thread(write_text, table, wanted, plain)
            run.note("INFO", f"{run.processed} records written", self._clock.now())
            finished = await self._packed(job, run, wanted, plain)
            run.file_name = wanted.file_name(run.started, self._account.time_zone)
            if self.slow_line.slow:
                self.slow_line.begin(job, run, finished, folder / run.file_name)
                raise _StillRunningError
            self._put(finished, folder / run.file_name, run.started)
            run.note("INFO", f"File {run.file_name} placed in {job.text(form.CONNECTIVITY, 'Path')}", run.started)
            self._put_ready_file(job, run, Path(bench), folder)

    async def _packed(self, job: Job, run: Run, wanted: FileForm, plain: Path) -> Path:
        if wanted.encryption == COMPRESS:
            packed = plain.with_name(plain.name + ".zip")
            await asyncio.to_thread(_zip, plain, packed)
            return packed
        if wanted.encryption in (ENCRYPT, COMPRESS_AND_ENCRYPT):
            packed = plain.with_name(plain.name + ".gpg")
            key = job.text(form.SPECIFICATION, form.KEY)
            await self._keys.encrypt(plain, packed, key, compress=wanted.encryption == COMPRESS_AND_ENCRYPT)
            run.note("INFO", f"File encrypted with the public key {key}", self._clock.now())
            return packed
        return plain

    def _put(self, finished: Path, target: Path, at: datetime) -> None:
        """Move a finished file to the server in one step, with the sandbox's time; an older one is overwritten."""
        os.utime(finished, (at.timestamp(), at.timestamp()))
        finished.replace(target)

    def _put_ready_file(self, job: Job, run: Run, bench: Path, folder: Path) -> None:
        kind = job.text(form.SPECIFICATION, form.READY_FILE)
        if kind not in (EMPTY_READY_FILE, COUNT_READY_FILE):
            return
        extension = job.text(form.SPECIFICATION, form.READY_EXTENSION).lstrip(".") or "ready"
        ready = bench / "ready"
        ready.write_text(f"{run.processed}\n" if kind == COUNT_READY_FILE else "", encoding="utf-8")
        self._put(ready, folder / f"{run.file_name}.{extension}", run.started)

    def _report(self, job: Job, run: Run) -> None:
        failed = run.status is not RunStatus.SUCCEEDED
        if not failed and job.text(form.NOTIFICATION, form.WHEN) == form.ON_FAILURE:
            return
        body = f"Job {job.name}, run {run.id}: {run.status.value}, {run.processed} records."
        for to in filter(None, (part.strip() for part in job.text(form.NOTIFICATION, form.SEND_TO).split(","))):
            subject = f"Connect job {job.name} {run.status.value}"
            text = f"{body}\n{run.error}" if failed else body
            self._mailbox.deliver(Mail(to, SENDER, subject, text, self._clock.now()))


def _zip(plain: Path, packed: Path) -> None:
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(plain, plain.name)
