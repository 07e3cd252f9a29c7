"""Expected errors, each with its message and exit code; any other error is a bug."""

from __future__ import annotations

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.domain.errors import OutsideError, StoreUnusableError, machine_fault
from cxr_tui.domain.text import visible
from cxr_tui.guided.answers_file import AnswersFileError
from cxr_tui.integration.integration import StepLockedError
from cxr_tui.integration.paths import IntegrationNameError
from cxr_tui.journal.store import JournalError
from cxr_tui.sandbox_launcher import SandboxOptionError, SandboxStartError

LONG = 2000
EXITS: tuple[tuple[type[Exception], Exit], ...] = (
    (AnswersFileError, Exit.USAGE),
    (IntegrationNameError, Exit.USAGE),
    (JournalError, Exit.USAGE),
    (SandboxOptionError, Exit.USAGE),
    (SandboxStartError, Exit.UNREACHABLE),
    (StepLockedError, Exit.PROBLEM),
    (StoreUnusableError, Exit.STORE),
    (OutsideError, Exit.UNREACHABLE),
)
"""By class of error; the first match counts, so a subclass precedes its parent."""


def expected(error: BaseException) -> tuple[str, Exit] | None:
    """Return the message and the exit code of an expected error; None: it is a bug."""
    if words := machine_fault(error):
        return visible(words, LONG), Exit.USAGE
    for kind, code in EXITS:
        if isinstance(error, kind):
            lines = str(error).splitlines() if kind is SandboxOptionError else [str(error)]
            return "\n".join(visible(line, LONG) for line in lines), code
    return None
