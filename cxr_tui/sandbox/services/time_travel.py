"""The calendar on which a person waits for a day, an answer, a key or a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.shared.screens import Form, Handler, PageError, Pages, PageShows, PageVisit

KEY_PATIENCE = timedelta(days=15)
"""After this time, more than ten working days, a person checks whether a key was added, and asks (facts B.9)."""
RUN_TAKES = timedelta(minutes=15)
"""After this time a run of any size that the sandbox can hold has ended."""
NextTime: TypeAlias = Callable[[str], datetime | None]
"""Returns the time (aware) at which something comes; None: it is unknown, or nothing is scheduled."""


def calendar(clock: Clock, answer_due: NextTime, key_ready: NextTime, next_run: Mapping[str, NextTime]) -> Pages:
    """Return the pages that move the clock to an awaited event; an event of the past moves nothing.

    `answer_due` takes the number of a service request, `key_ready` the tag of an SSH2 key, `next_run`, by product, the
    name of a job.
    """

    def key_time(tag: str) -> datetime | None:
        ready = key_ready(tag)
        return ready and min(ready, clock.now() + KEY_PATIENCE)

    def run_time(product: str, job: str) -> datetime | None:
        due = next_run[product](job)
        return due and due + RUN_TAKES

    def waiting(time_of: Callable[..., datetime | None]) -> Handler:
        """Return a page that waits until the time which follows from its entries; as a look it shows the time."""

        async def wait(visit: PageVisit) -> PageShows:
            if visit.entries:
                moment = time_of(*visit.values.values())
                if moment is None:
                    raise PageError(f"nothing is known or scheduled under {', '.join(visit.values.values())}")
                await clock.advance(moment)
            return PageShows({"Now": clock.now().isoformat(timespec="seconds")})

        return wait

    pages = Pages("the calendar")
    pages.add(("Wait until",), waiting(datetime.fromisoformat), Form({"Time": ""}))
    pages.add(("Until Oracle Support answers",), waiting(answer_due), Form({"SR number": ""}))
    pages.add(("Until Oracle has added the key",), waiting(key_time), Form({"Tag name for key": ""}))
    run = Form({"Product": "", "Job name": ""}, {"Product": next_run})
    pages.add(("Until the job has run",), waiting(run_time), run)
    return pages
