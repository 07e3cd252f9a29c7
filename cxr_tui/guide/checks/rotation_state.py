"""Whether Responsys and CX Audience hold different passwords; `go-live`, the jobs' status and a rotation ask for it."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.guide.catalog.recognition import recognise
from cxr_tui.guide.screens import INTEGRATION_SETTINGS

ROTATION_ONE_SIDED = "rotation.one_sided"
"""Known value told by the journal, and only while it is so."""


_REFUSALS = frozenset({"login-refused", "password-expired", "password-locked"})
"""Codes of messages by which Responsys says that this password opens nothing."""


def password_refused_there(connection: str) -> bool:
    """Say whether CX Audience's page shows a message by which Responsys refuses the password that it has."""
    return any(one.message.cause.code in _REFUSALS for one in recognise(connection))


def one_sided(known: Known) -> tuple[Finding, ...]:
    """Return the finding where Responsys and CX Audience hold different passwords, nothing where that is not known.

    A rotation that stopped between the two is known from the journal, also where nobody can look at a screen.
    """
    if not known.flag(ROTATION_ONE_SIDED):
        return ()
    return (
        Finding(
            "password-one-sided",
            Status.FAIL,
            "A rotation was left half done: Responsys and CX Audience hold different passwords.",
            "Behaviour data stops, and the wrong logins of CX Audience may lock the user.",
            f"In CX Audience open {' > '.join(INTEGRATION_SETTINGS)}, enter the password that the rotation shows, and "
            "press Save. Then finish it: `cxr-tui rotate --resume`.",
        ),
    )
