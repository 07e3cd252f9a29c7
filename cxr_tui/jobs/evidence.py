"""Evidence of the jobs: every piece was either seen or is unavailable, with the reason, and each says so in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, LogLine, MessageInfo, RemoteFile, age_key
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.forms.schedule import local_time


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

    def said(self, _: str) -> str:
        """Return why it was not seen."""
        return self.why


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

    def said(self, zone: str) -> str:
        """Return what was seen, with times in the account's time zone."""
        if self.job is None:
            return "Responsys has no job with this name."
        newest = self.newest
        if newest is None:
            return f"Job {self.job.job_id}, no run in the requested days."
        began = f" began {local_time(zone, newest.started)}" if newest.started else ""
        count = f", {counted(newest.processed, 'record')}" if newest.processed is not None else ""
        return f"Job {self.job.job_id}, latest run {newest.run_id}{began}: {newest.status or 'unknown'}{count}."


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

    def said(self, zone: str) -> str:
        """Return what was seen."""
        parts = [_file_said(one, zone) for one in (self.waiting, self.archived) if one is not None]
        if not parts:
            return "There is no exported file in its folder or the archive."
        if self.message is not None:
            to = ", ".join(visible(one, 40) for one in self.message.recipients) or "an unnamed recipient"
            parts.append(f"encrypted to {to}" if self.message.encrypted else visible(self.message.what, 60))
        if self.ready is not None:
            parts.append("ready file exists")
        return f"{'; '.join(parts)}."


Record: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class MembersSeen:
    """The sample records in both products: the one in Responsys, and the one in CX Audience or None."""

    pairs: tuple[tuple[Record, Record | None], ...]

    def said(self, _: str) -> str:
        """Return what was seen."""
        there = sum(theirs is not None for _, theirs in self.pairs)
        return f"{len(self.pairs)} found in Responsys, {there} of them in CX Audience."


@dataclass(frozen=True)
class PublishedSeen:
    """Whether the audience of the last step is among the filters of Responsys."""

    name: str
    there: bool

    def said(self, _: str) -> str:
        """Return what was seen."""
        return f"{visible(self.name, 100)} {'is' if self.there else 'is not'} among the filters of Responsys."


@dataclass(frozen=True)
class Evidence:
    """All evidence, collected at one time."""

    connect: ConnectSeen | Unavailable
    files: FilesSeen | Unavailable
    members: MembersSeen | Unavailable
    published: PublishedSeen | Unavailable

    def unavailable(self) -> tuple[Unavailable, ...]:
        """Return the unavailable pieces."""
        return tuple(one for one in self._pieces().values() if isinstance(one, Unavailable))

    def lines(self, zone: str) -> tuple[EvidenceLine, ...]:
        """Return every piece in words; times are in the account's time zone."""
        return tuple(
            EvidenceLine(name, seen=not isinstance(one, Unavailable), said=one.said(zone))
            for name, one in self._pieces().items()
        )

    def _pieces(self) -> dict[str, Piece]:
        return {
            "Connect runs": self.connect,
            "exported file": self.files,
            "sample records": self.members,
            "published audience": self.published,
        }


Piece: TypeAlias = ConnectSeen | FilesSeen | MembersSeen | PublishedSeen | Unavailable


NOTHING = Evidence(*(Unavailable("Nothing was looked at.") for _ in range(4)))
"""No evidence."""


@dataclass(frozen=True)
class EvidenceLine:
    """One piece of evidence in words, for people and for JSON."""

    name: str
    seen: bool
    said: str


def _file_said(file: RemoteFile, zone: str) -> str:
    written = "unknown time" if file.modified is None else f"written {local_time(zone, file.modified)}"
    size = "unknown size" if file.size is None else counted(file.size, "byte")
    return f"{visible(file.path, 100)}, {size}, {written}"
