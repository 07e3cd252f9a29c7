"""Connect jobs by REST, the "Advanced API": jobs, runs, status, logs, trigger (facts A.9; documented)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.responsys import permissions
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.export import ExportJobs
from cxr_tui.sandbox.shared import rest
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, Job, Run
from cxr_tui.sandbox.shared.rest import ApiError, ApiFunction, Call, Handler


class ConnectApi:
    """Reads and starts jobs for users that may use Connect.

    The role is not documented; the pages ask for this role (facts A.9, B.5; inferred).
    """

    def __init__(self, account: Account, jobs: ExportJobs) -> None:
        self._account = account
        self._jobs = jobs

    def functions(self) -> Mapping[ApiFunction, Handler]:
        """Return the calls under `/rest/api/v1.3`."""
        return {
            permissions.CONNECT_JOBS: self._for_connect(self._all_jobs),
            permissions.CONNECT_TRIGGER: self._for_connect(self._trigger),
            permissions.CONNECT_RUNS: self._for_connect(self._runs),
            permissions.CONNECT_STATUS: self._for_connect(self._status),
            permissions.CONNECT_LOGS: self._for_connect(self._logs),
        }

    async def _all_jobs(self, call: Call) -> object:
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
                "active": job.active,
                "running": job.running,
            }
            for job in self._jobs
        ]

    async def _runs(self, call: Call) -> object:
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

    async def _status(self, call: Call) -> object:
        """Return the status of a run; `errrorMessage` is spelled so (facts A.9; documented)."""
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

    async def _logs(self, call: Call) -> object:
        """Return the log of a run."""
        return [
            {"logLevel": line.level, "logMessage": line.message, "logTime": _millis(line.at)}
            for line in self._run(call).log
        ]

    async def _trigger(self, call: Call) -> object:
        """Start one job."""
        run = self._start(self._job(call.path("jobId")))
        return {"jobRunId": run.id, "errorMessage": "", "success": True}

    def _for_connect(self, handler: Handler) -> Handler:
        async def guarded(call: Call) -> object:
            if not permissions.may_use_connect(self._account.users[call.user_name].roles):
                # The user may not use Connect (facts A.5, A.9; documented).
                raise ApiError(
                    401,
                    "CONNECT_DISABLED_FOR_USER",
                    "Connect disabled for user",
                    "DataIntegrationGateway not enabled for user.",
                )
            return await handler(call)

        return guarded

    def _start(self, job: Job) -> Run:
        if not job.active:
            raise ApiError(
                400, "CONNECT_JOB_INACTIVE", "Connect job not active", "Connect Job status is Inactive and can't be run"
            )
        if job.running:
            # A 400 is documented, its code was not found (facts A.9; inferred).
            raise ApiError(
                400, "CONNECT_JOB_RUNNING", "Connect job is running", "Connect Job is already running and can't be run"
            )
        if job.type != EXPORT:
            raise rest.invalid_parameter("The Connect job is of a type that cannot be triggered.")
        return self._jobs.trigger(job)

    def _job(self, number: str) -> Job:
        if not number.isascii() or not number.isdigit():
            raise rest.invalid_parameter("Job Id should be a numeric value.")
        job = self._jobs.numbered(int(number))
        if job is None:
            raise rest.resource_not_found()
        return job

    def _run(self, call: Call) -> Run:
        job = self._job(call.path("jobId"))
        run = next((run for run in job.runs if str(run.id) == call.path("jobRunId")), None)
        if run is None:
            raise rest.resource_not_found()
        return run


def _millis(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _day(text: str, name: str) -> date:
    try:
        return datetime.strptime(text, "%m-%d-%Y").date()  # noqa: DTZ007 - a calendar day of the account
    except ValueError:
        raise rest.invalid_parameter(f"{name} should be a date in the format MM-DD-YYYY.") from None
