"""Runs preflight of one file: fetches, decrypts, reads and validates it in one pass; awaitable and cancelable.

The bytes go through one pipe: SFTP or a file, then gpg, then chunks of lines. One chunk is validated while the next is
read. The text is never written to disk. Memory holds some chunks of lines, their columns, and a hash of each match
column value.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain

from cxr_tui.domain.finding import Report
from cxr_tui.domain.ports import FileServer
from cxr_tui.domain.responsys_data import MessageInfo
from cxr_tui.domain.text import utf_16_of, visible
from cxr_tui.gateways.openpgp.message import read_message
from cxr_tui.guide.checks.export.encryption import check_format
from cxr_tui.preflight.import_options import UTF_16, ImportOptions
from cxr_tui.preflight.reading.decode import (
    ReadingError,
    is_encrypted,
    limited,
    line_chunks,
    require_text,
    taken,
)
from cxr_tui.preflight.reading.decrypt import Decryption, OpenedKey, SecretKey, opened
from cxr_tui.preflight.reading.source import HEAD, REMOTE, Source, SourceError, open_local, open_remote
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.validation.file_findings import (
    check_recipients,
    report_empty,
    report_many_recipients,
    report_utf_16,
)
from cxr_tui.system.threads import run_in_thread

OPEN_SECONDS = 60.0
"""How long a disk may take to open a file; a network disk may never answer."""
_LONGEST_SECONDS = 7 * 24 * 3600.0
_END_SECONDS = 10.0
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


async def preflight(
    file: str,
    options: ImportOptions,
    server: FileServer | None,
    report_progress: Callable[[Progress], None],
    key: SecretKey | None = None,
    import_key_ids: tuple[str, ...] = (),
) -> PreflightResult:
    """Read a file and return the expected result of its import.

    `file` is a path on this computer, or `sftp:PATH` on the file server. `import_key_ids` are the ids of the key that
    CX Audience decrypts with; empty: not known. `report_progress` is called in another thread, several times per
    second. Canceling ends gpg and the transfer. Raises SourceError, ImportOptionsError, OpenPgpError, and the errors of
    the file server.
    """
    transfer = None
    source: Source
    if file.startswith(REMOTE):
        source = remote = await open_remote(file.removeprefix(REMOTE), server)
        transfer = asyncio.create_task(remote.fetch())
    else:
        try:
            source = await run_in_thread(lambda: open_local(file), OPEN_SECONDS, "preflight-open")
        except TimeoutError:
            raise SourceError(f"{visible(file)}: the disk does not answer") from None
    cancelled, ended, loop = threading.Event(), asyncio.Event(), asyncio.get_running_loop()

    def work() -> PreflightResult:
        try:
            with opened(key) if key else contextlib.nullcontext() as opened_key:
                return validate_file(source, options, opened_key, report_progress, cancelled, import_key_ids)
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
    called in another thread, several times per second. Raises CancelledError, ImportOptionsError, and the errors of the
    source.
    """
    # loaded late: the data engine starts slowly; it fixes its number of threads then, and leaves a core to gpg
    os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, (os.cpu_count() or 2) - 1)))
    from cxr_tui.preflight.validation.record_findings import report_records
    from cxr_tui.preflight.validation.validator import FileValidator

    report, started = Report(), time.monotonic()
    file = FileValidator(options, report)
    recipients: tuple[str, ...] = ()
    text_bytes, reported = 0, 0.0

    def counted(blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Count the bytes and report the progress, not more often than is visible; CancelledError."""
        nonlocal text_bytes, reported
        for block in blocks:
            text_bytes += len(block)
            if cancelled.is_set():
                raise CancelledError
            now = time.monotonic()
            if now - reported >= _PROGRESS_SECONDS:
                reported = now
                report_progress(Progress(source.position(), source.size, file.rows, now - started))
            yield block

    with ThreadPoolExecutor(1, "preflight-read") as reader, ExitStack() as stack:
        stack.callback(source.close)
        blocks: Iterator[bytes] | None = source.blocks()
        if is_encrypted(source.head):
            message = read_message(source.head)
            recipients = message.recipients
            blocks = _decrypted(source, message, key, import_key_ids, report, stack)
        complete = blocks is not None
        if blocks is not None:
            try:
                file.validate(_ahead(_chunks(counted(blocks), options.form.charset, report), reader))
                if not file.layout.names:
                    report_empty(report, "The file holds only blanks.")
            except ReadingError as error:
                report.add(error.finding)
                complete = False
    match = file.match()
    # a run that accepts no record probably counts as failed (inferred)
    fails = report.failed or (bool(file.layout.names) and file.rejected == file.rows)
    if file.layout.names:
        report_records(file, match, report, fails=fails)
    accepted = 0 if fails else file.rows - file.rejected
    return PreflightResult(
        rows=file.rows,
        accepted=accepted,
        rejected=file.rows - accepted,
        reasons=file.reasons(),
        match=match,
        columns=file.columns(),
        bytes=text_bytes,
        seconds=time.monotonic() - started,
        findings=report.verified().findings,
        fails=fails,
        complete=complete,
        recipients=recipients,
    )


def _decrypted(
    source: Source,
    message: MessageInfo,
    key: OpenedKey | None,
    import_key_ids: tuple[str, ...],
    report: Report,
    stack: ExitStack,
) -> Iterator[bytes] | None:
    """Return the decrypted text of a message as a stream; None, after a finding, if it cannot be read here."""
    own = key.key_ids if key is not None else None
    if not message.begun and source.size > HEAD:
        report_many_recipients(report, HEAD)
        return None
    if not check_recipients(report, message, own, import_key_ids) or key is None:
        return None
    check_format(report, message, source.name)
    decryption = Decryption(key, source, protected=message.integrity)
    stack.callback(decryption.close)
    return limited(decryption.blocks(), source.size)


def _chunks(blocks: Iterator[bytes], charset: str, report: Report) -> Iterator[bytes]:
    """Yield a text in chunks of lines, after a check of its first bytes."""
    head = taken(blocks, HEAD)
    require_text(head)
    recognised = utf_16_of(head)
    if recognised and charset != UTF_16:
        report_utf_16(report, charset)
    yield from line_chunks(chain([head], blocks), recognised or charset)


def _ahead(chunks: Iterator[bytes], reader: Executor) -> Iterator[bytes]:
    """Yield chunks, each read by `reader` while the one before is validated: a pipe alone holds too little."""
    waiting = reader.submit(next, chunks, None)
    while (chunk := waiting.result()) is not None:
        waiting = reader.submit(next, chunks, None)
        yield chunk
