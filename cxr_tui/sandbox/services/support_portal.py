"""My Oracle Support, as far as the procedure needs it: service requests that Support carries out after some days."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from cxr_tui.sandbox.audience.account import Account as AudienceAccount
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import Account as ResponsysAccount
from cxr_tui.sandbox.shared.screens import Form, PageError, Pages, PageShows, PageVisit, require

AUDIENCE_DESIGNER = "Audience Designer"
EXTERNAL_SERVER = "External SFTP Server"

DESIGNER_WAIT = timedelta(days=2)
SERVER_WAIT = timedelta(days=3)
"""How long Support takes in the sandbox; Oracle names no times (inferred)."""

_FORM = Form(dict.fromkeys(("Service type", "Problem type", "Problem summary", "Problem description"), ""))
_FIRST_NUMBER = 38_114_092_650


class SupportPortal:
    """Takes service requests and does what they ask for, days later, by the sandbox's clock.

    A request that Support would have to ask back about is refused at once.
    """

    def __init__(self, clock: Clock, responsys: ResponsysAccount, audience: AudienceAccount) -> None:
        self._clock = clock
        self._responsys = responsys
        self._audience = audience
        self._answers: dict[str, datetime] = {}
        """When a request is answered, by its number."""
        self.overlooks_designer = False
        """Support closes requests for Audience Designer without having enabled it."""
        self.pages = Pages("My Oracle Support")
        self.pages.add(("Create service request",), self._create, _FORM, ("Submit",))

    def answer_due(self, number: str) -> datetime | None:
        """Return when a request is answered; None: no such request."""
        return self._answers.get(number)

    async def _create(self, visit: PageVisit) -> PageShows:
        if not visit.press:
            return PageShows(visit.values)
        require(visit.values, visit.values)
        now = self._clock.now()
        wait, change = self._plan(visit.values["Problem summary"], visit.values["Problem description"])
        number = f"3-{_FIRST_NUMBER + 17 * len(self._answers)}"
        self._answers[number] = now + wait
        self._clock.at(now + wait, change, f"service request {number}")
        return PageShows({"SR number": number, "Date": now.date().isoformat()})

    def _plan(self, summary: str, description: str) -> tuple[timedelta, Callable[[], Awaitable[None]]]:
        if AUDIENCE_DESIGNER.casefold() in summary.casefold():
            return DESIGNER_WAIT, self._enable_designer
        if EXTERNAL_SERVER.casefold() not in summary.casefold():
            raise PageError("Problem summary: name the feature or the server to add")
        found = {label: re.search(rf"(?m)^{label}: (\S+)", description) for label in ("Server", "User name")}
        missing = [f"`{label}: ...`" for label, line in found.items() if line is None]
        if (server := found["Server"]) is None or missing:
            raise PageError(f"Problem description: add the line {' and '.join(missing)}, as Connect shows it")

        async def permit() -> None:
            if server[1] not in self._audience.external_servers:
                self._audience.external_servers.append(server[1])

        return SERVER_WAIT, permit

    async def _enable_designer(self) -> None:
        self._responsys.audience_designer |= not self.overlooks_designer
