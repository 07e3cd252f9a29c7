"""The sandbox's mailbox: it holds every mail that the products send, to any address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit


@dataclass(frozen=True)
class Mail:
    """One mail; only what the procedure takes from it."""

    to: str
    subject: str
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    """Attached files by label."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Such as `Temporary password`."""


class Mailbox:
    """All mail of the sandbox, in the order of delivery, and the screen that opens one."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.pages = Pages("the mailbox")
        self.pages.add(("Inbox", "*"), self._read, Form({"To": ""}))

    def find(self, to: str, subject: str) -> Mail | None:
        """Return the newest mail to this address (case does not matter) with this subject, or None."""
        fitting = (mail for mail in reversed(self.mails) if mail.to.casefold() == to.casefold())
        return next((mail for mail in fitting if mail.subject == subject), None)

    async def _read(self, visit: PageVisit) -> PageShows:
        to, subject = visit.values["To"], visit.matched[0]
        mail = self.find(to, subject)
        if mail is None:
            raise PageError(f"there is no mail to {to or '(no address)'} with the subject {subject}")
        return PageShows({}, dict(mail.secrets), dict(mail.files))
