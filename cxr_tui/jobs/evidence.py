"""Evidence of the jobs: every piece was either seen or is unavailable, with the reason. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, TypeVar

from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, LogLine, MessageInfo, RemoteFile, RunStatus, age_key

Seen = TypeVar("Seen")


class UnavailableReason(StrEnum):
    """Why a piece of evidence could not be seen."""

    NOT_GIVEN = "not given"
    """This program has no user or key for it."""
    UNREACHABLE = "unreachable"
    """The outside system did not answer or failed."""
    REFUSED = "refused"
    """The outside system denied access."""
    STORE = "credential store"
    """The OS keyring did not provide the secret."""


@dataclass(frozen=True)
class Unavailable:
    """Unavailable evidence; `why` is one sentence, safe to show."""

    why: str
    reason: UnavailableReason = UnavailableReason.NOT_GIVEN


@dataclass(frozen=True)
class ConnectSeen:
    """The export job and its runs as Connect's REST interface reports them (facts A.9; documented)."""

    job: ConnectJob | None
    """None: there is no job of this name."""
    runs: tuple[ConnectRun, ...] = ()
    """Runs of the last days, newest first, with status and counts."""
    logs: Mapping[int, tuple[LogLine, ...]] = field(default_factory=dict)
    """Logs of runs with problems, by run id."""

    @property
    def newest(self) -> ConnectRun | None:
        """The newest run."""
        return self.runs[0] if self.runs else None


@dataclass(frozen=True)
class FilesSeen:
    """The exported file on the file server: waiting in its folder, or moved to the archive once fetched (facts B.7)."""

    waiting: RemoteFile | None = None
    archived: RemoteFile | None = None
    ready: RemoteFile | None = None
    """The ready file of the waiting file."""
    counted: int | None = None
    """Number of records according to the ready file."""
    message: MessageInfo | None = None
    """The newest of the two files as an OpenPGP message; None: not read."""

    @property
    def newest(self) -> RemoteFile | None:
        """The newest of the two."""
        there = [one for one in (self.waiting, self.archived) if one is not None]
        return max(there, key=age_key, default=None)


Record: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class MembersSeen:
    """The sample records in both products: the one in Responsys, and the one in CX Audience or None."""

    pairs: tuple[tuple[Record, Record | None], ...]


@dataclass(frozen=True)
class ShownRun:
    """The newest run of the import as Completed Jobs shows it."""

    status: RunStatus | None
    started: datetime | None
    processed: int | None = None
    rejected: int | None = None
    log: tuple[LogLine, ...] = ()


@dataclass(frozen=True)
class ScreenSeen:
    """The import job as CX Audience's screens show it; a program can read them only in the sandbox."""

    exists: bool
    active: bool = False
    run: ShownRun | None = None


@dataclass(frozen=True)
class KeySeen:
    """The SSH2 key with which CX Audience fetches the file: whether Oracle is still adding it, and since when."""

    processing: bool
    since: datetime | None = None
    noted: bool = False
    """Whether this is only a note in the journal, which may be old."""


@dataclass(frozen=True)
class PublishedSeen:
    """Whether the audience of the last step is among the filters of Responsys."""

    name: str
    there: bool


@dataclass(frozen=True)
class Evidence:
    """All evidence, collected at one time."""

    connect: ConnectSeen | Unavailable
    files: FilesSeen | Unavailable
    members: MembersSeen | Unavailable
    screen: ScreenSeen | Unavailable
    key: KeySeen | Unavailable
    published: PublishedSeen | Unavailable

    def unavailable(self) -> tuple[Unavailable, ...]:
        """Return the unavailable pieces."""
        pieces = (self.connect, self.files, self.members, self.screen, self.key, self.published)
        return tuple(one for one in pieces if isinstance(one, Unavailable))


NOTHING = Evidence(*(Unavailable("Nothing was looked at.") for _ in range(6)))
"""No evidence."""


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence in words, for people and for JSON."""

    name: str
    seen: bool
    said: str
