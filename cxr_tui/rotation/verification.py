"""Evidence that both products use the new password: the next run, and the checks that rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.ports import Progress, World
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.export.find_file import ARCHIVE
from cxr_tui.guide.forms.connect_job import job_named
from cxr_tui.guide.forms.schedule import readable_schedule
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State, StepState


@dataclass(frozen=True)
class Runs:
    """The evidence of runs since a time."""

    succeeded: tuple[str, ...] = ()
    """One sentence for each successful run."""
    ahead: bool = True
    """Whether a run is expected."""
    unseen: tuple[str, ...] = ()
    """Unavailable evidence, with the reason."""


async def runs_since(known: Known, world: World, since: datetime) -> Runs:
    """Look for a run of either job that began after `since` (aware) and succeeded.

    That a run after the change stands for CX Audience's half is this program's rule (inferred): no interface tells
    which password CX Audience holds.
    """
    succeeded: list[str] = []
    unseen: list[str] = []
    for look in (_in_archive, _by_connect):
        try:
            await look(known, world, since, succeeded)
        except OutsideError as error:
            unseen.append(visible(str(error)))
    return Runs(tuple(succeeded), _ahead(known, world.now()), tuple(unseen))


async def _in_archive(known: Known, world: World, since: datetime, succeeded: list[str]) -> None:
    """Check whether the import has fetched a file written after the change: it moves it to the archive."""
    files, name = world.file_server(), known.text("exported-file.name")
    if files is None or not name:
        return
    fetched = await files.stat(f"{ARCHIVE}/{name}")
    written = fetched.written(world.now()) if fetched is not None else None
    if written is not None and written > since:
        succeeded.append(f"The export written {written:%Y-%m-%d %H:%M} UTC was fetched by the import.")


async def _by_connect(known: Known, world: World, since: datetime, succeeded: list[str]) -> None:
    connect, name = world.connect(), known.text("select-object.job_name")
    if connect is None or not name:
        return
    job = job_named(await connect.connect_jobs(), name)
    if job is None:
        return
    for run in await connect.connect_runs(job.job_id, since, world.now() + timedelta(days=1)):
        if run.status is RunStatus.SUCCEEDED and run.started is not None and run.started > since:
            succeeded.append(
                f"Run {run.run_id} of {visible(name, 60)} began {run.started:%Y-%m-%d %H:%M} UTC: succeeded."
            )
            return


def _ahead(known: Known, now: datetime) -> bool:
    """Return whether a run of either job is expected; an unreadable schedule counts as yes."""
    steps = [step for step in ("export-schedule", "import-schedule") if known.has(f"{step}.date")]
    schedules = [readable_schedule(known, step) for step in steps]
    return any(one is None or one.next_slot(now) is not None for one in schedules)


_BY_THE_PASSWORD = frozenset(
    {
        "login-budget-spent",
        "login-refused",
        "login-unanswered",
        "password-expired",
        "password-locked",
        "password-one-sided",
        "secret-missing",
        "temporary-password",
        "wrong-login-host",
    }
)
"""Findings of checks that a rotation in progress causes and its end resolves."""


async def check_stale(integration: Integration, progress: Progress, skip_steps: set[str]) -> tuple[Finding, ...]:
    """Check again every step that was done before or failed because of the password; return the failures.

    Steps in `skip_steps` are left out. A step with a failed login is added: an action tries each of them once.
    """
    found: list[Finding] = []
    for step in integration.guide.steps:
        if step.id not in skip_steps and _due(integration.states()[step.id]):
            progress(f"{step.title}…")
            wrong = integration.journal_state().wrong_logins
            outcome = await integration.check(step.id, progress)
            found += [one for one in outcome.findings if one.status is Status.FAIL]
            if integration.journal_state().wrong_logins > wrong:
                skip_steps.add(step.id)
    return tuple(found)


def _due(state: StepState) -> bool:
    if state.blocked_by or state.done:
        return False
    failed = state.outcome.findings if state.outcome else ()
    return state.state is State.STALE or any(one.code in _BY_THE_PASSWORD for one in failed)
