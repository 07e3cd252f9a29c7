"""An outside world that answers what a test has written down, for faults that no sandbox can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import OutsideError, RemotePathError
from cxr_tui.domain.finding import Finding, Outcome, Status
from cxr_tui.domain.instruction import Site, VisitRefusedError
from cxr_tui.domain.ports import OpenPgp, World
from cxr_tui.domain.responsys_data import (
    ConnectJob,
    ConnectRun,
    Filter,
    ListSchema,
    LogLine,
    MessageInfo,
    RemoteFile,
    UserInfo,
)
from cxr_tui.domain.ssh_public_key import HostKey
from cxr_tui.guide.checks.run import run_check
from cxr_tui.guide.definition import Step
from cxr_tui.integration.form import overlay
from cxr_tui.journal.state import JournalState

NOW = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
"""A Wednesday, noon in New York."""


HOST_KEY = HostKey.of("ssh-ed25519", b"the key of the scripted file server")


@dataclass
class ScriptedResponsys:
    """Either product's REST interface; `error` is raised instead of any answer."""

    schemas: tuple[ListSchema, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    jobs: tuple[ConnectJob, ...] = ()
    runs: tuple[ConnectRun, ...] = ()
    audiences: tuple[str, ...] = ()
    error: OutsideError | None = None

    def _answer(self) -> None:
        if self.error is not None:
            raise self.error

    async def lists(self) -> tuple[ListSchema, ...]:
        self._answer()
        return self.schemas

    async def member_count(self, list_name: str) -> int:
        self._answer()
        return self.counts[list_name]

    async def member(self, list_name: str, column: str, value: str) -> Mapping[str, str] | None:
        self._answer()
        return self.people.get(value)

    async def user_info(self) -> UserInfo:
        self._answer()
        return UserInfo("acme", "cxa", "a@example.com", "en", "America/New_York", "2026-01-01")

    async def filters(self) -> tuple[Filter, ...]:
        self._answer()
        return tuple(Filter(name) for name in self.audiences)

    async def connect_jobs(self) -> tuple[ConnectJob, ...]:
        self._answer()
        return self.jobs

    async def connect_runs(self, job_id: int, since: datetime, until: datetime) -> tuple[ConnectRun, ...]:
        self._answer()
        return self.runs

    async def connect_logs(self, job_id: int, run_id: int) -> tuple[LogLine, ...]:
        return (LogLine("INFO", "begun"), LogLine("ERROR", "the key has gone"))


@dataclass
class ScriptedFileServer:
    """A file server: folders with files, and their contents by path; `growth` bytes are added at every stat."""

    folders: dict[str, tuple[RemoteFile, ...]] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    key: HostKey = HOST_KEY
    growth: int = 0
    error: OutsideError | None = None

    async def host_key(self) -> HostKey:
        return self.key

    async def listing(self, folder: str) -> tuple[RemoteFile, ...]:
        if self.error is not None:
            raise self.error
        if folder not in self.folders:
            raise RemotePathError(folder)
        return self.folders[folder]

    async def stat(self, path: str) -> RemoteFile | None:
        for files in self.folders.values():
            for file in files:
                if file.path == path:
                    self.growth *= 2
                    grown = None if file.size is None else file.size + self.growth
                    return RemoteFile(file.name, path, grown, file.modified)
        return None

    async def read(self, path: str, limit: int) -> bytes:
        return self.contents[path][:limit]

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        raise NotImplementedError

    def put(self, path: str, content: bytes, modified: datetime | None, size: int | None = None) -> None:
        """Lay a file down."""
        folder, _, name = path.rpartition("/")
        file = RemoteFile(name, path, len(content) if size is None else size, modified)
        self.folders[folder] = (*self.folders.get(folder, ()), file)
        self.contents[path] = content


class ScriptedOpenPgp:
    """Reads messages of the form `to:ID,ID`; everything else is plain text."""

    async def read_message(self, head: bytes) -> MessageInfo:
        if not head.startswith(b"to:"):
            return MessageInfo(False, (), False, False, "plain text")
        return MessageInfo(True, tuple(head.decode()[3:].split(",")), True, False, "OpenPGP message")


@dataclass
class ScriptedOperator:
    """Shows screens by their last part."""

    screens: Mapping[str, Mapping[str, Value]]

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        if path[-1] not in self.screens:
            raise VisitRefusedError(cast("Any", None), "no such page")
        return self.screens[path[-1]]


@dataclass
class ScriptedCredentials:
    """A keyring with these items, by default with every one."""

    items: set[str] | None = None

    async def has(self, item: str) -> bool:
        return self.items is None or item in self.items


@dataclass
class ScriptedWorld:
    """Everything outside, as far as a test gives it."""

    responsys_user: ScriptedResponsys = field(default_factory=ScriptedResponsys)
    connect_user: ScriptedResponsys | None = None
    audience_user: ScriptedResponsys | None = None
    server: ScriptedFileServer | None = None
    operator: None = None
    screens: ScriptedOperator | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    time: datetime = NOW
    apart: timedelta | None = None
    """How far the servers' clock is ahead."""
    credentials: ScriptedCredentials = field(default_factory=ScriptedCredentials)
    openpgp: OpenPgp | ScriptedOpenPgp = field(default_factory=ScriptedOpenPgp)
    kept: dict[str, bytes] | None = field(default_factory=dict)
    """Files that a check has fixed; None: the disk is full."""

    def now(self) -> datetime:
        return self.time

    def own_time(self) -> datetime:
        return self.time - (self.apart or timedelta(0))

    def clock_difference(self) -> timedelta | None:
        return self.apart

    def responsys(self) -> ScriptedResponsys:
        return self.responsys_user

    def connect(self) -> ScriptedResponsys | None:
        return self.connect_user

    def audience(self) -> ScriptedResponsys | None:
        return self.audience_user

    def file_server(self) -> ScriptedFileServer | None:
        return self.server

    async def wait(self, seconds: float) -> None:
        """Time passes automatically here."""

    async def read_file(self, path: str, limit: int) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(2, "No such file or directory")
        return self.files[path][:limit]

    async def keep_file(self, name: str, content: bytes) -> Path:
        if self.kept is None:
            raise OSError(28, "No space left on device")
        self.kept[name] = content
        return Path("/kept") / name


def values_of(step: Step, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return values with whatever the step proposes."""
    return overlay(step, JournalState(values=dict(values)))


def known_of(step: Step, values: Mapping[str, Value]) -> Known:
    """Return what the step may read, proposals included, as a session hands it over."""
    fields = tuple(step.key(one.name) for one in step.fields)
    return Known(values_of(step, values)).limited_to((*step.own_keys(), *fields))


async def checked(step: Step, values: Mapping[str, Value], world: ScriptedWorld) -> Outcome:
    """Run a step's check."""
    return await run_check(step, known_of(step, values), cast("World", world), lambda _: None)


def codes(outcome: Outcome, *statuses: Status) -> set[str]:
    """Return the codes of all findings of these statuses."""
    return {finding.code for finding in outcome.findings if finding.status in statuses}


def finding(outcome: Outcome, code: str) -> Finding:
    """Return the first finding of a code."""
    return next(one for one in outcome.findings if one.code == code)
