"""Every state that a job can be in, reached in the sandbox the way it really comes about: for tests and pictures.

`STATES` names them; `in_state(name)` yields a stage whose `exported` or `imported` job stands so now. Exports are
really encrypted, and imports really fetch over SSH.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.job_state import JobState
from cxr_tui.jobs.status import look
from cxr_tui.sandbox.lists import ListTable
from support.worlds.jobs_products import EXPORT, VICTIM, WITNESS, register_key
from support.worlds.jobs_setting import JobsStage, jobs_stage


@dataclass(frozen=True)
class Scene:
    """How a state comes about, and which job is in it then."""

    kind: JobKind
    state: JobState
    happen: Callable[[JobsStage], Awaitable[None]]


async def days(stage: JobsStage, number: int, hour: int = 12) -> None:
    """Let days pass to an hour of the last one; a known member is changed every afternoon, and the jobs are watched."""
    first = (stage.today().date() - stage.first_day).days
    for day in range(first + 1, first + number + 1):
        await stage.advance_to(day - 1, 13)
        stage.change(WITNESS, FIRST_NAME=f"Name{day}")
        await stage.advance_to(day, hour)
        await look(stage)


async def _set_going(stage: JobsStage, waits: timedelta = timedelta(hours=1)) -> None:
    stage.encrypt_from_now_on(True)
    await stage.schedule_export("04:00")
    await register_key(stage, waits)
    await stage.schedule_import("06:00")


async def _running_well(stage: JobsStage) -> None:
    await _set_going(stage)
    await days(stage, 1)
    stage.tell("ssh2-key", status="Completed")
    await days(stage, 4)


async def _not_due(stage: JobsStage) -> None:
    await _set_going(stage)


async def _running(stage: JobsStage) -> None:
    await _running_well(stage)
    run = stage.responsys.jobs.begin(stage.export_job)
    stage.responsys.jobs.note(run, f"Job {EXPORT} started")


async def _late(stage: JobsStage) -> None:
    await _running_well(stage)
    stage.strike_exports()
    await days(stage, 1)


async def _never_ran(stage: JobsStage) -> None:
    await _set_going(stage)
    stage.strike_exports()
    await days(stage, 2)


async def _failed(stage: JobsStage) -> None:
    await _running_well(stage)
    lists = stage.responsys.account.lists
    lists["CUSTOMERS_2"] = lists.pop("CUSTOMERS")
    await days(stage, 1)


async def _rejected(stage: JobsStage) -> None:
    await _running_well(stage)
    stage.change(VICTIM, MOBILE_NUMBER_="12")
    await days(stage, 1)


async def _gone(stage: JobsStage) -> None:
    await _running_well(stage)
    ends = f"{stage.today() + timedelta(days=2):%Y-%m-%d}"
    await stage.schedule_export("04:00", {"Expiration": ends})
    await days(stage, 4)


async def _inactive(stage: JobsStage) -> None:
    await _running_well(stage)
    stage.responsys.jobs.deactivate(stage.export_job)
    await days(stage, 1)


async def _waiting(stage: JobsStage) -> None:
    await _set_going(stage, timedelta(days=9))
    await days(stage, 4)


async def _unknown(stage: JobsStage) -> None:
    await _running_well(stage)
    stage.screens = False
    stage.tell("account", connect_api_user="", audience_api_user="")
    stage.tell("destination-connectivity", key_file="")


async def _shrunk(stage: JobsStage) -> None:
    await _running_well(stage)
    fewer = ListTable(stage.customers.name, stage.customers.folder, stage.customers.columns)
    for row in itertools.islice(stage.customers.rows(), 5):
        fewer.insert(row, stage.clock.now())
    stage.customers = stage.responsys.account.lists[fewer.name] = fewer
    await days(stage, 1)


STATES: dict[str, Scene] = {
    "on-time": Scene(JobKind.IMPORT, JobState.ON_TIME, _running_well),
    "running": Scene(JobKind.EXPORT, JobState.RUNNING, _running),
    "late": Scene(JobKind.EXPORT, JobState.LATE, _late),
    "failed": Scene(JobKind.EXPORT, JobState.FAILED, _failed),
    "rejected-rows": Scene(JobKind.IMPORT, JobState.REJECTED, _rejected),
    "never-ran": Scene(JobKind.EXPORT, JobState.NEVER_RAN, _never_ran),
    "gone": Scene(JobKind.EXPORT, JobState.GONE, _gone),
    "inactive": Scene(JobKind.EXPORT, JobState.INACTIVE, _inactive),
    "waiting-for-ssh2-key": Scene(JobKind.IMPORT, JobState.WAITING_FOR_KEY, _waiting),
    "not-due-yet": Scene(JobKind.EXPORT, JobState.NOT_DUE, _not_due),
    "unknown": Scene(JobKind.EXPORT, JobState.UNKNOWN, _unknown),
    "size-halved": Scene(JobKind.EXPORT, JobState.ON_TIME, _shrunk),
}
"""Every state by a name for files."""


@asynccontextmanager
async def in_state(name: str) -> AsyncIterator[JobsStage]:
    """Yield a stage on which a job stands as `STATES[name]` says; it is an integration for `look` and `JobsService`."""
    async with jobs_stage(real=True) as stage:
        await STATES[name].happen(stage)
        yield stage
