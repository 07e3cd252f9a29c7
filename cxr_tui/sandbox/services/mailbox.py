"""The sandbox's mailbox: it holds every mail that the products send, to any address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit


@dataclass(frozen=True)
class Mail:
    """One mail; its secrets are in `secrets`, never in `body`, so that a body can always be shown."""

    to: str
    sender: str
    subject: str
    body: str
    at: datetime
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    """Attached files by file name."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Such as `Temporary password`; the reader of the mail gets them apart from the body."""


class Mailbox:
    """All mail of the sandbox, in the order of delivery."""

    def __init__(self) -> None:
        self._mails: list[Mail] = []

    def deliver(self, mail: Mail) -> None:
        """Put a mail into the box."""
        self._mails.append(mail)

    def find(self, to: str, subject: str) -> Mail | None:
        """Return the newest mail to this address (case does not matter) with this subject, or None."""
        wanted = to.strip().casefold()
        fitting = (mail for mail in reversed(self._mails) if mail.to.casefold() == wanted)
        return next((mail for mail in fitting if mail.subject == subject), None)

    def all(self) -> list[Mail]:
        """Return every mail, oldest first."""
        return list(self._mails)


def mailbox_pages(mailbox: Mailbox) -> Pages:
    """Return the mailbox as screens: `Inbox`, subject; the newest mail to the address under `To` is opened."""
    pages = Pages("the mailbox")

    @pages.page("Inbox")
    async def inbox(_: PageVisit) -> PageShows:
        return PageShows(values={"Mails": [f"{mail.to}: {mail.subject}" for mail in mailbox.all()]})

    @pages.page("Inbox", "*", labels=("To",))
    async def read(visit: PageVisit) -> PageShows:
        to, subject = visit.text("To"), visit.matched[0]
        mail = mailbox.find(to, subject)
        if mail is None:
            raise PageError(f"there is no mail to {to or '(no address)'} with the subject {subject}")
        return PageShows(
            values={"Subject": mail.subject, "From": mail.sender, "Body": mail.body},
            secrets=dict(mail.secrets),
            files={_label(place): (name, data) for place, (name, data) in enumerate(mail.attachments.items(), 1)},
        )

    return pages


def _label(place: int) -> str:
    return "Attachment" if place == 1 else f"Attachment {place}"
