"""Whether Responsys and CX Audience have different passwords, for `go-live`, the status and a rotation."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.guide.catalog.recognition import recognise
from cxr_tui.guide.screens import INTEGRATION_SETTINGS

ROTATION_ONE_SIDED = "rotation.one_sided"
"""Value that the journal gives, only while the passwords differ."""


_REFUSALS = frozenset({"login-refused", "password-expired", "password-locked"})
"""Codes of messages with which Responsys refuses a password."""


def password_refused_there(connection: str) -> bool:
    """Return whether the page of CX Audience shows that Responsys refuses its password."""
    return any(one.message.cause.code in _REFUSALS for one in recognise(connection))


def one_sided(known: Known) -> Finding | None:
    """Return the finding where the passwords of Responsys and CX Audience differ, None where that is not known.

    The journal knows a rotation that stopped between the two, even if no screen can be read.
    """
    if not known.flag(ROTATION_ONE_SIDED):
        return None
    return Finding(
        "password-one-sided",
        Status.FAIL,
        "A rotation is incomplete: Responsys and CX Audience have different passwords.",
        "Behavioral data stops, and the failed logins of CX Audience may lock the user.",
        f"In CX Audience open {' > '.join(INTEGRATION_SETTINGS)}, enter the password that the rotation shows, and "
        "click Save. Then finish it: `cxr-tui rotate --resume`.",
    )
