"""Connect jobs of the Responsys twin by REST: jobs, runs, logs, triggers, refusals."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from support.sandboxes.export_setting import (
    JOB,
    PLAIN,
    Gpg,
    exported,
    gpg_with_a_key_pair,
    import_key,
    make_job,
    pass_next_run,
)
from support.sandboxes.responsys_setting import Stage, error_of, responsys_stage


@pytest.fixture(scope="module")
def gpg() -> Iterator[Gpg]:
    yield from gpg_with_a_key_pair()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        yield made


async def test_connect_by_rest(stage: Stage) -> None:
    await make_job(stage, PLAIN)
    token = await stage.connect_token()
    (job,) = (await stage.get("/connectJobs", token)).json()
    due = stage.twin.jobs.next_run(JOB)
    assert due is not None
    assert job == {
        "jobId": job["jobId"],
        "jobName": JOB,
        "jobType": "Export Data",
        "nextJobRun": int(due.timestamp() * 1000),
        "lastJobRun": None,
        "scheduleType": "DAILY",
        "active": True,
        "running": False,
    }
    await pass_next_run(stage)
    token = await stage.connect_token()
    path = f"/connectJobs/{job['jobId']}/jobRuns"
    days = {"sdate": "11-24-2026", "edate": "11-24-2026"}
    (run,) = (await stage.get(path, token, days)).json()
    assert run["jobRunStatus"] == {"value": "succeeded"}
    assert run["jobStartTime"] == int(due.timestamp() * 1000)
    assert (await stage.get(path, token, {"sdate": "11-20-2026", "edate": "11-23-2026"})).json() == []
    status = (await stage.get(f"{path}/{run['jobRunId']}/status", token)).json()
    assert (status["jobRunStatus"], status["errrorMessage"], status["recordsProcessed"]) == ("succeeded", "", 60)
    logs = (await stage.get(f"{path}/{run['jobRunId']}/logs", token)).json()
    assert {tuple(sorted(line)) for line in logs} == {("logLevel", "logMessage", "logTime")}
    assert any("60 records" in line["logMessage"] for line in logs)


async def test_connect_by_rest_refuses(stage: Stage) -> None:
    await make_job(stage, PLAIN)
    await stage.integration_user()
    assert error_of(await stage.get("/connectJobs", await stage.token())) == (401, "CONNECT_DISABLED_FOR_USER")
    token = await stage.connect_token()
    assert error_of(await stage.call("PUT", "/connectJobs/1/trigger", token, json={})) == (404, "RESOURCE_NOT_FOUND")
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    assert error_of(await stage.get(f"/connectJobs/{job.id}/jobRuns/1/logs", token)) == (404, "RESOURCE_NOT_FOUND")
    stage.twin.jobs.deactivate(job)
    inactive = await stage.call("PUT", f"/connectJobs/{job.id}/trigger", token, json={})
    assert error_of(inactive) == (400, "CONNECT_JOB_INACTIVE")


async def test_triggering_by_rest(stage: Stage, gpg: Gpg) -> None:
    await import_key(stage, gpg)
    await make_job(stage)
    token = await stage.connect_token()
    job = stage.twin.jobs.by_name.get(JOB)
    assert job is not None
    started = (await stage.call("PUT", f"/connectJobs/{job.id}/trigger", token, json={})).json()
    assert (started["success"], started["errorMessage"]) == (True, "")
    again = await stage.call("PUT", f"/connectJobs/{job.id}/trigger", token, json={})
    assert again.status_code == 400, "one run of a job at a time"
    await stage.twin.jobs.settle()
    status = await stage.get(f"/connectJobs/{job.id}/jobRuns/{started['jobRunId']}/status", token)
    assert status.json()["jobRunStatus"] == "succeeded"
    assert exported(stage, "CUSTOMERS.csv.gpg")
