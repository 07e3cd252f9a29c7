"""The account's Connect jobs: what their screens hold, their errors, and their runs (facts B.5, C.7)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cxr_tui.domain.responsys_data import DELIMITERS, MATCH_COLUMNS, RunStatus
from cxr_tui.domain.text import visible
from cxr_tui.sandbox.audience.account import Account, Source
from cxr_tui.sandbox.audience.import_file import FileFormat, Target, UnreadableFileError, read_incoming, sort_rows
from cxr_tui.sandbox.audience.keys import KeyPairError, KeyPairs, looks_encrypted
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink, SourceError
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.connect_jobs import (
    ENCLOSURES,
    EXTERNAL_SERVER,
    IMPORT_PROFILES,
    NOTIFICATION,
    SCHEDULE,
    SEND_TO,
    ConnectJobs,
    Job,
    Run,
)
from cxr_tui.sandbox.shared.screens import Form

CONNECTIVITY, SPECIFICATION, TARGET = "Source Connectivity", "Source Specification", "Target Definition"
OWN_SERVER = "CX Audience file server"
BY_KEY = "Key"
CHARACTER_SETS = {
    "Unicode (UTF-8)": "utf-8",
    "Western European (ISO-8859-1)": "iso-8859-1",
    "Western European (Windows-1252)": "cp1252",
    "Central European (ISO-8859-2)": "iso-8859-2",
}
"""The first was observed, the others are inferred; all of them write ASCII as ASCII."""
_ROWS_AT_A_TIME = 500
"""Records loaded before the event loop serves others."""


class ImportJobs(ConnectJobs):
    """The Connect jobs of the account; those that import profiles run."""

    def __init__(
        self,
        account: Account,
        keys: KeyPairs,
        link: ResponsysLink,
        clock: Clock,
        minutes: random.Random,
    ) -> None:
        # Which boxes are ticked at first is not documented; unticked is the stricter test of an instruction.
        screens = {
            CONNECTIVITY: Form(
                {
                    "File location": OWN_SERVER,
                    "Hostname": "",
                    "Directory path": "",
                    "Username": "",
                    "Authentication": BY_KEY,
                },
                {
                    "File location": (OWN_SERVER, EXTERNAL_SERVER),
                    "Hostname": account.external_servers,
                    "Authentication": (BY_KEY, "Password"),
                },
            ),
            SPECIFICATION: Form(
                {
                    "File name": "",
                    "Character set": "Unicode (UTF-8)",
                    "Field delimiter": "Comma",
                    "Field enclosure": '"',
                    "First line contains column names": False,
                    "File is encrypted with PGP/GPG key": False,
                    "Key": "",
                },
                {
                    "Character set": CHARACTER_SETS,
                    "Field delimiter": DELIMITERS,
                    "Field enclosure": ENCLOSURES,
                    "Key": keys.pairs,
                },
            ),
            TARGET: Form(
                {"Target Tables": "", "Match column": "", "Column mapping": {}},
                {"Target Tables": account.lists, "Match column": MATCH_COLUMNS},
            ),
            "Notification": NOTIFICATION,
            "Schedule": SCHEDULE,
        }
        super().__init__(screens, account.time_zone, clock, minutes)
        self._account = account
        self._keys = keys
        self._link = link
        self.runs: list[Run] = []
        """Of all jobs, oldest first; those of an expired job stay (inferred)."""

    def problems(self, job: Job) -> list[str]:
        """Return every error that "Show Errors" would list (facts B.5; documented)."""
        if job.type != IMPORT_PROFILES:
            # the guide opens such a job only to reach the SSH key dialog; the twin runs imports only
            return [f"{job.type} jobs cannot be activated in the sandbox"]
        entries = job.entries
        problems = [f"{CONNECTIVITY}: {problem}" for problem in self._source_problems(entries)]
        if not entries["File name"]:
            problems.append(f"{SPECIFICATION}: enter the file name with its extension")
        if entries["File is encrypted with PGP/GPG key"] and entries["Key"] not in self._keys.pairs:
            problems.append(f"{SPECIFICATION}: select a key pair")
        problems += [f"{TARGET}: {problem}" for problem in self._target_problems(entries)]
        if not entries[SEND_TO]:
            problems.append("Notification: enter an email address")
        return problems

    async def run(self, job: Job) -> None:
        """Run a job to its end; every failure ends as a failed run with a log line, never as an exception."""
        run, problems = self.new_run(job), self.problems(job)
        self.runs.append(run)
        if problems:
            run.status = RunStatus.FAILED
            for problem in problems:
                run.note("ERROR", problem, run.started)
        else:
            try:
                await self._import(run, dict(job.entries))
            except (SourceError, KeyPairError, UnreadableFileError) as error:
                run.status = RunStatus.FAILED
                self._note(run, visible(str(error), 500), "ERROR")
        await self.finish(job, run)

    def completed(self) -> Iterator[Run]:
        """Return the runs that are over, newest first."""
        return (run for run in reversed(self.runs) if run.status is not RunStatus.RUNNING)

    async def _import(self, run: Run, entries: Mapping[str, Any]) -> None:
        """Import the file, and move it to the archive once it is loaded (documented for CX Audience's own server)."""
        source, name, match_column = source_of(entries), entries["File name"], entries["Match column"]
        table = self._account.lists[entries["Target Tables"]]
        target = Target(match_column, tuple(entries["Column mapping"].items()))
        self._note(run, f"Fetching {name} from {source.directory}")
        content = self._link.fetch(source, name)
        self._note(run, f"{len(content)} bytes were fetched")
        if entries["File is encrypted with PGP/GPG key"]:
            content = await self._keys.decrypt(content, entries["Key"])
            self._note(run, f'The file was decrypted with the key pair "{entries["Key"]}"')
        elif looks_encrypted(content):
            raise UnreadableFileError("The file is encrypted, and the job does not expect that")
        file = await asyncio.to_thread(read_incoming, content, format_of(entries))
        taken, run.rejected_rows = await asyncio.to_thread(sort_rows, file, target, table.columns)
        run.processed, run.rejected = len(file.rows), len(run.rejected_rows)
        await self._load(run, taken, table, match_column)
        for reason, count in Counter(reason for _, reason in run.rejected_rows).items():
            self._note(run, f"{count} records were rejected: {reason}", "WARNING")
        self._note(run, f"{run.processed} records processed, {run.added} added, {run.updated} updated")
        if run.rejected == run.processed:
            # a run without a loaded record has not succeeded (inferred)
            raise UnreadableFileError("No record could be loaded")
        run.status = RunStatus.SUCCEEDED
        try:
            self._note(run, f"The file was moved to {self._link.archive(source, name)}")
        except SourceError as error:
            self._note(run, visible(str(error), 500), "WARNING")

    async def _load(self, run: Run, records: Iterable[dict[str, str]], table: ListTable, match_column: str) -> None:
        """Insert or update by match column; where several records match, the oldest is updated (inferred)."""
        now = self.clock.now()
        for number, values in enumerate(records, 1):
            found = table.find(match_column, values[match_column])
            if found:
                riid = found[0]["RIID_"]
                table.update(riid, values, now)
                run.updated += 1
            else:
                riid = table.insert(values, now)
                run.added += 1
            run.loaded.add(riid)
            if number % _ROWS_AT_A_TIME == 0:
                await asyncio.sleep(0)

    def _note(self, run: Run, message: str, level: str = "INFO") -> None:
        run.note(level, message, self.clock.now())

    def _source_problems(self, entries: Mapping[str, Any]) -> list[str]:
        if entries["File location"] != EXTERNAL_SERVER or entries["Authentication"] != BY_KEY:
            return [f"this sandbox imports from an {EXTERNAL_SERVER} with the SSH2 key only"]
        required = ("Hostname", "Directory path", "Username")
        problems = [f"{label} is missing" for label in required if not entries[label]]
        if entries["Hostname"] and entries["Hostname"] not in self._account.external_servers:
            problems.append(f"{entries['Hostname']} is not permitted as external server")
        return problems

    def _target_problems(self, entries: Mapping[str, Any]) -> list[str]:
        table, match_column = self._account.lists.get(entries["Target Tables"]), entries["Match column"]
        if table is None:
            return ["select a list under Target Tables"]
        mapping: Mapping[str, str] = entries["Column mapping"]
        columns, mapped = dict(table.columns), list(mapping.values())
        problems = []
        if match_column not in MATCH_COLUMNS:
            problems.append("select a match column")
        if not mapping:
            problems.append("map the incoming columns to columns of the list")
        elif match_column not in mapped:
            problems.append(f"no incoming column is mapped to {match_column}")
        for incoming, column in mapping.items():
            if column not in columns:
                problems.append(f"{incoming} is mapped to {column}, which the list does not have")
            elif column == "RIID_":
                # CX Audience has its own RIID_, so nothing can be mapped to it (inferred)
                problems.append(f"{incoming} cannot be mapped to {column}, which the list itself gives")
        twice = sorted({column for column in mapped if mapped.count(column) > 1})
        return problems + [f"several incoming columns are mapped to {column}" for column in twice]


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
