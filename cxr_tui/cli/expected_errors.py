"""Errors that are answers: each becomes plain lines and an exit code; everything else is an error of the program."""

from __future__ import annotations

from dataclasses import dataclass

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.domain.errors import OutsideError, StoreUnusableError, machine_fault
from cxr_tui.domain.text import visible
from cxr_tui.guided.answers_file import AnswersFileError
from cxr_tui.integration.integration import StepLockedError
from cxr_tui.integration.paths import IntegrationNameError
from cxr_tui.journal.store import JournalError
from cxr_tui.sandbox_launcher import SandboxOrderError, SandboxStartError

LONG = 2000
EXITS: tuple[tuple[type[Exception], Exit], ...] = (
    (AnswersFileError, Exit.USAGE),
    (IntegrationNameError, Exit.USAGE),
    (JournalError, Exit.USAGE),
    (SandboxOrderError, Exit.USAGE),
    (SandboxStartError, Exit.UNREACHABLE),
    (StepLockedError, Exit.PROBLEM),
    (StoreUnusableError, Exit.STORE),
    (OutsideError, Exit.UNREACHABLE),
)
"""By kind of error; the first that fits counts, so a special kind stands before its parent."""


@dataclass(frozen=True)
class Expected:
    """What to tell, and how to end."""

    text: str
    exit: Exit


def expected(error: BaseException) -> Expected | None:
    """Return how an error is told; None: it is none that anybody expected."""
    if words := machine_fault(error):
        return Expected(visible(words, LONG), Exit.USAGE)
    for kind, code in EXITS:
        if isinstance(error, kind):
            lines = str(error).splitlines() if kind is SandboxOrderError else [str(error)]
            return Expected("\n".join(visible(line, LONG) for line in lines), code)
    return None
