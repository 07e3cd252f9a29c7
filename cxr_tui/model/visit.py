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

from cxr_tui.model.secret import Secret
from cxr_tui.model.values import Value


class Site(StrEnum):
    """Where a visit takes place."""

    RESPONSYS = "responsys"
    AUDIENCE = "audience"
    SUPPORT = "support"
    MAILBOX = "mailbox"
    COLLEAGUE = "colleague"
    """Something to ask a colleague or the account's owner for."""
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
    """One sentence for the person: what to look out for here."""


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
