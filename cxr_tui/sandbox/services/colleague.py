"""The colleague who looks after the two accounts: what a person has to ask somebody for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.shared.screens import Handler, PageError, Pages, PageShows, PageVisit

HELP, EXPLANATION = ("Help with a finding",), ("Meaning of a finding",)
FINDING = "Finding"


@dataclass(frozen=True)
class ApiUser:
    """A user for programs that existed before the integration."""

    name: str
    password: Secret


@dataclass(frozen=True)
class FileServerAccess:
    """What the colleague knows of the Responsys file server."""

    private_key: Path
    passphrase: Secret
    """Empty where the key file has none."""
    fingerprint: Callable[[], str]
    """The host key's fingerprint, as the colleague once wrote it down."""


class Colleague:
    """Answers questions; every question has its own page."""

    def __init__(
        self,
        *,
        audience_user: ApiUser,
        connect_user: ApiUser,
        access: FileServerAccess,
        point_of_contact: str,
        bare: bool = False,
    ) -> None:
        """`bare`: the optional users and the key for the file server do not exist, so nothing is handed over."""
        self._access = access
        self._point_of_contact = point_of_contact
        self.remedies: dict[str, list[Callable[[], Awaitable[None]]]] = {}
        """What he or somebody he asks can put right, by the code of the finding: a list filled, a user unlocked."""
        self.pages = Pages("the colleague's answers")
        self.pages.page("CX Audience API user")(_nothing if bare else _user(audience_user))
        self.pages.page("Responsys Connect API user")(_nothing if bare else _user(connect_user))
        self.computer = Pages("the person's own computer")
        self.computer.page("Your own SSH key")(_nothing if bare else self._key)
        self.pages.page("File server host key")(self._host_key)
        self.pages.page("Email address of the point of contact")(self._email)
        self.pages.page(*HELP, labels=(FINDING,))(self._help)
        self.pages.page(*EXPLANATION, labels=(FINDING,))(self._explanation)

    async def _key(self, _: PageVisit) -> PageShows:
        secrets = {"Passphrase": self._access.passphrase.reveal()} if self._access.passphrase else {}
        path = self._access.private_key
        return PageShows(files={"Private key file": (path.name, path.read_bytes())}, secrets=secrets)

    async def _host_key(self, _: PageVisit) -> PageShows:
        return PageShows(values={"Fingerprint": self._access.fingerprint()})

    async def _email(self, _: PageVisit) -> PageShows:
        return PageShows(values={"Email address": self._point_of_contact})

    async def _explanation(self, _: PageVisit) -> PageShows:
        """Talk a finding over; whoever misread something for that reason does so no more."""
        return PageShows()

    async def _help(self, visit: PageVisit) -> PageShows:
        """Put right what a finding names; PageError where nobody can, or where it has been put right already."""
        if visit.is_look:
            return PageShows()
        remedies = self.remedies.pop(visit.text(FINDING), [])
        if not remedies:
            raise PageError("There is nothing that I could do about this one.")
        for remedy in remedies:
            await remedy()
        return PageShows(message="It is put right.")


async def _nothing(_: PageVisit) -> PageShows:
    """Hand over nothing: there is none."""
    return PageShows()


def _user(user: ApiUser) -> Handler:
    async def show(_: PageVisit) -> PageShows:
        return PageShows(values={"User name": user.name}, secrets={"Password": user.password.reveal()})

    return show
