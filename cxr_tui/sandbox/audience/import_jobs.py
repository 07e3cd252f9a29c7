"""The account's Connect jobs: what their screens hold, their errors, and their runs (facts B.5, C.7)."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from cxr_tui.domain.responsys_data import DELIMITERS, MATCH_COLUMNS, RunStatus
from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.audience.import_run import CHARACTER_SETS, Importer, ImportRun
from cxr_tui.sandbox.audience.key_pairs import KeyPairs
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.connect_jobs import (
    ENCLOSURES,
    EXTERNAL_SERVER,
    IMPORT_PROFILES,
    NOTIFICATION,
    SCHEDULE,
    SEND_TO,
    ConnectJobs,
    Job,
)
from cxr_tui.sandbox.shared.screens import Form

CONNECTIVITY, SPECIFICATION, TARGET = "Source Connectivity", "Source Specification", "Target Definition"
OWN_SERVER = "CX Audience file server"
BY_KEY = "Key"


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
        self._importer = Importer(account, link, keys, clock)
        self.runs: list[ImportRun] = []
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
        """Run a job to its end."""
        run, problems = self.new_run(job), self.problems(job)
        work = ImportRun(run, dict(job.entries))
        self.runs.append(work)
        if problems:
            run.status = RunStatus.FAILED
            for problem in problems:
                run.note("ERROR", problem, run.started)
        else:
            await self._importer.carry_out(work)
        await self.finish(job, run)

    def completed(self) -> Iterator[ImportRun]:
        """Return the runs that are over, newest first."""
        return (work for work in reversed(self.runs) if work.run.status is not RunStatus.RUNNING)

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
