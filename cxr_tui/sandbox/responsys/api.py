"""The REST API of Responsys: login, account, lists, members, other objects, Connect jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.types import ASGIApp

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.account import (
    ACTIVE,
    CAMPAIGN_MANAGER,
    DATA_DIRECTOR,
    FOLDER_MANAGER,
    LIST_MANAGER,
    LOCALES,
    TABLE_MANAGER,
    Account,
    User,
)
from cxr_tui.sandbox.responsys.export import ExportJobs
from cxr_tui.sandbox.shared import rest
from cxr_tui.sandbox.shared.connect_jobs import Job, Run
from cxr_tui.sandbox.shared.rest import ApiError, Call


class ResponsysAccess(rest.Access[User]):
    """Two gates are separate: the role here, the organization at each object (facts A.10)."""

    def __init__(self, account: Account, clock: Clock, end_point: str) -> None:
        super().__init__(account.users, clock)
        self._account = account
        self._end_point = end_point

    def login_answer(self) -> dict[str, object]:
        """Return where API calls belong (facts A.2; documented)."""
        return {"endPoint": self._end_point}

    def check_login(self, name: str, password: Secret) -> User:
        """Return the user of this name and password; ApiError."""
        # IP restrictions are checked before any credential (facts A.5 documented "refused at once"; order inferred).
        self._require_address()
        user = super().check_login(name, password)
        self._require_active(user)
        if user.temporary or (user.password_expires is not None and self.clock.now() >= user.password_expires):
            # The password has expired (documented) or is still temporary (facts F; inferred).
            raise ApiError("PASSWORD_EXPIRED")
        return user

    def check_call(self, name: str, role: str) -> None:
        """Admit a user with a role; the role for Connect by REST is that of its pages (facts A.9, B.5; inferred)."""
        self._require_address()
        user = self.users[name]
        self._require_active(user)
        if role and role not in user.roles:
            if role == DATA_DIRECTOR:
                raise ApiError("CONNECT_DISABLED_FOR_USER", "DataIntegrationGateway not enabled for user.")
            raise ApiError("INSUFFICIENT_ACCESS", f"{role}: access denied")

    def _require_address(self) -> None:
        if self._account.ip_restricted:
            raise ApiError("LOGIN_BLOCKED_INVALID_IPRANGE")

    def _require_active(self, user: User) -> None:
        """Refuse where web services are off (documented), or the user is suspended (facts F; inferred)."""
        if user.status != ACTIVE or not self._account.web_services:
            raise ApiError("API_DISABLED_FOR_USER", "API is disabled for user")


class Api:
    """Reads the account, each kind of object behind the role of its category, and reads and starts Connect jobs."""

    def __init__(self, account: Account, jobs: ExportJobs) -> None:
        self._account = account
        self._jobs = jobs

    def app(self, access: ResponsysAccess) -> ASGIApp:
        """Return the end point. Oracle documents roles by category, not by call (facts A.10): calls are inferred."""
        account = self._account
        members, runs = "/lists/{list:path}/members", "/connectJobs/{job:int}/jobRuns"
        return access.app(
            [
                Call("/user/info", self._user_info),
                Call("/attributes/organizations", self._organizations),
                Call("/lists", self._lists, LIST_MANAGER),
                Call(f"{members}/count", lambda asked: {"count": len(self._list(asked)), "links": []}, LIST_MANAGER),
                Call(members, lambda asked: rest.member_data(asked, self._list(asked)), LIST_MANAGER),
                Call("/filters", self._filters, LIST_MANAGER),
                Call("/suppData", self._tables, TABLE_MANAGER),
                Call("/campaigns", lambda asked: self._named(asked, "items", account.campaigns), CAMPAIGN_MANAGER),
                Call("/folders", lambda asked: self._named(asked, "folders", account.folders), FOLDER_MANAGER),
                Call("/connectJobs", self._connect_jobs, DATA_DIRECTOR),
                Call("/connectJobs/{job:int}/trigger", self._trigger, DATA_DIRECTOR, "PUT"),
                Call(runs, self._runs, DATA_DIRECTOR),
                Call(f"{runs}/{{run:int}}/status", self._status, DATA_DIRECTOR),
                Call(f"{runs}/{{run:int}}/logs", self._logs, DATA_DIRECTOR),
            ]
        )

    def _user_info(self, request: Request) -> object:
        """Return caller and account (facts A.7; documented, with `en` and the date form)."""
        user = self._user(request)
        return {
            "accountName": self._account.name,
            "userName": user.login_name,
            "userEmail": user.email,
            "userLocale": LOCALES[user.locale],
            "accountDisplayName": self._account.display_name,
            "accountTimeZone": self._account.time_zone,
            "createdDate": user.created.strftime("%Y-%m-%d"),
        }

    def _organizations(self, request: Request) -> object:
        """Return the organizations that the caller's own reaches: itself and those below (inferred)."""
        own = self._user(request).organization
        tree = [self._organization(own)] if own else []
        return {"attributes": {"organizations": {"attributeValues": tree}}}

    def _organization(self, path: str) -> dict[str, object]:
        children = [one for one in self._account.organizations if one.rpartition("/")[0] == path]
        shown = [self._organization(child) for child in children]
        return {"name": path.rpartition("/")[2], "lineage": path, "children": shown}

    def _lists(self, request: Request) -> object:
        """Return the lists of the caller's organization, as a bare array (facts A.7; documented sample)."""
        lists = self._account.lists
        return [rest.list_schema(lists[name]) for name in self._visible(request, lists)]

    def _filters(self, request: Request) -> object:
        """Return filters; audiences of CX Audience only with Audience Designer (facts C.5; documented).

        How an audience is marked in this answer is not documented (inferred).
        """
        account, user = self._account, self._user(request)
        return {
            "items": [
                {
                    "name": one.name,
                    "listName": one.list_name,
                    "filterType": "AUDIENCE" if one.origin else "FILTER",
                    "filterSubType": one.origin or "SIMPLE",
                }
                for one in account.filters
                if account.sees(user, one.list_name) and (account.audience_designer or not one.origin)
            ]
        }

    def _tables(self, request: Request) -> object:
        """Return supplemental tables; nothing looks at their columns."""
        found = self._visible(request, self._account.supplemental)
        return {"items": [{"name": name, "folderName": "Lists", "fields": []} for name in found]}

    def _named(self, request: Request, key: str, names: Iterable[str]) -> object:
        """Return objects by name only; all campaigns of the sandbox are email campaigns, which is the default type."""
        return {key: [{"name": name} for name in self._visible(request, names)]}

    def _connect_jobs(self, _: Request) -> object:
        """Return all jobs; times as epoch milliseconds, or null (null documented, form inferred)."""
        return [
            {
                "jobId": job.id,
                "jobName": job.name,
                "jobType": job.type,
                "nextJobRun": _millis(job.next_run),
                "lastJobRun": _millis(job.runs[-1].started if job.runs else None),
                # The words are not documented (inferred).
                "scheduleType": job.schedule.frequency.name if job.schedule else "NONE",
                "active": job.schedule is not None,
                "running": job.running,
            }
            for job in self._jobs.by_name.values()
        ]

    def _runs(self, request: Request) -> object:
        """Return the runs of the days from sdate to edate (MM-DD-YYYY), in the account's time zone (inferred)."""
        job, zone = self._job(request), ZoneInfo(self._account.time_zone)
        since, until = _day(request, "sdate"), _day(request, "edate")
        return [
            {
                "jobRunId": run.id,
                "jobName": run.job_name,
                "jobRunStatus": {"value": run.status.value},
                "durationInSeconds": run.seconds,
                "jobStartTime": _millis(run.started),
            }
            for run in job.runs
            if since <= run.started.astimezone(zone).date() <= until
        ]

    def _status(self, request: Request) -> object:
        """Return the status of a run; `errrorMessage` is spelled so (facts A.9; documented)."""
        run = self._run(request)
        return {
            "jobRunStatus": run.status.value,
            "errrorMessage": run.error,
            "recordsProcessed": run.processed,
            "recordsAdded": run.added,
            "recordsRejected": run.rejected,
            "recordsUpdated": run.updated,
            "durationInSeconds": run.seconds,
        }

    def _logs(self, request: Request) -> object:
        """Return the log of a run."""
        log = self._run(request).log
        return [{"logLevel": line.level, "logMessage": line.message, "logTime": _millis(line.at)} for line in log]

    def _trigger(self, request: Request) -> object:
        """Start one job."""
        job = self._job(request)
        if job.schedule is None:
            raise ApiError("CONNECT_JOB_INACTIVE", "Connect Job status is Inactive and can't be run")
        if job.running:
            raise ApiError("CONNECT_JOB_RUNNING", "Connect Job is already running and can't be run")
        return {"jobRunId": self._jobs.trigger(job).id, "errorMessage": "", "success": True}

    def _user(self, request: Request) -> User:
        return self._account.users[request.state.user_name]

    def _visible(self, request: Request, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._account.sees(self._user(request), name)]

    def _list(self, request: Request) -> ListTable:
        table = rest.list_named(request, self._account.lists)
        if not self._account.sees(self._user(request), table.name):
            raise ApiError("INSUFFICIENT_ACCESS", f"{table.name}: the object is outside of your organization")
        return table

    def _job(self, request: Request) -> Job:
        for job in self._jobs.by_name.values():
            if job.id == request.path_params["job"]:
                return job
        raise ApiError("RESOURCE_NOT_FOUND")

    def _run(self, request: Request) -> Run:
        for run in self._job(request).runs:
            if run.id == request.path_params["run"]:
                return run
        raise ApiError("RESOURCE_NOT_FOUND")


def _millis(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _day(request: Request, name: str) -> date:
    return datetime.strptime(request.query_params[name], "%m-%d-%Y").date()  # noqa: DTZ007 - a day of the account
