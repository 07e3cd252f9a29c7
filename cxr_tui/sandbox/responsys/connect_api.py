"""Connect jobs by REST, the "Advanced API": jobs, runs, status, logs, trigger (facts A.9; documented)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.responsys import permissions, refusals
from cxr_tui.sandbox.responsys.access import Call, Endpoint, Handler
from cxr_tui.sandbox.responsys.export import ExportJobs
from cxr_tui.sandbox.responsys.jobs import EXPORT, Job, Jobs, Run
from cxr_tui.sandbox.responsys.refusals import ApiRefusalError
from cxr_tui.sandbox.responsys.state import Account

MOST_AT_ONCE = 5
"""Jobs that one call may trigger (facts A.9; documented)."""


class ConnectCalls:
    """Reads and starts jobs for users that may use Connect.

    The role needed is not documented; it is the one that the pages ask for (facts A.9, B.5; inferred).
    """

    def __init__(self, account: Account, jobs: Jobs, exports: ExportJobs) -> None:
        self._account = account
        self._jobs = jobs
        self._exports = exports

    def endpoints(self) -> list[Endpoint]:
        """Return the calls under `/rest/api/v1.3`."""
        return [
            (permissions.CONNECT_JOBS, self._for_connect(self.jobs)),
            (permissions.CONNECT_TRIGGER_MANY, self._for_connect(self.trigger_many)),
            (permissions.CONNECT_TRIGGER, self._for_connect(self.trigger)),
            (permissions.CONNECT_RUNS, self._for_connect(self.runs)),
            (permissions.CONNECT_STATUS, self._for_connect(self.status)),
            (permissions.CONNECT_LOGS, self._for_connect(self.logs)),
        ]

    async def jobs(self, call: Call) -> list[dict[str, Any]]:
        """Return all jobs; times as epoch milliseconds, null where there is none (null documented, form inferred)."""
        return [
            {
                "jobId": job.id,
                "jobName": job.name,
                "jobType": job.type,
                "nextJobRun": _millis(job.next_run),
                "lastJobRun": _millis(job.runs[-1].started if job.runs else None),
                "scheduleType": _schedule_type(job),
                "active": job.active,
                "running": job.running,
            }
            for job in self._jobs
        ]

    async def runs(self, call: Call) -> list[dict[str, Any]]:
        """Return the runs of the days from sdate to edate (MM-DD-YYYY), in the account's time zone (inferred)."""
        job = self._job(call.path("jobId"))
        zone = ZoneInfo(self._account.time_zone)
        since, until = _day(call.query("sdate"), "sdate"), _day(call.query("edate"), "edate")
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

    async def status(self, call: Call) -> dict[str, Any]:
        """Return how a run stands; `errrorMessage` is spelled so (facts A.9; documented)."""
        run = self._run(call)
        return {
            "jobRunStatus": run.status.value,
            "errrorMessage": run.error,
            "recordsProcessed": run.processed,
            "recordsAdded": run.added,
            "recordsRejected": run.rejected,
            "recordsUpdated": run.updated,
            "durationInSeconds": run.seconds,
        }

    async def logs(self, call: Call) -> list[dict[str, Any]]:
        """Return the log of a run."""
        return [
            {"logLevel": line.level, "logMessage": line.message, "logTime": _millis(line.at)}
            for line in self._run(call).log
        ]

    async def trigger(self, call: Call) -> dict[str, Any]:
        """Start one job."""
        await call.json()
        run = self._start(self._job(call.path("jobId")))
        return {"jobRunId": run.id, "errorMessage": "", "success": True}

    async def trigger_many(self, call: Call) -> list[dict[str, Any]]:
        """Start one to five jobs; each succeeds or fails by itself."""
        ids = (await call.json()).get("jobIds")
        if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_AT_ONCE:
            raise refusals.invalid_parameter(f"jobIds should hold 1 to {MOST_AT_ONCE} job ids.")
        return [self._try_start(str(one)) for one in ids]

    def _try_start(self, number: str) -> dict[str, Any]:
        try:
            run = self._start(self._job(number))
        except ApiRefusalError as refusal:
            return {"jobId": number, "success": False, "errorMessage": refusal.detail or refusal.title, "links": []}
        link = {
            "rel": "status",
            "href": f"/rest/api/v1.3/connectJobs/{number}/jobRuns/{run.id}/status",
            "method": "GET",
        }
        return {"jobId": int(number), "success": True, "jobRunId": run.id, "links": [link]}

    def _for_connect(self, handler: Handler) -> Handler:
        async def guarded(call: Call) -> object:
            if not permissions.may_use_connect(call.user.roles):
                raise refusals.connect_disabled()
            return await handler(call)

        return guarded

    def _start(self, job: Job) -> Run:
        if not job.active:
            raise ApiRefusalError(
                400, "CONNECT_JOB_INACTIVE", "Connect job not active", "Connect Job status is Inactive and can't be run"
            )
        if job.running:
            # A 400 is documented, its code was not found (facts A.9); this one is inferred.
            raise ApiRefusalError(
                400, "CONNECT_JOB_RUNNING", "Connect job is running", "Connect Job is already running and can't be run"
            )
        if job.type != EXPORT:
            raise refusals.invalid_parameter("The Connect job is of a type that cannot be triggered.")
        return self._exports.trigger(job)

    def _job(self, number: str) -> Job:
        if not number.isascii() or not number.isdigit():
            raise refusals.invalid_parameter("Job Id should be a numeric value.")
        job = self._jobs.numbered(int(number))
        if job is None:
            raise refusals.resource_not_found()
        return job

    def _run(self, call: Call) -> Run:
        job = self._job(call.path("jobId"))
        run = next((run for run in job.runs if str(run.id) == call.path("jobRunId")), None)
        if run is None:
            raise refusals.resource_not_found()
        return run


def _schedule_type(job: Job) -> str:
    """Return the schedule's kind in a word; the words are not documented (inferred)."""
    if job.recurrence is None:
        return "NONE"
    return "ONCE" if job.recurrence.once else "DAILY"


def _millis(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _day(text: str, name: str) -> date:
    try:
        return datetime.strptime(text, "%m-%d-%Y").date()  # noqa: DTZ007 - a calendar day of the account
    except ValueError:
        raise refusals.invalid_parameter(f"{name} should be a date in the format MM-DD-YYYY.") from None
