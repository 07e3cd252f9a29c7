"""Connect jobs of the account: what they consist of, and what is still wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.shared.schedule import Recurrence

EXPORT = "Export Data"
IMPORT_PROFILES = "Import Profile Data"
JOB_TYPES = (IMPORT_PROFILES, "Import Supplemental Data", EXPORT, "Export Feed Data")
"""Types of the Create Job dialog (facts B.5; documented)."""

JOB_NAME = re.compile(r"[A-Za-z0-9 !\-=@_\[\]{}]{1,100}")
"""Characters and length of a job name (facts B.5; documented)."""

RESPONSYS_SERVER = "Responsys file server"
EXTERNAL_SERVER = "External Server by SFTP"


@dataclass(frozen=True)
class LogEntry:
    """One line of a run's log."""

    level: str
    message: str
    at: datetime


@dataclass
class Run:
    """One execution of a job; counts as the Connect API reports them (facts A.9; documented)."""

    id: int
    job_name: str
    started: datetime
    status: RunStatus = RunStatus.RUNNING
    seconds: int = 0
    processed: int = 0
    added: int = 0
    updated: int = 0
    rejected: int = 0
    error: str = ""
    file_name: str = ""
    log: list[LogEntry] = field(default_factory=list)

    def note(self, level: str, message: str, at: datetime) -> None:
        """Add a line to the log."""
        self.log.append(LogEntry(level, message, at))


@dataclass
class Job:
    """One Connect job with its wizard's steps as they were saved: label -> value, by step."""

    id: int
    name: str
    type: str
    description: str
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    active: bool = False
    recurrence: Recurrence | None = None
    """The schedule it was activated with."""
    next_run: datetime | None = None
    tickets: dict[str, int] = field(default_factory=dict)
    """Events on the clock: `run` and `expire`."""
    running: bool = False
    runs: list[Run] = field(default_factory=list)

    def text(self, step: str, label: str) -> str:
        """Return a saved text value, empty where there is none."""
        value = self.steps.get(step, {}).get(label, "")
        return value if isinstance(value, str) else ""

    def flag(self, step: str, label: str) -> bool:
        """Return whether a box is ticked in what was saved."""
        return self.steps.get(step, {}).get(label) is True

    def save(self, step: str, values: Mapping[str, Any]) -> None:
        """Save a step's values over earlier ones."""
        self.steps[step] = {**self.steps.get(step, {}), **values}


class Jobs:
    """All jobs of the account by name; a job that expired is gone for good (facts B.5; documented)."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._last_job = 41000
        self._last_run = 30875900

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    def named(self, name: str) -> Job | None:
        """Return the job of this name."""
        return self._jobs.get(name)

    def numbered(self, number: int) -> Job | None:
        """Return the job of this id."""
        return next((job for job in self._jobs.values() if job.id == number), None)

    def create(self, name: str, kind: str, description: str) -> Job:
        """Create a draft."""
        self._last_job += 17
        job = self._jobs[name] = Job(self._last_job, name, kind, description)
        return job

    def remove(self, job: Job) -> None:
        """Delete a job for good."""
        self._jobs.pop(job.name, None)

    def new_run(self, job: Job, now: datetime) -> Run:
        """Begin a run."""
        self._last_run += 7
        run = Run(self._last_run, job.name, now)
        job.runs.append(run)
        job.running = True
        return run


def job_name_problem(name: str) -> str | None:
    """Say what is wrong with a job name (facts B.5; documented)."""
    if JOB_NAME.fullmatch(name):
        return None
    if not name:
        return "Enter a job name"
    if len(name) > 100:
        return "The job name is longer than 100 characters"
    bad = next(char for char in name if not JOB_NAME.fullmatch(char))
    return f'The job name must not contain "{bad}"'
