"""The dry run tells the truth: its table lists what a rehearsal really touches, and it touches nothing itself.

A sandbox in a process of its own writes down each call that reaches it; Python's audit hooks say which files this
process opens for writing; the keyring backend is wrapped. None of the three knows of the dry run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from cxr_tui.cli.open_integration import SANDBOX_NAME, SANDBOX_STORE
from cxr_tui.dry_run.plan import Access, Kind, Planner, plan_at
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.definition import Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import walk
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import journal_path
from cxr_tui.journal.store import Journal, read_records
from cxr_tui.sandbox.client import RunningSandbox, attach_sandbox
from support.processes.access_recorder import Sign, WatchedKeyring, signs_of_files, signs_of_log, watched
from support.sandboxes.logged_sandbox import AccessLog, logged_sandbox

LOOKED_AT = (Kind.REQUEST, Kind.SFTP, Kind.KEYRING)


def quiet(_: str) -> None:
    """Do not report."""


@dataclass
class Stage:
    """A sandbox with everything that watches."""

    directory: Path
    log: AccessLog
    running: RunningSandbox
    keyring: WatchedKeyring

    @property
    def journal(self) -> Path:
        return journal_path(self.directory, SANDBOX_NAME)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Integration]:
        """Open the integration as a new process would: no token, no connection."""
        credentials = KeyringCredentials(SANDBOX_NAME, backend=self.keyring, store_name=SANDBOX_STORE)
        integration = Integration(GUIDE, Journal(self.journal), credentials, self.running.operator(), SANDBOX_NAME)
        try:
            yield integration
        finally:
            await integration.close()

    def seen(self) -> set[Sign]:
        """Return what reached the sandbox and the keyring since the last look."""
        return signs_of_log(self.log.news()) | self.keyring.news()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("logged")
    with logged_sandbox(directory) as log:
        running = attach_sandbox(directory)
        yield Stage(directory, log, running, WatchedKeyring(running.keyring()))


def listed(accesses: list[Access], *, certain: bool) -> set[Sign]:
    """Return what a dry run lists, as the watchers write it; what is written is read back."""
    signs: set[Sign] = set()
    for one in accesses:
        if one.kind in LOOKED_AT and not (certain and one.only_if):
            signs.add((one.kind.value, one.act.replace(" ", "-"), _place(one)))
            if one.kind is Kind.KEYRING:
                signs.add(("keyring", "read", _place(one)))
    return signs


def _place(access: Access) -> str:
    """Return path or item as the watchers write it."""
    after = access.template.partition("}/")[2].replace("{folder}", "download")
    if access.kind is Kind.KEYRING:
        return access.where.rsplit("/", 1)[-1]
    if access.kind is Kind.SFTP:
        return after.replace("exported_file", "exported file").replace("ready_file", "ready file") or "/"
    return f"/{after}"


def files(accesses: list[Access], *, certain: bool) -> set[str]:
    """Return the files that a dry run lists as written, by the names of the watchers."""
    names = {
        "{journal}": "journal",
        "{rotation_lock}": "rotation.lock",
        "(a new folder in cxr-tui's state folder)": "gpg-home",
    }
    acts = ("append", "make", "write", "lock")
    return {
        names.get(one.template, one.where)
        for one in accesses
        if one.kind is Kind.FILE and one.act in acts and not (certain and one.only_if)
    }


async def compare(
    stage: Stage, accesses: list[Access], real: Callable[[], Awaitable[object]]
) -> dict[str, set[Sign] | set[str]]:
    """Do the real thing, and return where it differs from the list; nothing: the list is the truth."""
    before = len(read_records(stage.journal))
    stage.seen()
    with watched() as watch:
        await real()
    touched = stage.seen()
    grew = len(read_records(stage.journal)) > before
    written = signs_of_files(watch.opened, stage.directory, journal_grew=grew)
    differences: dict[str, set[Sign] | set[str]] = {
        "touched, not listed": touched - listed(accesses, certain=False),
        "listed, not touched": listed(accesses, certain=True) - touched,
        "written, not listed": written - files(accesses, certain=False) - {"operator.lock"},
        "listed, not written": files(accesses, certain=True) - written,
    }
    return {what: found for what, found in differences.items() if found}


async def test_every_step_touches_what_its_dry_run_lists(stage: Stage) -> None:
    lies = {}
    for step in GUIDE.steps:
        async with stage.opened() as integration:
            assert not integration.states()[step.id].blocked_by, step.id
            stage.seen()
            with watched() as watch:
                plan = plan_at(integration, step.id, operated=True)
            assert stage.log.news() == [], "the dry run called the sandbox"
            assert stage.keyring.calls == [], "the dry run asked the keyring"
            assert watch.opened == [], "the dry run opened files for writing, or started programs"
            differences = await compare(stage, plan.accesses, partial(taken, integration, step))
            assert integration.states()[step.id].done, step.id
            if differences:
                lies[step.id] = differences
    assert lies == {}


async def taken(integration: Integration, step: Step) -> None:
    """Take one step as a rehearsal does."""
    await walk.Walk(integration, walk.Plan({}, {}), quiet)._take(step)


async def test_checking_everything_again_touches_what_its_dry_run_lists(stage: Stage) -> None:
    async with stage.opened() as integration:
        planner = Planner(integration)
        accesses = [one for step in GUIDE.steps for one in planner.check(step)]
        assert await compare(stage, accesses, lambda: integration.recheck(GUIDE.steps, quiet)) == {}
