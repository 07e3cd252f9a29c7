"""The colleague who looks after the two accounts: what a person has to ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from cxr_tui.sandbox.client import Account
from cxr_tui.sandbox.shared.screens import Handler, PageError, Pages, PageShows, PageVisit

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
        self._private_key = private_key
        self._fingerprint = fingerprint
        self._point_of_contact = point_of_contact
        self.remedies: dict[str, list[Callable[[], Awaitable[None]]]] = {}
        """What the colleague can have fixed, by the code of the finding: a list filled, a user unlocked."""
        self.pages = Pages("the colleague's answers")
        for account in accounts:
            self.pages.page(account.who)(_nothing if bare else _user(account))
        self.computer = Pages("the person's own computer")
        self.computer.page("Your own SSH key")(_nothing if bare else self._key)
        self.pages.page("File server host key")(self._host_key)
        self.pages.page("Email address of the point of contact")(self._email)
        self.pages.page(*HELP, labels=(FINDING,))(self._help)
        self.pages.page(*EXPLANATION, labels=(FINDING,))(self._explanation)

    async def _key(self, _: PageVisit) -> PageShows:
        return PageShows(files={"Private key file": (self._private_key.name, self._private_key.read_bytes())})

    async def _host_key(self, _: PageVisit) -> PageShows:
        return PageShows(values={"Fingerprint": self._fingerprint()})

    async def _email(self, _: PageVisit) -> PageShows:
        return PageShows(values={"Email address": self._point_of_contact})

    async def _explanation(self, _: PageVisit) -> PageShows:
        """Talk a finding over; what was misread for that reason is read correctly from then on."""
        return PageShows()

    async def _help(self, visit: PageVisit) -> PageShows:
        """Fix what a finding names; PageError where that is not possible or was done before."""
        if visit.is_look:
            return PageShows()
        remedies = self.remedies.pop(visit.text(FINDING), [])
        if not remedies:
            raise PageError("I cannot do anything about this finding.")
        for remedy in remedies:
            await remedy()
        return PageShows(message="It is fixed.")


async def _nothing(_: PageVisit) -> PageShows:
    """Hand over nothing, since it does not exist."""
    return PageShows()


def _user(account: Account) -> Handler:
    async def show(_: PageVisit) -> PageShows:
        return PageShows(values={"User name": account.user_name}, secrets={"Password": account.password})

    return show
