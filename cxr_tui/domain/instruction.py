"""Visits: what a person does in a browser, as data that a screen can show and an operator can carry out.

One visit is one documented screen. The same data is drawn as the instruction (click path, values to copy) and sent to
the sandbox's operator, so that an instruction that would mislead a person fails in rehearsal too.
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
    """Something to ask a colleague or the account's owner for."""
    COMPUTER = "computer"
    """Something on the person's own computer."""
    CALENDAR = "calendar"
    """Time that has to pass."""


@dataclass(frozen=True)
class SecretRef:
    """A value that lies in the keyring under this item name; typed, never shown."""

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
    """The finding where a screen shows another value than its entry; only the sandbox's operator can compare them."""

    code: str
    why: str
    ground: Ground | None = None
    """How certain it is, where that is not what the table has for its code."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Of a list of values: the code for each that the screen does not show."""
    causes: tuple[str, ...] = ()
    """Codes of findings that follow from it, so that they are not reported as well."""


@dataclass(frozen=True)
class Visit:
    """One documented screen: how to get there, what to enter, what to press, what to bring back."""

    site: Site
    path: tuple[str, ...]
    """The click path, one menu, page or tab a part, under the labels of the screens."""
    entries: Mapping[str, Typed] = field(default_factory=dict)
    """What to enter, by the label of the screen."""
    press: tuple[str, ...] = ()
    """Buttons, in order, after the entries."""
    brings: Mapping[str, str] = field(default_factory=dict)
    """What to bring back: label on the screen -> field of the step; `secret:ITEM` brings it to the keyring."""
    note: str = ""
    """What to look out for here."""
    undocumented: tuple[str, ...] = ()
    """Labels, buttons and parts of the path that no page of Oracle shows, so that a real screen may differ."""
    mismatches: Mapping[str, Mismatch] = field(default_factory=dict)
    """Entries that this step compares with its screen, by label; later evidence shows the others."""

    @property
    def clicks(self) -> tuple[str, ...]:
        """The click path as a person makes it, from the navigation menu on where the first part is an entry of it."""
        return (NAVIGATION_MENU, *self.path) if (self.site, *self.path[:1]) in _MENU else self.path

    @property
    def sign_in(self) -> str:
        """As whom to sign in, as far as Oracle says so; empty: it does not matter, or Oracle names no role."""
        found = (who for site, start, who in _SIGN_IN if site is self.site and self.path[: len(start)] == start)
        return next(found, "")


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
    """What a screen showed after a visit."""

    message: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    """Downloaded files by label, already stored locally."""


class VisitRefusedError(Exception):
    """A screen refused what was entered; `message` is what it said (foreign text)."""

    def __init__(self, visit: Visit, message: str) -> None:
        super().__init__(message)
        self.visit = visit
        self.message = message
