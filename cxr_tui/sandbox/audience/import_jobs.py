"""The account's Connect jobs: what their screens hold, their errors, and their runs (facts B.5, C.7)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.domain.responsys_data import DELIMITERS, MATCH_COLUMNS, RunStatus
from cxr_tui.sandbox.audience.import_file import FileFormat, Target, UnreadableFileError, read_incoming, sort_rows
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.sftp_server import FileServer
from cxr_tui.sandbox.shared.connect_jobs import (
    ENCLOSURES,
    EXTERNAL_SERVER,
    IMPORT_PROFILES,
    ConnectJobs,
    Job,
    Run,
    RunError,
)
from cxr_tui.sandbox.shared.screens import Form, PageError

if TYPE_CHECKING:
    from cxr_tui.sandbox.audience.product import AudienceTwin

CONNECTIVITY, SPECIFICATION, TARGET = "Source Connectivity", "Source Specification", "Target Definition"
OWN_SERVER = "CX Audience file server"
BY_KEY = "Key"
ARCHIVE = "archive"
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
    """The Connect jobs of the account; those that import profiles run, their screens may be filled in any order."""

    buttons = {**ConnectJobs.buttons, CONNECTIVITY: ("Save", "Test connection")}  # noqa: RUF012 - not changed

    def __init__(self, twin: AudienceTwin, seed: int) -> None:
        self._twin = twin
        self._account = account = twin.account
        self._keys = keys = twin.keys
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
                required=("Hostname", "Directory path", "Username"),
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
                required=("File name",),
            ),
            TARGET: Form(
                {"Target Tables": "", "Match column": "", "Column mapping": {}},
                {"Target Tables": account.lists, "Match column": MATCH_COLUMNS},
                required=("Target Tables", "Match column", "Column mapping"),
            ),
        }
        super().__init__(twin.pages, IMPORT_PROFILES, screens, account.time_zone, twin.clock, seed)

    def pressed(self, screen: str, press: Sequence[str], job: Job) -> None:
        """Test the connection, or do what every product's wizard does."""
        super().pressed(screen, press, job)
        if "Test connection" in press:
            try:
                self._source(job.entries)
            except RunError as error:
                raise PageError(str(error)) from None

    def shown(self, screen: str, job: Job) -> dict[str, Any]:
        """Show the columns of the chosen list too."""
        table = self._account.lists.get(job.entries["Target Tables"])
        if screen == TARGET and table is not None:
            return {"Columns": [name for name, _ in table.columns]}
        return super().shown(screen, job)

    def problems(self, job: Job) -> list[str]:
        """Return also what the sandbox cannot do, a wrong key, and wrong columns."""
        entries, problems = job.entries, super().problems(job)
        if entries["File location"] != EXTERNAL_SERVER or entries["Authentication"] != BY_KEY:
            problems.append(f"{CONNECTIVITY}: this sandbox imports from an {EXTERNAL_SERVER} with the SSH2 key only")
        if entries["File is encrypted with PGP/GPG key"] and entries["Key"] not in self._keys.pairs:
            problems.append(f"{SPECIFICATION}: select a key pair")
        return problems + [f"{TARGET}: {problem}" for problem in self._target_problems(entries)]

    async def carry_out(self, job: Job, run: Run) -> None:
        """Import the file, and move it to the archive once it is loaded (documented for CX Audience's own server)."""
        problems = self.problems(job)
        if problems:
            raise RunError("; ".join(problems))
        entries = dict(job.entries)
        name, match_column = entries["File name"], entries["Match column"]
        table = self._account.lists[entries["Target Tables"]]
        target = Target(match_column, tuple(entries["Column mapping"].items()))
        self.note(run, f"Fetching {name} from {entries['Directory path']}")
        source = self._source(entries)
        file = self._file(source, entries)
        content = file.read_bytes()
        self.note(run, f"{len(content)} bytes were fetched")
        if entries["File is encrypted with PGP/GPG key"]:
            content = await self._keys.decrypt(content, entries["Key"])
            self.note(run, f'The file was decrypted with the key pair "{entries["Key"]}"')
        elif await self._keys.is_encrypted(content):
            raise UnreadableFileError("The file is encrypted, and the job does not expect that")
        incoming = await asyncio.to_thread(read_incoming, content, format_of(entries))
        taken, run.rejected_rows = await asyncio.to_thread(sort_rows, incoming, target, table.columns)
        run.processed, run.rejected = len(incoming.rows), len(run.rejected_rows)
        await self._load(run, taken, table, match_column)
        for reason, count in Counter(reason for _, reason in run.rejected_rows).items():
            self.note(run, f"{count} records were rejected: {reason}", "WARNING")
        self.note(run, f"{run.processed} records processed, {run.added} added, {run.updated} updated")
        if run.rejected == run.processed:
            # a run without a loaded record has not succeeded (inferred)
            raise UnreadableFileError("No record could be loaded")
        run.status = RunStatus.SUCCEEDED
        try:
            file.replace(source.path(ARCHIVE) / name)
            self.note(run, f"The file was moved to {ARCHIVE}/{name}")
        except OSError as error:
            self.note(run, f"The file {name} could not be moved to {ARCHIVE}: {error.strerror}", "WARNING")

    def _source(self, entries: Mapping[str, Any]) -> FileServer:
        """Return the file server if it lets the account in and has the directory; RunError."""
        host, directory, user = entries["Hostname"], entries["Directory path"], entries["Username"]
        try:
            server = self._twin.responsys.files_for(host, user, self._twin.ssh_key.blob)
        except ConnectionError:
            raise RunError(f"{host} could not be reached") from None
        except PermissionError:
            raise RunError(
                f"Authentication failed: {host} does not accept the SSH2 key of CX Audience for {user}"
            ) from None
        if not server.has_folder(directory):
            raise RunError(f"The directory {directory} was not found on {host}")
        return server

    def _file(self, source: FileServer, entries: Mapping[str, Any]) -> Path:
        directory, name = entries["Directory path"], entries["File name"]
        file = source.path(f"{directory}/{name}")
        if not file.is_file():
            raise RunError(f"The file {name} was not found in {directory} on {entries['Hostname']}")
        return file

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

    def _target_problems(self, entries: Mapping[str, Any]) -> list[str]:
        table, match_column = self._account.lists.get(entries["Target Tables"]), entries["Match column"]
        if table is None:
            return ["select a list under Target Tables"]
        mapping: Mapping[str, str] = entries["Column mapping"]
        columns, mapped = dict(table.columns), list(mapping.values())
        problems = []
        if match_column not in mapped:
            problems.append(f"no incoming column is mapped to {match_column}")
        for incoming, column in mapping.items():
            if column not in columns:
                problems.append(f"{incoming} is mapped to {column}, which the list does not have")
            elif column == "RIID_":
                # CX Audience has its own RIID_, so nothing can be mapped to it (inferred)
                problems.append(f"{incoming} cannot be mapped to {column}, which the list itself gives")
        twice = sorted({column for column in mapped if mapped.count(column) > 1})
        return problems + [f"several incoming columns are mapped to {column}" for column in twice]


def format_of(entries: Mapping[str, Any]) -> FileFormat:
    """Return how the file is written, as the Source Specification screen holds it."""
    return FileFormat(
        CHARACTER_SETS[entries["Character set"]],
        DELIMITERS[entries["Field delimiter"]],
        ENCLOSURES[entries["Field enclosure"]],
        entries["First line contains column names"],
    )
