"""Preflight as a whole, for screens and commands: awaited, cancelled at any moment, with progress."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cxr_tui.domain.errors import RemotePathError
from cxr_tui.domain.text import visible
from cxr_tui.preflight.import_options import Plan
from cxr_tui.preflight.reading.decrypt import OpenedKey, SecretKey, opened
from cxr_tui.preflight.reading.local import LocalFile, Source, SourceError
from cxr_tui.preflight.reading.remote import FetchedFile, Streaming
from cxr_tui.preflight.result import Answer
from cxr_tui.preflight.runner import Progress, judge_file
from cxr_tui.system.threads import run_in_thread

REMOTE = "sftp:"
_LONGEST_SECONDS = 7 * 24 * 3600.0
_END_SECONDS = 10.0
OPEN_SECONDS = 60.0
"""How long a disk may take to open a file; one on the network may never answer."""


@dataclass(frozen=True)
class Flight:
    """What to look at, and how."""

    file: str
    """A path on this machine, or `sftp:PATH` on the file server."""
    plan: Plan
    key: SecretKey | None = None
    import_key_ids: tuple[str, ...] = ()
    """Of the key that CX Audience decrypts with; empty: not known."""
    folder: Path | None = None
    """Where an encrypted file from the file server may be kept while it comes."""


async def preflight(flight: Flight, server: Streaming | None, tell: Callable[[Progress], None]) -> Answer:
    """Read a file and say what its import would say.

    `tell` is called in another thread, some times a second. Cancelling ends gpg and the transfer. Raises SourceError,
    PlanError, OpenPgpError, and the errors of the file server.
    """
    cancelled = threading.Event()
    if not flight.file.startswith(REMOTE):
        try:
            source = await run_in_thread(lambda: LocalFile(flight.file), OPEN_SECONDS, "preflight-open")
        except TimeoutError:
            raise SourceError(f"{visible(flight.file)}: the disk does not answer") from None
        return await _judged(flight, source, tell, cancelled)
    path = flight.file.removeprefix(REMOTE)
    if server is None:
        raise RemotePathError(f"{visible(path)} cannot be reached: no file server is set up for this integration")
    found = await server.stat(path)
    if found is None or found.is_folder:
        raise RemotePathError(f"{visible(path)} {'is a folder' if found else 'does not exist'} on the file server")
    if found.size is None:
        raise RemotePathError(
            f"the file server does not report the size of {visible(path)}; download it and name the copy"
        )
    fetched = FetchedFile(server, found, found.size, flight.folder)
    fetching = asyncio.create_task(fetched.fetch())
    try:
        return await _judged(flight, fetched, tell, cancelled)
    finally:
        fetched.close()
        fetching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await fetching


async def _judged(
    flight: Flight, source: Source, tell: Callable[[Progress], None], cancelled: threading.Event
) -> Answer:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> Answer:
        try:
            with _key(flight.key) as key:
                return judge_file(source, flight.plan, key, tell, cancelled, flight.import_key_ids)
        finally:
            source.close()
            with contextlib.suppress(RuntimeError):  # the loop may have gone
                loop.call_soon_threadsafe(ended.set)

    try:
        return await run_in_thread(work, _LONGEST_SECONDS, "preflight")
    finally:
        cancelled.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _END_SECONDS)


def _key(key: SecretKey | None) -> contextlib.AbstractContextManager[OpenedKey | None]:
    return opened(key) if key is not None else contextlib.nullcontext()
