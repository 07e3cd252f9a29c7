"""Responsys REST v1.3 as one API user (facts A)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from cxr_tui.domain.errors import MalformedError, NotFoundError, RefusedError
from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, Filter, ListSchema, LogLine, RateLimit, UserInfo
from cxr_tui.domain.safe_text import visible
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest import response_models as read
from cxr_tui.gateways.rest.failed_logins import FailedLogins
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.gateways.rest.login_limit import Allowance
from cxr_tui.gateways.rest.members import find_member
from cxr_tui.gateways.rest.parts import Part
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.gateways.rest.session import NoteWords, Sleep, TokenSession

API = "/rest/api/v1.3"
RATE_LIMIT = "/rest/api/ratelimit"
"""Without a version; with one it is not found (facts A.6; documented)."""

PAGE = 200
"""Largest page that filters, campaigns and folders give (facts A.7; documented)."""
MOST_PAGES = 500
STATUS_CALLS = 31
"""Runs that are asked for their counts: a month of a daily job; the calls of a minute are limited (facts A.6)."""
STATUS_CALLS_AT_ONCE = 4


Row = TypeVar("Row")


class ResponsysGateway:
    """Implements `cxr_tui.domain.ports.Responsys`; all concurrent calls share one login, made at the first of them.

    `allowance` counts logins that went wrong, in memory where none is given; `failed` is shared with other gateways of
    the same integration. `sleep` waits out a throttled minute and may show a countdown. Close it when done; it belongs
    to one event loop.
    """

    def __init__(
        self,
        login_url: str,
        user_name: str,
        password: Callable[[], Awaitable[Secret]],
        clock: ServerClock,
        allowance: Allowance | None = None,
        *,
        failed: FailedLogins | None = None,
        sleep: Sleep = asyncio.sleep,
        http: HttpClient | None = None,
        note_words: NoteWords | None = None,
    ) -> None:
        self._session = TokenSession(
            login_url,
            user_name,
            password,
            clock,
            http or HttpClient(clock),
            base_of=lambda answer: read.end_point(login_url, answer),
            allowance=allowance,
            failed=failed,
            sleep=sleep,
            product="Responsys",
            note_words=note_words,
        )

    async def login(self) -> None:
        """Log in if no token is held; see `TokenSession.login`."""
        await self._session.login()

    async def user_info(self) -> UserInfo:
        """Return what the account knows of this user."""
        return read.user_info(await self._get("/user/info"))

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the profile lists that this user can see; NoAccessError without List Web Services Manager."""
        return read.list_schemas(await self._get("/lists"))

    async def member_count(self, list_name: str) -> int:
        """Return the number of members of a list; NotFoundError."""
        return (await self._get(f"/lists/{quote(list_name, safe='')}/members/count"))["count"].number()

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return one member by match column or RIID_, None where there is none; NotFoundError for the list."""
        return await find_member(self._session, list_name, column, value, fields)

    async def supplemental_tables(self) -> tuple[str, ...]:
        """Return the names of supplemental tables; NoAccessError without Table Web Services Manager."""
        return read.names(await self._get("/suppData"), "items")

    async def campaigns(self) -> tuple[str, ...]:
        """Return the names of email campaigns; NoAccessError without Campaign Web Services Manager."""
        return await self._all_pages("/campaigns", lambda page: read.names(page, "items", "campaigns"))

    async def folders(self) -> tuple[str, ...]:
        """Return the names of folders; NoAccessError without Folder Web Services Manager."""
        return await self._all_pages("/folders", lambda page: read.names(page, "folders", "items"))

    async def organizations(self) -> tuple[str, ...]:
        """Return the names of the account's organizations, parents before their children."""
        return read.organizations(await self._get("/attributes/organizations"))

    async def filters(self) -> tuple[Filter, ...]:
        """Return all filters and published audiences, all pages."""
        return await self._all_pages("/filters", read.filters)

    async def rate_limits(self) -> tuple[RateLimit, ...]:
        """Return the throttling limits of the account."""
        return read.rate_limits(Part(await self._session.get(RATE_LIMIT), "ratelimit"))

    async def connect_jobs(self) -> tuple[ConnectJob, ...]:
        """Return the Connect jobs; NoAccessError (CONNECT_DISABLED_FOR_USER) for a user without Connect."""
        return read.connect_jobs(await self._get("/connectJobs"))

    async def connect_runs(self, job_id: int, since: datetime, until: datetime) -> tuple[ConnectRun, ...]:
        """Return the runs of a job from the day of `since` to that of `until` (aware), newest first.

        The newest 31 come with status and counts. Whose midnight the service means is not documented, so a day more is
        asked for on either side and the days are compared here, in the zone of `since`.
        """
        runs = read.connect_runs(
            await self._get(
                f"/connectJobs/{job_id}/jobRuns",
                {"sdate": _day(since - timedelta(days=1)), "edate": _day(until + timedelta(days=1))},
            )
        )
        zone = since.tzinfo
        first, last = since.date(), until.astimezone(zone).date()
        wanted = [run for run in runs if run.started is None or first <= run.started.astimezone(zone).date() <= last]
        wanted.sort(key=lambda run: (run.started.timestamp() if run.started else 0.0, run.run_id), reverse=True)
        at_once = asyncio.Semaphore(STATUS_CALLS_AT_ONCE)
        asked = [asyncio.create_task(self._counted(job_id, run, at_once)) for run in wanted[:STATUS_CALLS]]
        try:
            return (*await asyncio.gather(*asked), *wanted[STATUS_CALLS:])
        finally:
            for task in asked:  # one that failed ends the others too
                task.cancel()

    async def connect_run(self, job_id: int, run_id: int) -> ConnectRun:
        """Return status and counts of one run, which costs one call; NotFoundError."""
        return read.connect_run(run_id, await self._get(f"/connectJobs/{job_id}/jobRuns/{run_id}/status"))

    async def connect_logs(self, job_id: int, run_id: int) -> tuple[LogLine, ...]:
        """Return the log of one run; NotFoundError."""
        return read.log_lines(await self._get(f"/connectJobs/{job_id}/jobRuns/{run_id}/logs"))

    async def trigger(self, job_id: int) -> int:
        """Start a job now and return the run's id; RefusedError (CONNECT_JOB_INACTIVE...). Never sent twice."""
        path = f"/connectJobs/{job_id}/trigger"
        answer = Part(await self._session.put(API + path, {}), path)
        if not answer["success"].flag():
            told = answer["errorMessage"].text("") if answer.has("errorMessage") else ""
            raise RefusedError(200, "TRIGGER_REFUSED", "the job was not started", visible(told))
        return answer["jobRunId"].number()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Part:
        return Part(await self._session.get(API + path, query), visible(path.lstrip("/")))

    async def _counted(self, job_id: int, run: ConnectRun, at_once: asyncio.Semaphore) -> ConnectRun:
        async with at_once:
            try:
                answer = await self._get(f"/connectJobs/{job_id}/jobRuns/{run.run_id}/status")
            except NotFoundError:  # a run may be listed and its details be gone
                return run
            return read.with_counts(run, answer)

    async def _all_pages(self, path: str, read_page: Callable[[Part], tuple[Row, ...]]) -> tuple[Row, ...]:
        rows: list[Row] = []
        before: tuple[Row, ...] = ()
        for number in range(MOST_PAGES):
            page = read_page(await self._get(path, {"offset": str(number * PAGE), "limit": str(PAGE)}))
            if page and page == before:  # the offset was ignored: this was everything
                return tuple(rows)
            rows.extend(page)
            if len(page) < PAGE:
                return tuple(rows)
            before = page
        raise MalformedError(f"{path.lstrip('/')} does not end after {MOST_PAGES} pages")


def _day(when: datetime) -> str:
    return when.strftime("%m-%d-%Y")
