"""The colleague who looks after the two accounts: what a person has to ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cxr_tui.sandbox.client import Account
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit

if TYPE_CHECKING:
    from cxr_tui.sandbox.responsys.product import ResponsysTwin

POINT_OF_CONTACT = "jordan.rivera@acmeretail.example"
HELP, EXPLANATION = ("Help with a finding",), ("Meaning of a finding",)
FINDING = "Finding"


class Colleague:
    """Answers questions; every question has its own page."""

    def __init__(self, accounts: Iterable[Account], responsys: ResponsysTwin, *, bare: bool) -> None:
        """With `bare`, the `accounts` and the key for the file server do not exist, so nothing is handed over."""
        self.remedies: dict[str, list[Callable[[], Awaitable[None]]]] = {}
        """What the colleague can have fixed, by the code of the finding: a list filled, a user unlocked."""
        self.pages = Pages("the colleague's answers")
        for account in accounts:
            user = PageShows({"User name": account.user_name}, secrets={"Password": account.password})
            self.pages.show((account.who,), PageShows if bare else partial(replace, user))
        path = responsys.administrator_key
        key = PageShows(files={"Private key file": (path.name, path.read_bytes())})
        self.computer = Pages("the person's own computer")
        self.computer.show(("Your own SSH key",), lambda: PageShows() if bare else key)
        contact = ("Email address of the point of contact",)
        self.pages.show(contact, lambda: PageShows({"Email address": POINT_OF_CONTACT}))
        server = responsys.file_server
        self.pages.show(("File server host key",), lambda: PageShows({"Fingerprint": server.fingerprint}))
        self.pages.add(HELP, self._help, Form({FINDING: ""}))
        # A finding is talked over; what was misread for that reason is read correctly from then on.
        self.pages.show(EXPLANATION, PageShows, Form({FINDING: ""}))

    async def _help(self, visit: PageVisit) -> PageShows:
        """Fix what a finding names; PageError where that is not possible or was done before."""
        remedies = self.remedies.pop(visit.values[FINDING], [])
        if not remedies:
            raise PageError("I cannot do anything about this finding.")
        for remedy in remedies:
            await remedy()
        return PageShows()
