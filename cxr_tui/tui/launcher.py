"""What the app can open, and who does it: the commands hand it over, so that no screen does I/O itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration


class Choice(Enum):
    """What somebody wants who starts the program."""

    AS_TOLD = auto()
    """What the command line says; nobody is asked."""
    REHEARSE = auto()
    REAL = auto()
    JOBS = auto()


class CannotOpenError(Exception):
    """An integration or a sandbox cannot be opened; the text says why and what to do, its cause is the error itself."""


@dataclass(frozen=True)
class Openings:
    """What can be opened from here."""

    begin: Callable[[Choice, str], Awaitable[Integration]]
    """Opens by choice and name of an integration; raises CannotOpenError. Whoever made this closes it again."""
    name: str
    """The integration meant where none is named."""
    doing: str = ""
    """What opening as told does, in words; empty: ask first."""
    names: tuple[str, ...] = ()
    """The integrations that are begun on this machine."""
    lacks: Callable[[], Awaitable[tuple[str, ...]]] | None = None
    """Says what this machine lacks for setting up for real, each with its remedy."""
