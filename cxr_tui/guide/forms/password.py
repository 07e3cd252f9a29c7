"""The click path by which a user sets a password through an email, without logging in."""

from __future__ import annotations

from cxr_tui.domain.instruction import Carried, SecretRef, Site, Visit
from cxr_tui.guide.screens import USER_MANAGEMENT

RESET_PATH = f"{USER_MANAGEMENT}, the user, Reset password"
RESET_SUBJECT = "Oracle Responsys password reset"
_TEMPORARY = "Temporary password"


def password_by_email(first: Visit, subject: str, email: str, user: str, item: str) -> tuple[Visit, ...]:
    """Return the click path: `first` has the email sent, with this subject; `item` is the new password in the keyring.

    Integrating with Responsys, create a CX Audience-specific user, notes (documented): an Account Administrator resets
    the password, and the email lets the user set a new one without logging in.
    """
    return (
        first,
        Visit(
            Site.MAILBOX,
            ("Inbox", subject),
            {"To": email},
            note="The email has instructions for logging in and for changing the password. The recipient follows them.",
            undocumented=(subject,),
        ),
        Visit(
            Site.RESPONSYS,
            ("Change password",),
            {"User name": user, _TEMPORARY: Carried(_TEMPORARY), "New password": SecretRef(item)},
            ("Change password",),
            undocumented=("Change password", "User name", _TEMPORARY, "New password"),
            note="If you get ui.authentication.login.browserLoginNotAllowed, have an Account Administrator reset the "
            f"password ({RESET_PATH}). The email then lets you set it without logging in.",
        ),
    )
