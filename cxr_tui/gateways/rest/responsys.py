"""Responsys REST v1.3 as one API user (facts A)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

from cxr_tui.domain.errors import MalformedError, NotFoundError
from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, Filter, LogLine, UserInfo
from cxr_tui.gateways.rest import response_models as read
from cxr_tui.gateways.rest.session import ApiSession
from cxr_tui.system.tasks import side_by_side

PAGE = 200
"""Largest page of filters, campaigns and folders (facts A.7; documented)."""
MOST_PAGES = 500
STATUS_CALLS = 31
"""Runs whose counts are read: a month of a daily job, because calls per minute are limited (facts A.6)."""
STATUS_CALLS_AT_ONCE = 4

Row = TypeVar("Row")


class ResponsysGateway(ApiSession):
    """Implements `cxr_tui.domain.ports.Responsys`."""

    product = "Responsys"

    def base_of(self, named: str | None) -> str:
        """Return the host in the login answer; ForeignEndpointError."""
        return read.end_point(self.login_url, named)

    async def user_info(self) -> UserInfo:
        """Return the user and its account."""
        return await self.get("/user/info", read.user_info)

    async def member_count(self, list_name: str) -> int:
        """Return the number of members of a list; NotFoundError."""
        return await self.get(f"/lists/{quote(list_name, safe='')}/members/count", read.member_count)

    async def supplemental_tables(self) -> tuple[str, ...]:
        """Return the names of supplemental tables; NoAccessError without Table Web Services Manager."""
        return await self.get("/suppData", read.names)

    async def campaigns(self) -> tuple[str, ...]:
        """Return the names of email campaigns; NoAccessError without Campaign Web Services Manager."""
        return await self._all_pages("/campaigns", read.names)

    async def folders(self) -> tuple[str, ...]:
        """Return the names of folders; NoAccessError without Folder Web Services Manager."""
        return await self._all_pages("/folders", read.names)

    async def organizations(self) -> tuple[str, ...]:
        """Return the names of the account's organizations, parents before their children."""
        return await self.get("/attributes/organizations", read.organizations)

    async def filters(self) -> tuple[Filter, ...]:
        """Return all filters and published audiences, all pages."""
        return await self._all_pages("/filters", read.filters)

    async def connect_jobs(self) -> tuple[ConnectJob, ...]:
        """Return the Connect jobs; NoAccessError (CONNECT_DISABLED_FOR_USER) for a user without Connect."""
        return await self.get("/connectJobs", read.connect_jobs)

    async def connect_runs(self, job_id: int, since: datetime, until: datetime) -> tuple[ConnectRun, ...]:
        """Return the runs of a job from the day of `since` to the day of `until` (aware), newest first.

        The newest 31 have status and counts. The time zone of the service's days is not documented, so one more day is
        read on either side, and the days are compared here in the zone of `since`.
        """
        runs = await self.get(
            f"/connectJobs/{job_id}/jobRuns",
            read.connect_runs,
            {"sdate": _day(since - timedelta(days=1)), "edate": _day(until + timedelta(days=1))},
        )
        zone = since.tzinfo
        first, last = since.date(), until.astimezone(zone).date()
        wanted = [run for run in runs if run.started is None or first <= run.started.astimezone(zone).date() <= last]
        wanted.sort(key=lambda run: (run.started.timestamp() if run.started else 0.0, run.run_id), reverse=True)
        newest = wanted[:STATUS_CALLS]
        counted = await side_by_side(lambda run: self._counted(job_id, run), newest, STATUS_CALLS_AT_ONCE)
        return (*counted, *wanted[STATUS_CALLS:])

    async def connect_run(self, job_id: int, run_id: int) -> ConnectRun:
        """Return status and counts of one run, which costs one call; NotFoundError."""
        return await self._status(job_id, ConnectRun(run_id, None, None, None))

    async def connect_logs(self, job_id: int, run_id: int) -> tuple[LogLine, ...]:
        """Return the log of one run; NotFoundError."""
        return await self.get(f"/connectJobs/{job_id}/jobRuns/{run_id}/logs", read.log_lines)

    async def trigger(self, job_id: int) -> int:
        """Start a job now and return the run's id; RefusedError (CONNECT_JOB_INACTIVE...). Never sent twice."""
        return await self.put(f"/connectJobs/{job_id}/trigger", read.triggered_run)

    async def _counted(self, job_id: int, run: ConnectRun) -> ConnectRun:
        try:
            return await self._status(job_id, run)
        except NotFoundError:  # the details of a listed run may be gone
            return run

    async def _status(self, job_id: int, run: ConnectRun) -> ConnectRun:
        return await self.get(f"/connectJobs/{job_id}/jobRuns/{run.run_id}/status", read.run_status(run))

    async def _all_pages(self, path: str, read_page: Callable[[str], tuple[Row, ...]]) -> tuple[Row, ...]:
        rows: list[Row] = []
        before: tuple[Row, ...] = ()
        for number in range(MOST_PAGES):
            page = await self.get(path, read_page, {"offset": str(number * PAGE), "limit": str(PAGE)})
            if page and page == before:  # the server ignores the offset: this was everything
                return tuple(rows)
            rows.extend(page)
            if len(page) < PAGE:
                return tuple(rows)
            before = page
        raise MalformedError(f"{path.lstrip('/')} does not end after {MOST_PAGES} pages")


def _day(when: datetime) -> str:
    return when.strftime("%m-%d-%Y")
