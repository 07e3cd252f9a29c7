"""What an error or a message of an outside system means: a finding without what was seen."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.finding import Finding, Status


class Cause(NamedTuple):
    """A finding without what was seen."""

    code: str
    status: Status
    why: str
    remedy: str
    at: str = ""
    """Id of the earlier step at which it is fixed, where there is one."""
    ground: Ground | None = None
    """How certain it is, where that is not what the table has for its code."""

    def finding(self, seen: str, why: str = "", *, at: str = "", within: str = "") -> Finding:
        """Return the finding of this cause; a `why` replaces its own."""
        ground = self.ground or ground_of(self.code)
        return Finding(self.code, self.status, seen, why or self.why, self.remedy, at=at, within=within, ground=ground)


class Origin(StrEnum):
    """The system that writes a message."""

    SIGN_IN = "sign-in page of Responsys"
    REST = "REST API of Responsys and CX Audience"
    CONNECT = "Connect"
    IMPORT = "import of CX Audience"
    SSH = "SSH"
    SFTP = "SFTP"
    OPENPGP = "OpenPGP"
    TLS = "TLS"
    NETWORK = "network"


class Message(NamedTuple):
    """A message that is documented or observed, in all its wordings with the same meaning."""

    origin: Origin
    phrases: tuple[str, ...]
    """Any of these is enough. `*` stands for a name or a number; a phrase in capitals matches in capitals only."""
    cause: Cause
    basis: Basis
    facts: str
    """The section of the facts that has the message and its source."""


def message(
    phrases: tuple[str, ...],
    meaning: str | Cause,
    why: str = "",
    remedy: str = "",
    *,
    origin: Origin,
    basis: Basis = Basis.OWN,
    facts: str,
) -> Message:
    """Return a message with the cause of an error, or with its own cause, whose code is `meaning`."""
    return Message(
        origin, phrases, meaning if isinstance(meaning, Cause) else cause(meaning, why, remedy), basis, facts
    )


def cause(code: str, why: str, remedy: str) -> Cause:
    """Return a cause that only explains: a quoted message has no status."""
    return Cause(code, Status.UNKNOWN, why, remedy)
