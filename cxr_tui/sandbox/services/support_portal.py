"""My Oracle Support, as far as the procedure needs it: service requests that Support answers after some days."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

AUDIENCE_DESIGNER = "Audience Designer"
EXTERNAL_SERVER = "External SFTP Server"

DESIGNER_WAIT = timedelta(days=2)
SERVER_WAIT = timedelta(days=3)
QUESTION_WAIT = timedelta(days=1)
"""How long Support takes in the sandbox; Oracle names no times (inferred)."""

_FORM = ("Service type", "Problem type", "Problem summary", "Problem description")
_FIRST_NUMBER = 38_114_092_650


@dataclass
class ServiceRequest:
    """One request and what became of it."""

    answer_due: datetime
    status: str = "Open"
    answer: str = ""


class SupportPortal:
    """Takes service requests and does what they ask for, days later, by the sandbox's clock.

    A request that it does not understand stays open with an answer that asks for what is missing.
    """

    def __init__(
        self, clock: Clock, *, enable_designer: Callable[[], None], permit_server: Callable[[str], None]
    ) -> None:
        self._clock = clock
        self._enable_designer = enable_designer
        self._permit_server = permit_server
        self._requests: dict[str, ServiceRequest] = {}
        self.overlooked: set[str] = set()
        """Kinds of request that Support closes without having done them (a planted fault)."""
        self.pages = Pages("My Oracle Support")
        self.pages.page("Create service request", labels=_FORM, buttons=("Submit",))(self._create)

    def request(self, number: str) -> ServiceRequest:
        """Return a request; PageError for a number that does not exist."""
        try:
            return self._requests[number.strip()]
        except KeyError:
            raise PageError(f"there is no service request {number}") from None

    async def _create(self, visit: PageVisit) -> PageShows:
        if "Submit" not in visit.press:
            return PageShows(values=dict(visit.entries))
        for label in _FORM:
            if not visit.text(label).strip():
                raise PageError(f"{label}: this field is required")
        now = self._clock.now()
        summary, description = visit.text("Problem summary"), visit.text("Problem description")
        wait, answer = self._plan(summary, description)
        number = f"3-{_FIRST_NUMBER + 17 * len(self._requests)}"
        request = ServiceRequest(now + wait)
        self._requests[number] = request
        self._clock.at(request.answer_due, lambda: answer(request), f"service request {number}")
        return PageShows(
            message=f"Service request {number} was created",
            values={"SR number": number, "Date": now.date().isoformat(), "Status": request.status},
        )

    def _plan(self, summary: str, description: str) -> tuple[timedelta, Callable[[ServiceRequest], Awaitable[None]]]:
        wanted = summary.casefold()
        if AUDIENCE_DESIGNER.casefold() in wanted:
            return DESIGNER_WAIT, self._answer_designer
        if EXTERNAL_SERVER.casefold() in wanted:
            server, user = _line(description, "Server"), _line(description, "User name")
            if not server:
                return QUESTION_WAIT, _ask("Please add the server, as Connect shows it, in a line `Server: ...`.")
            if not user:
                return QUESTION_WAIT, _ask("Please add the SCP user name in a line `User name: ...`.")
            return SERVER_WAIT, lambda request: self._answer_server(request, server)
        return QUESTION_WAIT, _ask("Please name in the summary the feature or server to add, and the account.")

    async def _answer_designer(self, request: ServiceRequest) -> None:
        if AUDIENCE_DESIGNER not in self.overlooked:
            self._enable_designer()
        request.status, request.answer = "Closed", f"{AUDIENCE_DESIGNER} has been enabled for your account."

    async def _answer_server(self, request: ServiceRequest, server: str) -> None:
        if EXTERNAL_SERVER not in self.overlooked:
            self._permit_server(server)
        request.status, request.answer = "Closed", f"{server} has been added as {EXTERNAL_SERVER} in CX Audience."


def _ask(question: str) -> Callable[[ServiceRequest], Awaitable[None]]:
    async def answer(request: ServiceRequest) -> None:
        request.answer = question

    return answer


def _line(description: str, label: str) -> str:
    """Return the word after `label:` in one of the lines; empty where there is no such line."""
    found = re.search(rf"(?im)^[ \t>*-]*(?:\(?(?:SFTP|SCP)\)?[ \t]+)?{re.escape(label)}\s*[:=][ \t]*(\S+)", description)
    return found.group(1).rstrip(".,;") if found else ""
