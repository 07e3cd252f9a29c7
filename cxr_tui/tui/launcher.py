"""What the app can open; the commands provide it, so that no screen does I/O."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration


class Choice(Enum):
    """What the person wants to do."""

    AS_TOLD = auto()
    """What the command line says, without a question."""
    REHEARSE = auto()
    REAL = auto()
    JOBS = auto()


class CannotOpenError(Exception):
    """An integration or a sandbox cannot be opened; the text says why and what to do, its cause is the error itself."""


@dataclass(frozen=True)
class Openings:
    """What can be opened from here."""

    begin: Callable[[Choice, str], Awaitable[Integration]]
    """Opens by choice and name of an integration; raises CannotOpenError. The maker of this object closes it again."""
    name: str
    """The integration to open where none is named."""
    doing: str = ""
    """What opening by the command line does, in words; empty: ask first."""
    names: tuple[str, ...] = ()
    """The integrations on this computer."""
    lacks: Callable[[], Awaitable[tuple[str, ...]]] | None = None
    """Returns what this computer lacks for the real integration, each with its remedy."""
