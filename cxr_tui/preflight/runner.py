"""Runs preflight of one file: fetches, decrypts, reads and validates it in one pass; awaitable and cancelable.

The bytes go through one pipe: SFTP or a file, then gpg, then chunks of lines. One chunk is validated while the next is
read. The text is never written to disk. Memory holds some chunks of lines, their columns, and a hash of each match
column value.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_tui.domain.errors import RemotePathError
from cxr_tui.domain.finding import Report
from cxr_tui.domain.text import utf_16_of, visible
from cxr_tui.gateways.openpgp.inspect import read_message
from cxr_tui.guide.checks.export.encryption import check_format
from cxr_tui.preflight.import_options import UTF_16, ImportOptions
from cxr_tui.preflight.reading.decode import (
    BLOCK,
    Kind,
    ReadingError,
    kind_of,
    limited,
    line_chunks,
    require_text,
    taken,
)
from cxr_tui.preflight.reading.decrypt import Decryption, OpenedKey, SecretKey, opened
from cxr_tui.preflight.reading.local import HEAD, LocalFile, Source, SourceError
from cxr_tui.preflight.reading.remote import FetchedFile, Streaming
from cxr_tui.preflight.result import ColumnCount, MatchCount, PreflightResult, ReasonCount
from cxr_tui.preflight.validation import file_findings
from cxr_tui.system.threads import run_in_thread

if TYPE_CHECKING:
    from cxr_tui.preflight.validation.summary import FileSummary

REMOTE = "sftp:"
OPEN_SECONDS = 60.0
"""How long a disk may take to open a file; a network disk may never answer."""
_LONGEST_SECONDS = 7 * 24 * 3600.0
_END_SECONDS = 10.0
_CHUNK = 16 * 1024 * 1024
_CHUNK_ENCLOSED = 2 * 1024 * 1024
"""Smaller, because a chunk with one ill-formed line is read line by line."""
_PROGRESS_SECONDS = 0.2


class CancelledError(Exception):
    """The user canceled."""


@dataclass(frozen=True)
class Progress:
    """How much of a file has been read."""

    done: int
    """Bytes of the file as it is stored."""
    size: int
    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes per second since the start."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds left at this rate; None before the first byte."""
        return max(0.0, self.size - self.done) / self.rate if self.rate else None


@dataclass(frozen=True)
class PreflightRequest:
    """The file to read, and how."""

    file: str
    """A path on this machine, or `sftp:PATH` on the file server."""
    options: ImportOptions
    key: SecretKey | None = None
    import_key_ids: tuple[str, ...] = ()
    """Ids of the key that CX Audience decrypts with; empty: not known."""
    folder: Path | None = None
    """Where an encrypted file from the file server may be kept during the transfer."""


async def preflight(
    request: PreflightRequest, server: Streaming | None, report_progress: Callable[[Progress], None]
) -> PreflightResult:
    """Read a file and return the expected result of its import.

    `report_progress` is called in another thread, several times per second. Canceling ends gpg and the transfer. Raises
    SourceError, ImportOptionsError, OpenPgpError, and the errors of the file server.
    """
    transfer = None
    source: Source
    if request.file.startswith(REMOTE):
        source = fetched = await _remote(request, server)
        transfer = asyncio.create_task(fetched.fetch())
    else:
        try:
            source = await run_in_thread(lambda: LocalFile(request.file), OPEN_SECONDS, "preflight-open")
        except TimeoutError:
            raise SourceError(f"{visible(request.file)}: the disk does not answer") from None
    cancelled, ended, loop = threading.Event(), asyncio.Event(), asyncio.get_running_loop()

    def work() -> PreflightResult:
        try:
            with opened(request.key) if request.key else contextlib.nullcontext() as key:
                return validate_file(source, request.options, key, report_progress, cancelled, request.import_key_ids)
        finally:
            source.close()
            with contextlib.suppress(RuntimeError):  # the loop may have gone
                loop.call_soon_threadsafe(ended.set)

    try:
        return await run_in_thread(work, _LONGEST_SECONDS, "preflight")
    finally:
        cancelled.set()
        if transfer is not None:
            transfer.cancel()  # this closes its end of the pipe, so no reader waits for it
            with contextlib.suppress(asyncio.CancelledError):
                await transfer
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _END_SECONDS)


async def _remote(request: PreflightRequest, server: Streaming | None) -> FetchedFile:
    path = request.file.removeprefix(REMOTE)
    if server is None:
        raise RemotePathError(f"{visible(path)} cannot be reached: no file server is set up for this integration")
    found = await server.stat(path)
    if found is None or found.is_folder:
        raise RemotePathError(f"{visible(path)} {'is a folder' if found else 'does not exist'} on the file server")
    if found.size is None:
        raise RemotePathError(
            f"the file server does not report the size of {visible(path)}; download it and name the copy"
        )
    head = await server.read(found.path, HEAD)
    if len(head) < min(found.size, HEAD):
        raise RemotePathError(f"{visible(path)} ends before its size of {found.size:,} bytes; export it again")
    return FetchedFile(server, found, found.size, head, request.folder)


@dataclass
class _Run:
    """One pass over a file."""

    source: Source
    options: ImportOptions
    progress: Callable[[Progress], None]
    cancelled: threading.Event
    report: Report = field(default_factory=Report)
    started: float = field(default_factory=time.monotonic)
    reported: float = 0.0
    recipients: tuple[str, ...] = ()
    text_bytes: int = 0
    summary: FileSummary | None = None

    def report_progress(self) -> None:
        """Report the progress, not more often than is visible; CancelledError."""
        if self.cancelled.is_set():
            raise CancelledError
        now = time.monotonic()
        if now - self.reported >= _PROGRESS_SECONDS:
            self.reported = now
            rows = self.summary.rows if self.summary is not None else 0
            self.progress(Progress(self.source.position(), self.source.size, rows, now - self.started))


def validate_file(
    source: Source,
    options: ImportOptions,
    key: OpenedKey | None,
    report_progress: Callable[[Progress], None],
    cancelled: threading.Event,
    import_key_ids: tuple[str, ...] = (),
) -> PreflightResult:
    """Read a file once and return the expected result of its import; blocking. Closes the source.

    `import_key_ids` are the ids of the key that CX Audience decrypts with; empty: not known. `report_progress` is
    called in this thread, several times per second. Raises CancelledError, ImportOptionsError, and the errors of the
    source.
    """
    run = _Run(source, options, report_progress, cancelled)
    with ExitStack() as stack:
        stack.callback(source.close)
        blocks = _text(run, key, import_key_ids, stack)
        complete = blocks is not None and _validate(run, blocks)
        return _result(run, complete=complete)


def _text(
    run: _Run, key: OpenedKey | None, import_key_ids: tuple[str, ...], stack: ExitStack
) -> Iterator[bytes] | None:
    """Return the text of the file as a stream; None, after a finding, if it cannot be read here."""
    head = run.source.head
    if kind_of(head) is Kind.OPENPGP:
        own = key.key_ids if key is not None else None
        message = read_message(head)
        run.recipients = message.recipients
        if not message.begun and run.source.size > HEAD:
            file_findings.report_many_recipients(run.report, HEAD)
            return None
        if not file_findings.check_recipients(run.report, message, own, import_key_ids) or key is None:
            return None
        check_format(run.report, message, run.source.name)
        decryption = Decryption(key, run.source.file, protected=message.integrity)
        stack.callback(decryption.close)
        return limited(_blocks(run, decryption.blocks(), decryption.check), run.source.size)
    return _blocks(run, iter(lambda: run.source.file.read(BLOCK), b""), lambda: None)


def _blocks(run: _Run, blocks: Iterator[bytes], check: Callable[[], None]) -> Iterator[bytes]:
    """Yield blocks, then raise the error that ended them early, if any."""
    for block in blocks:
        run.text_bytes += len(block)
        run.report_progress()
        yield block
    run.source.check()
    check()


def _validate(run: _Run, blocks: Iterator[bytes]) -> bool:
    """Validate the text; return whether all of it was read."""
    from cxr_tui.preflight.validation.summary import FileSummary  # loaded late: the data engine starts slowly

    run.summary = summary = FileSummary(run.options, run.report)
    try:
        with ThreadPoolExecutor(1, "preflight-validate") as worker:
            # gpg and the reading continue while a chunk is validated; a pipe alone holds too little for that
            validation: Future[None] | None = None
            for chunk in _chunks(run, blocks):
                if validation is not None:
                    validation.result()
                validation = worker.submit(summary.add, chunk)
            if validation is not None:
                validation.result()
        summary.finish()
    except ReadingError as error:
        file_findings.report_reading_error(run.report, error, summary.line)
        return False
    if not summary.layout.names:
        file_findings.report_empty(run.report, "The file holds only blanks.")
    return True


def _chunks(run: _Run, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the text in chunks of lines, after a check of its first bytes."""
    form = run.options.form
    head = taken(blocks)
    require_text(head)
    recognised = utf_16_of(head)
    if recognised and form.charset != UTF_16:
        file_findings.report_utf_16(run.report, form.charset)
    size = _CHUNK_ENCLOSED if form.enclosure else _CHUNK
    yield from line_chunks(chain([head], blocks), recognised or form.charset, size)


def _result(run: _Run, *, complete: bool) -> PreflightResult:
    summary = run.summary if run.summary is not None and run.summary.layout.names else None
    rows = accepted = 0
    fails = run.report.failed
    match = MatchCount(run.options.target.match_column)
    reasons: tuple[ReasonCount, ...] = ()
    columns: tuple[ColumnCount, ...] = ()
    if summary is not None:
        from cxr_tui.preflight.validation.record_findings import report_records

        duplicates = summary.duplicates()
        rows = summary.rows
        # a run that accepts no record probably counts as failed (inferred)
        fails = fails or summary.rejected == rows
        accepted = 0 if fails else rows - summary.rejected
        report_records(summary, duplicates, run.report, fails=fails)
        match, reasons, columns = summary.match(duplicates), summary.reasons(), summary.columns()
    return PreflightResult(
        rows=rows,
        accepted=accepted,
        rejected=rows - accepted,
        reasons=reasons,
        match=match,
        columns=columns,
        bytes=run.text_bytes,
        seconds=time.monotonic() - run.started,
        findings=run.report.verified().findings,
        fails=fails,
        complete=complete,
        recipients=run.recipients,
    )
