"""One run of an import job: fetch, decrypt, read, check, load, archive (facts C.7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.domain.text import visible
from cxr_tui.sandbox.audience.account import Source
from cxr_tui.sandbox.audience.import_reader import FileFormat, UnreadableFileError, read_incoming
from cxr_tui.sandbox.audience.import_rules import RejectedRow, Target, sort_rows
from cxr_tui.sandbox.audience.key_pairs import KeyPairError, KeyPairs, looks_encrypted
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink, SourceError
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable

_ROWS_AT_A_TIME = 500
"""Records loaded before others get their turn on the event loop."""


@dataclass(frozen=True)
class ImportPlan:
    """All that a run needs to know."""

    job_name: str
    source: Source
    file_name: str
    form: FileFormat
    target: Target


@dataclass(frozen=True)
class LogEntry:
    """One line of a run's log."""

    level: str
    message: str
    at: datetime


@dataclass
class Run:
    """One execution of a job and what it came to."""

    job_name: str
    started: datetime
    status: RunStatus = RunStatus.RUNNING
    processed: int = 0
    added: int = 0
    updated: int = 0
    rejected: tuple[RejectedRow, ...] = ()
    target: str = ""
    """The list that it loads into."""
    columns: tuple[str, ...] = ()
    """Column names of the file, for the download of rejected records."""
    loaded: set[str] = field(default_factory=set)
    """RIID_ of every record that was added or updated."""
    log: list[LogEntry] = field(default_factory=list)

    def reasons(self) -> dict[str, int]:
        """Return how many records were rejected for each reason."""
        return dict(Counter(row.reason for row in self.rejected))


class ImportRun:
    """Carries out one plan; every failure ends as a failed run with a log line, never as an exception."""

    def __init__(self, plan: ImportPlan, link: ResponsysLink, table: ListTable, keys: KeyPairs, clock: Clock) -> None:
        self._plan = plan
        self._link = link
        self._table = table
        self._keys = keys
        self._clock = clock
        self.run = Run(plan.job_name, clock.now(), target=table.name)

    async def carry_out(self) -> Run:
        """Import the file, and move it to the archive once it is loaded (documented for the own server)."""
        plan, run = self._plan, self.run
        try:
            self._note(f"Fetching {plan.file_name} from {plan.source.directory}")
            content = self._link.fetch(plan.source, plan.file_name)
            self._note(f"{len(content)} bytes were fetched")
            text = await self._text(content)
            file = await asyncio.to_thread(read_incoming, text, plan.form)
            found = await asyncio.to_thread(sort_rows, file, plan.target, self._table.columns)
        except (SourceError, KeyPairError, UnreadableFileError) as error:
            self._note(visible(str(error), 500), "ERROR")
            run.status = RunStatus.FAILED
            return run
        run.columns, run.processed, run.rejected = file.columns, len(file.rows), found.rejected
        await self._load(found.taken)
        self._sum_up()
        if run.status is RunStatus.SUCCEEDED:
            self._archive()
        return run

    async def _text(self, content: bytes) -> bytes:
        key_name = self._plan.form.key_name
        if key_name:
            text = await self._keys.decrypt(content, key_name)
            self._note(f'The file was decrypted with the key pair "{key_name}"')
            return text
        if looks_encrypted(content):
            raise UnreadableFileError("The file is encrypted, and the job does not say so")
        return content

    async def _load(self, records: Iterable[dict[str, str]]) -> None:
        """Insert or update by match column; where several records match, the oldest is updated (inferred)."""
        match_column, table, now = self._plan.target.match_column, self._table, self._clock.now()
        for number, values in enumerate(records, 1):
            found = table.find(match_column, values[match_column])
            if found:
                riid = found[0]["RIID_"]
                table.update(riid, values, now)
                self.run.updated += 1
            else:
                riid = table.insert(values, now)
                self.run.added += 1
            self.run.loaded.add(riid)
            if number % _ROWS_AT_A_TIME == 0:
                await asyncio.sleep(0)

    def _sum_up(self) -> None:
        run = self.run
        for reason, count in run.reasons().items():
            self._note(f"{count} records were rejected: {reason}", "WARNING")
        self._note(f"{run.processed} records processed, {run.added} added, {run.updated} updated")
        if len(run.rejected) == run.processed:
            # a run that takes nothing has not succeeded (inferred)
            self._note("No record could be loaded", "ERROR")
            run.status = RunStatus.FAILED
        else:
            run.status = RunStatus.SUCCEEDED

    def _archive(self) -> None:
        try:
            self._note(f"The file was moved to {self._link.archive(self._plan.source, self._plan.file_name)}")
        except SourceError as error:
            self._note(visible(str(error), 500), "WARNING")

    def _note(self, message: str, level: str = "INFO") -> None:
        self.run.log.append(LogEntry(level, message, self._clock.now()))
