"""Exit codes of expected errors, each with its message, and of findings; any other error is a bug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.domain.errors import InputError, OutsideError, StoreUnusableError, machine_fault
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.errors import UNREACHABLE
from cxr_tui.integration.erase import UnderWayError
from cxr_tui.integration.integration import StepLockedError
from cxr_tui.sandbox.client import SandboxOptionError, SandboxStartError

LONG = 2000
EXITS: Mapping[type[Exception], Exit] = {
    UnderWayError: Exit.PROBLEM,
    InputError: Exit.USAGE,
    StepLockedError: Exit.PROBLEM,
    StoreUnusableError: Exit.STORE,
    SandboxStartError: Exit.UNREACHABLE,
    OutsideError: Exit.UNREACHABLE,
}
"""By class of error; the first match counts, so a subclass precedes its parent."""


def expected(error: BaseException) -> tuple[str, Exit] | None:
    """Return the message and the exit code of an expected error; None: it is a bug."""
    if words := machine_fault(error):
        return visible(words, LONG), Exit.USAGE
    for kind, code in EXITS.items():
        if isinstance(error, kind):
            lines = str(error).splitlines() if isinstance(error, SandboxOptionError) else [str(error)]
            return "\n".join(visible(line, LONG) for line in lines), code
    return None


def exit_of(findings: Iterable[Finding]) -> Exit:
    """Return the exit code for findings: 3 and 4 only if nothing else is wrong."""
    codes = {one.code for one in findings if one.status in (Status.FAIL, Status.UNKNOWN)}
    if "store-unusable" in codes:
        return Exit.STORE
    return Exit.UNREACHABLE if codes and codes <= UNREACHABLE else Exit.PROBLEM
