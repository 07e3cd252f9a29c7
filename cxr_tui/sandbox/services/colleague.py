"""The colleague who looks after the two accounts: what a person has to ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from cxr_tui.sandbox.client import Account
from cxr_tui.sandbox.shared.screens import Form, Handler, PageError, Pages, PageShows, PageVisit

HELP, EXPLANATION = ("Help with a finding",), ("Meaning of a finding",)
FINDING = "Finding"


class Colleague:
    """Answers questions; every question has its own page."""

    def __init__(
        self,
        *,
        accounts: Iterable[Account],
        private_key: Path,
        fingerprint: Callable[[], str],
        point_of_contact: str,
        bare: bool = False,
    ) -> None:
        """`private_key` and the host key's `fingerprint` are those of the file server.

        With `bare`, the `accounts` and the key for the file server do not exist, so nothing is handed over.
        """
        self.remedies: dict[str, list[Callable[[], Awaitable[None]]]] = {}
        """What the colleague can have fixed, by the code of the finding: a list filled, a user unlocked."""
        self.pages = Pages("the colleague's answers")
        for account in accounts:
            user = PageShows(values={"User name": account.user_name}, secrets={"Password": account.password})
            self.pages.add((account.who,), _showing(PageShows() if bare else user))
        key = PageShows(files={"Private key file": (private_key.name, private_key.read_bytes())})
        self.computer = Pages("the person's own computer")
        self.computer.add(("Your own SSH key",), _showing(PageShows() if bare else key))
        email = PageShows(values={"Email address": point_of_contact})
        self.pages.add(("Email address of the point of contact",), _showing(email))
        self.pages.add(HELP, self._help, Form({FINDING: ""}))
        # A finding is talked over; what was misread for that reason is read correctly from then on.
        self.pages.add(EXPLANATION, _showing(PageShows()), Form({FINDING: ""}))

        async def host_key(_: PageVisit) -> PageShows:
            return PageShows(values={"Fingerprint": fingerprint()})

        self.pages.add(("File server host key",), host_key)

    async def _help(self, visit: PageVisit) -> PageShows:
        """Fix what a finding names; PageError where that is not possible or was done before."""
        remedies = self.remedies.pop(visit.values[FINDING], [])
        if not remedies:
            raise PageError("I cannot do anything about this finding.")
        for remedy in remedies:
            await remedy()
        return PageShows(message="It is fixed.")


def _showing(shows: PageShows) -> Handler:
    async def show(_: PageVisit) -> PageShows:
        return shows

    return show
