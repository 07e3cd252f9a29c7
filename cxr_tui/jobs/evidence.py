"""What can be had of the jobs, piece by piece: each was seen, or is said to be unseen, and why. Pure data."""

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
    """No user or key for it was handed to this program."""
    UNREACHABLE = "unreachable"
    """The outside system did not answer, or failed itself."""
    REFUSED = "refused"
    """It answered, and did not let this user look."""
    STORE = "credential store"
    """The secret for it could not be had from the OS keyring."""


@dataclass(frozen=True)
class Unavailable:
    """Evidence that could not be had; `why` is one sentence, safe to show."""

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
    """Logs of the runs that did not simply succeed, by run id."""

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
    """The ready file beside the waiting one."""
    counted: int | None = None
    """Records by the ready file's own count."""
    message: MessageInfo | None = None
    """What the newest of the two files is from outside; None: not read."""

    @property
    def newest(self) -> RemoteFile | None:
        """The newest of the two."""
        there = [one for one in (self.waiting, self.archived) if one is not None]
        return max(there, key=age_key, default=None)


Record: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class MembersSeen:
    """The few known members in both products: the record in Responsys, and the one in CX Audience or None."""

    pairs: tuple[tuple[Record, Record | None], ...]


@dataclass(frozen=True)
class ShownRun:
    """The newest run of the import as Completed Jobs shows it."""

    status: RunStatus | None
    started: datetime | None
    processed: int | None = None
    rejected: int | None = None
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScreenSeen:
    """The import job as CX Audience's screens show it; a machine can look at them only in the sandbox."""

    exists: bool
    active: bool = False
    run: ShownRun | None = None


@dataclass(frozen=True)
class KeySeen:
    """The SSH2 key by which CX Audience fetches the file: whether Oracle is still adding it, and since when."""

    processing: bool
    since: datetime | None = None
    noted: bool = False
    """Whether that is only a note in the journal, of whatever time."""


@dataclass(frozen=True)
class PublishedSeen:
    """Whether the audience of the last step is among the filters of Responsys."""

    name: str
    there: bool


@dataclass(frozen=True)
class Evidence:
    """Everything that one look has brought."""

    connect: ConnectSeen | Unavailable
    files: FilesSeen | Unavailable
    members: MembersSeen | Unavailable
    screen: ScreenSeen | Unavailable
    key: KeySeen | Unavailable
    published: PublishedSeen | Unavailable

    def unavailable(self) -> tuple[Unavailable, ...]:
        """Return whatever could not be seen."""
        pieces = (self.connect, self.files, self.members, self.screen, self.key, self.published)
        return tuple(one for one in pieces if isinstance(one, Unavailable))


NOTHING = Evidence(*(Unavailable("Nothing was looked at.") for _ in range(6)))
"""No evidence at all."""


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence in words, for people and for JSON."""

    name: str
    seen: bool
    said: str
