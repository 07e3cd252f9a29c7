"""One run of an import job: fetch, decrypt, read, check, load, archive (facts C.7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxr_tui.domain.responsys_data import DELIMITERS, RunStatus
from cxr_tui.domain.text import visible
from cxr_tui.sandbox.audience.account import Account, Source
from cxr_tui.sandbox.audience.import_reader import FileFormat, UnreadableFileError, read_incoming
from cxr_tui.sandbox.audience.import_rules import RejectedRow, Target, sort_rows
from cxr_tui.sandbox.audience.key_pairs import KeyPairError, KeyPairs, looks_encrypted
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink, SourceError
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.connect_jobs import ENCLOSURES, Run

CHARACTER_SETS = {
    "Unicode (UTF-8)": "utf-8",
    "Western European (ISO-8859-1)": "iso-8859-1",
    "Western European (Windows-1252)": "cp1252",
    "Central European (ISO-8859-2)": "iso-8859-2",
}
"""The first was observed, the others are inferred; all of them write ASCII as ASCII."""

_ROWS_AT_A_TIME = 500
"""Records loaded before the event loop serves others."""


@dataclass
class ImportRun:
    """One execution of an import job whose screens hold `entries`."""

    run: Run
    entries: Mapping[str, Any]
    rejected: tuple[RejectedRow, ...] = ()
    loaded: set[str] = field(default_factory=set)
    """RIID_ of every record that was added or updated."""


class Importer:
    """Carries out runs; every failure ends as a failed run with a log line, never as an exception."""

    def __init__(self, account: Account, link: ResponsysLink, keys: KeyPairs, clock: Clock) -> None:
        self._account = account
        self._link = link
        self._keys = keys
        self._clock = clock

    async def carry_out(self, work: ImportRun) -> None:
        """Import the file, and move it to the archive once it is loaded (documented for CX Audience's own server)."""
        run, source, name = work.run, source_of(work.entries), work.entries["File name"]
        table = self._account.lists[work.entries["Target Tables"]]
        target = Target(work.entries["Match column"], tuple(work.entries["Column mapping"].items()))
        try:
            self._note(run, f"Fetching {name} from {source.directory}")
            content = self._link.fetch(source, name)
            self._note(run, f"{len(content)} bytes were fetched")
            text = await self._text(work, content)
            file = await asyncio.to_thread(read_incoming, text, format_of(work.entries))
            found = await asyncio.to_thread(sort_rows, file, target, table.columns)
        except (SourceError, KeyPairError, UnreadableFileError) as error:
            self._fail(run, visible(str(error), 500))
            return
        work.rejected = found.rejected
        run.processed, run.rejected = len(file.rows), len(found.rejected)
        await self._load(work, found.taken, table)
        for reason, count in Counter(row.reason for row in found.rejected).items():
            self._note(run, f"{count} records were rejected: {reason}", "WARNING")
        self._note(run, f"{run.processed} records processed, {run.added} added, {run.updated} updated")
        if run.rejected == run.processed:
            # a run without a loaded record has not succeeded (inferred)
            self._fail(run, "No record could be loaded")
            return
        run.status = RunStatus.SUCCEEDED
        try:
            self._note(run, f"The file was moved to {self._link.archive(source, name)}")
        except SourceError as error:
            self._note(run, visible(str(error), 500), "WARNING")

    async def _text(self, work: ImportRun, content: bytes) -> bytes:
        if work.entries["File is encrypted with PGP/GPG key"]:
            text = await self._keys.decrypt(content, work.entries["Key"])
            self._note(work.run, f'The file was decrypted with the key pair "{work.entries["Key"]}"')
            return text
        if looks_encrypted(content):
            raise UnreadableFileError("The file is encrypted, and the job does not expect that")
        return content

    async def _load(self, work: ImportRun, records: Iterable[dict[str, str]], table: ListTable) -> None:
        """Insert or update by match column; where several records match, the oldest is updated (inferred)."""
        match_column, now = work.entries["Match column"], self._clock.now()
        for number, values in enumerate(records, 1):
            found = table.find(match_column, values[match_column])
            if found:
                riid = found[0]["RIID_"]
                table.update(riid, values, now)
                work.run.updated += 1
            else:
                riid = table.insert(values, now)
                work.run.added += 1
            work.loaded.add(riid)
            if number % _ROWS_AT_A_TIME == 0:
                await asyncio.sleep(0)

    def _note(self, run: Run, message: str, level: str = "INFO") -> None:
        run.note(level, message, self._clock.now())

    def _fail(self, run: Run, message: str) -> None:
        self._note(run, message, "ERROR")
        run.status = RunStatus.FAILED


def source_of(entries: Mapping[str, Any]) -> Source:
    """Return where a job fetches its file, as the Source Connectivity screen holds it, complete or not."""
    return Source(entries["Hostname"], entries["Directory path"], entries["Username"])


def format_of(entries: Mapping[str, Any]) -> FileFormat:
    """Return how the file is written, as the Source Specification screen holds it."""
    return FileFormat(
        CHARACTER_SETS[entries["Character set"]],
        DELIMITERS[entries["Field delimiter"]],
        ENCLOSURES[entries["Field enclosure"]],
        entries["First line contains column names"],
    )
