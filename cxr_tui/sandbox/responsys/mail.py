"""Mail that Responsys sends about users: welcome, reset, lock-out."""

from __future__ import annotations

from collections.abc import Mapping

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import Account, User
from cxr_tui.sandbox.services.mailbox import Mail, Mailbox

SENDER = "noreply@responsys.example"
WELCOME = "Welcome to Oracle Responsys"
RESET = "Oracle Responsys password reset"
LOCKED = "Oracle Responsys user locked"


class UserMail:
    """Writes to users and administrators of one account."""

    def __init__(self, account: Account, clock: Clock, mailbox: Mailbox) -> None:
        self._account = account
        self._clock = clock
        self._mailbox = mailbox

    def welcome(self, user: User) -> None:
        """Explain to a new user how to sign in (Integrating with Responsys, note after step 7; documented)."""
        self._send(
            user.email,
            WELCOME,
            f"Hello {user.display_name},\n\nthe user {user.login_name} was created for you in the account "
            f"{self._account.name}. This mail contains a temporary password. Open the Change password page and set "
            "your own; the temporary password serves no other purpose.",
            {"Temporary password": user.password.reveal()},
        )

    def reset(self, user: User) -> None:
        """Let a user set a password without signing in (Integrating with Responsys, notes; documented)."""
        self._send(
            user.email,
            RESET,
            f"An administrator has reset the password of {user.login_name}. Open the Change password page and set a "
            "new password with the temporary password of this mail.",
            {"Temporary password": user.password.reveal()},
        )

    def locked(self, user: User) -> None:
        """Notify user and administrator of a lock-out (facts B.3; documented)."""
        for to in dict.fromkeys((user.email, self._account.administrator.email)):
            self._send(to, LOCKED, f"{user.login_name} was locked after too many wrong passwords.")

    def _send(self, to: str, subject: str, body: str, secrets: Mapping[str, str] | None = None) -> None:
        self._mailbox.deliver(Mail(to, SENDER, subject, body, self._clock.now(), secrets=dict(secrets or {})))
