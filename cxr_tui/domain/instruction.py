"""Instructions as data: visits of screens that a person reads and the sandbox's operator carries out.

One visit is one documented screen. The wizard shows it as click path and values to copy, and the operator executes the
same data, so that a misleading instruction fails in rehearsal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Ground
from cxr_tui.domain.secret import Secret


class Site(StrEnum):
    """Where a visit takes place."""

    RESPONSYS = "responsys"
    AUDIENCE = "audience"
    SUPPORT = "support"
    MAILBOX = "mailbox"
    COLLEAGUE = "colleague"
    """A request to a colleague or the account's owner."""
    COMPUTER = "computer"
    """A task on the person's own computer."""
    CALENDAR = "calendar"
    """Time that has to pass."""


@dataclass(frozen=True)
class SecretRef:
    """A value from the keyring; typed, never shown."""

    item: str


@dataclass(frozen=True)
class FileRef:
    """A local file to choose in an upload dialog."""

    path: str


@dataclass(frozen=True)
class Carried:
    """A value that an earlier visit of the same step showed under this label."""

    label: str


Typed: TypeAlias = Value | SecretRef | FileRef | Carried


@dataclass(frozen=True)
class Mismatch:
    """The finding if a screen shows another value than its entry; only the sandbox's operator can compare them."""

    code: str
    why: str
    ground: Ground | None = None
    """How certain it is, if it differs from the table."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """For a list of values: the code for each value that the screen does not show."""
    causes: tuple[str, ...] = ()
    """Codes of findings that follow from it and are not reported too."""


@dataclass(frozen=True)
class Visit:
    """One documented screen: click path, entries, buttons, and values to note down."""

    site: Site
    path: tuple[str, ...]
    """The click path: menus, pages and tabs by their labels."""
    entries: Mapping[str, Typed] = field(default_factory=dict)
    """Entries by the screen's labels."""
    press: tuple[str, ...] = ()
    """Buttons, in order, after the entries."""
    brings: Mapping[str, str] = field(default_factory=dict)
    """Values to note down: label on the screen -> field of the step; `secret:ITEM` stores it in the keyring."""
    note: str = ""
    """What to pay attention to."""
    undocumented: tuple[str, ...] = ()
    """Undocumented labels, buttons and parts of the path; a real screen may differ."""
    mismatches: Mapping[str, Mismatch] = field(default_factory=dict)
    """Findings by label, for entries that this step compares with its screen; later evidence covers the others."""

    @property
    def clicks(self) -> tuple[str, ...]:
        """The click path, with the navigation menu if the first part is one of its entries."""
        return (NAVIGATION_MENU, *self.path) if (self.site, *self.path[:1]) in _MENU else self.path

    @property
    def sign_in(self) -> str:
        """The role to sign in with, if Oracle documents it; else empty."""
        found = (who for site, start, who in _SIGN_IN if site is self.site and self.path[: len(start)] == start)
        return next(found, "")


@dataclass(frozen=True)
class Instruction:
    """What a person does now."""

    title: str
    lines: tuple[str, ...] = ()
    """What to do beyond the visits."""
    visits: tuple[Visit, ...] = ()
    actor: str = ""
    """The person who does it; empty: the user of this program."""
    next_step: str = ""
    """What to do in this program afterwards."""
    secret: str = ""
    """Keyring item of the secret to enter."""


NAVIGATION_MENU = "Navigation menu"
_MENU = {
    (Site.RESPONSYS, "Account"),
    (Site.RESPONSYS, "Data"),
    (Site.AUDIENCE, "Account"),
    (Site.AUDIENCE, "Data"),
    (Site.AUDIENCE, "Audiences"),
}
_SIGN_IN = (
    # Integrating with Responsys, first step of both tasks; the role for Connect: Responsys help, Connect overview.
    (Site.RESPONSYS, ("Account",), "an Account Administrator"),
    (Site.RESPONSYS, ("Data", "Connect"), "a user with the Data Director role"),
    (Site.AUDIENCE, ("Account",), "an Account Administrator"),
)


@dataclass(frozen=True)
class Shown:
    """The content of a screen after a visit."""

    values: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    """Downloaded files by label, already stored locally."""


class VisitRefusedError(Exception):
    """A screen refused an entry; `message` is its text (foreign)."""

    def __init__(self, visit: Visit, message: str) -> None:
        super().__init__(message)
        self.visit = visit
        self.message = message
