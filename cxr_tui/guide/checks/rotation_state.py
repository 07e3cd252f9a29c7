"""The finding that a rotation was left half done; `go-live` and the status of the jobs both say it."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.guide.screens import INTEGRATION_SETTINGS

ROTATION_ONE_SIDED = "rotation.one_sided"
"""Known value told by the journal, and only while it is so."""


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
