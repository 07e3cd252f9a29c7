"""The calendar on which a person waits for a day, an answer, a key or a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.services.support_portal import SupportPortal
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

KEY_PATIENCE = timedelta(days=15)
"""After this time, more than ten working days, a person checks whether a key was added, and asks (facts B.9)."""
RUN_TAKES = timedelta(minutes=15)
"""After this time a run of any size that the sandbox can hold has ended."""
NextTime: TypeAlias = Callable[[str], datetime | None]
"""Returns the time (aware) at which something comes; None: it is unknown, or nothing is scheduled."""


class TimeTravel:
    """Moves the clock to the awaited event; an event of the past moves nothing."""

    def __init__(
        self, clock: Clock, *, portal: SupportPortal, key_ready: NextTime, next_run: Mapping[str, NextTime]
    ) -> None:
        """`key_ready` takes the tag of an SSH2 key; `next_run`, by product, takes the name of a job."""
        self._clock = clock
        self._portal = portal
        self._key_ready = key_ready
        self._next_runs = next_run
        self.pages = Pages("the calendar")
        self.pages.page("Wait until", labels=("Time",))(self._until)
        self.pages.page("Until Oracle Support answers", labels=("SR number",))(self._service_request)
        self.pages.page("Until Oracle has added the key", labels=("Tag name for key",))(self._ssh2_key)
        self.pages.page("Until the job has run", labels=("Product", "Job name"))(self._next_run)

    async def _until(self, visit: PageVisit) -> PageShows:
        if visit.is_look:
            return self._now()
        try:
            moment = datetime.fromisoformat(visit.text("Time"))
        except ValueError:
            raise PageError("Time: enter a moment such as 2026-11-24T02:15:00-05:00") from None
        if moment.tzinfo is None:
            raise PageError("Time: add the offset from UTC, such as 2026-11-24T02:15:00-05:00")
        return await self._wait(moment)

    async def _service_request(self, visit: PageVisit) -> PageShows:
        request = self._portal.request(visit.text("SR number"))
        shown = await self._wait(request.answer_due)
        shown.values |= {"Status": request.status, "Answer": request.answer}
        return shown

    async def _ssh2_key(self, visit: PageVisit) -> PageShows:
        tag = visit.text("Tag name for key")
        ready = self._key_ready(tag)
        if ready is None:
            raise PageError(f"no SSH2 key with the tag {tag} was added")
        return await self._wait(min(ready, self._clock.now() + KEY_PATIENCE))

    async def _next_run(self, visit: PageVisit) -> PageShows:
        product, job = visit.text("Product"), visit.text("Job name")
        if product not in self._next_runs:
            raise PageError(f"Product: choose {' or '.join(self._next_runs)}")
        moment = self._next_runs[product](job)
        if moment is None:
            raise PageError(f"{product} has no run of {job} ahead: it is unknown, inactive or over")
        return await self._wait(moment + RUN_TAKES)

    async def _wait(self, moment: datetime) -> PageShows:
        await self._clock.advance(moment)
        return self._now()

    def _now(self) -> PageShows:
        return PageShows(values={"Now": self._clock.now().isoformat(timespec="seconds")})
