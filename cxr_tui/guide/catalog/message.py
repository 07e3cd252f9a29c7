"""A message of an outside system: how it is recognised and what it means."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.finding import Status
from cxr_tui.guide.catalog.explanation import Cause


class Origin(StrEnum):
    """The system that writes a message."""

    SIGN_IN = "sign-in page of Responsys"
    REST = "REST API of Responsys and CX Audience"
    CONNECT = "Connect"
    SOAP = "SOAP API of Responsys"
    IMPORT = "import of CX Audience"
    SSH = "SSH"
    SFTP = "SFTP"
    OPENPGP = "OpenPGP"
    TLS = "TLS"
    NETWORK = "network"
    STORE = "credential store"


class Message(NamedTuple):
    """A message that is documented or observed."""

    origin: Origin
    phrases: tuple[str, ...]
    """Any of these is enough. `*` stands for a name or a number; a phrase in capitals matches in capitals only."""
    cause: Cause
    basis: Basis
    facts: str
    """The section of the facts that has the message and its source."""

    @property
    def name(self) -> str:
        """The message as people quote it."""
        phrase = self.phrases[0].replace("*", "…")
        return f"{phrase}…" if phrase.count("(") > phrase.count(")") else phrase


def cause(code: str, why: str, remedy: str) -> Cause:
    """Return a cause that only explains: a message in words has no status."""
    return Cause(code, Status.UNKNOWN, why, remedy)
