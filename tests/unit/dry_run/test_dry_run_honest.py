"""The dry run tells the truth: what it lists is what a rehearsal really touches, and itself it touches nothing.

A sandbox in a process of its own writes down each call that reaches it; Python's audit hooks tell which files this
process opens for writing; the keyring backend is wrapped. None of the three knows anything of the dry run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from cxr_tui.cli.open_integration import SANDBOX_NAME, SANDBOX_STORE
from cxr_tui.dry_run.exploring import Plan, explore
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.dry_run.rotating import plan_rotation
from cxr_tui.dry_run.touches import Kind
from cxr_tui.dry_run.walking import plan_checks
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guide.definition import Step
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import walk
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import journal_path
from cxr_tui.journal.store import Journal, read_records
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.sandbox_driver import operate
from cxr_tui.rotation.service import RotationService
from cxr_tui.sandbox.client import RunningSandbox
from cxr_tui.sandbox_launcher import attach_sandbox
from support.processes.access_recorder import Sign, WatchedKeyring, signs_of_files, signs_of_log, watched
from support.sandboxes.logged_sandbox import AccessLog, logged_sandbox
from tools.dry_run_scenarios import unforeseen

LOOKED_AT = (Kind.REQUEST, Kind.SFTP, Kind.KEYRING)


def quiet(_: str) -> None:
    """Nobody listens."""


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

    def on_paper(self, integration: Integration) -> PaperIntegration:
        return PaperIntegration(
            GUIDE,
            SANDBOX_NAME,
            self.journal,
            integration.records(),
            store=SANDBOX_STORE,
            sandboxed=True,
            now=integration.server_time(),
        )

    def seen(self) -> set[Sign]:
        """Return what reached the sandbox and the keyring since the last look."""
        return signs_of_log(self.log.news()) | self.keyring.news()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("logged")
    with logged_sandbox(directory) as log:
        running = attach_sandbox(directory)
        yield Stage(directory, log, running, WatchedKeyring(running.keyring()))


def listed(plan: Plan, *, certain: bool) -> set[Sign]:
    """Return the signs of what a dry run lists, as the watchers write them; what is written is read back, it says."""
    signs = {
        tuple(part.replace(" ", "-") if part == "log in" else part for part in one.touch.sign)
        for one in plan.planned
        if one.touch.kind in LOOKED_AT and (not certain or not one.only_if)
    }
    return signs | {("keyring", "read", item) for kind, act, item in signs if kind == "keyring" and act != "read"}


def files(plan: Plan) -> set[str]:
    """Return the files that a dry run lists as written; the folders that hold them are not told apart."""
    acts = ("append", "make", "write", "lock")
    return {
        one.touch.template or one.touch.where
        for one in plan.planned
        if one.touch.kind is Kind.FILE and one.touch.act in acts and not one.only_if
    }


def assert_nothing_was_touched(stage: Stage, opened: list[str]) -> None:
    assert stage.log.news() == [], "the dry run called the sandbox"
    assert stage.keyring.calls == [], "the dry run asked the keyring"
    assert opened == [], "the dry run opened files for writing, or started programs"


async def compare(stage: Stage, plan: Plan, real: Callable[[], Awaitable[object]]) -> dict[str, set[Sign] | set[str]]:
    """Do the real thing, and return where it differs from the list; nothing: the list is the truth."""
    before = len(read_records(stage.journal))
    stage.seen()
    with watched() as watch:
        await real()
    touched, foretold = stage.seen(), listed(plan, certain=True)
    grew = len(read_records(stage.journal)) > before
    written, planned = signs_of_files(watch.opened, stage.directory, journal_grew=grew), files(plan)
    differences: dict[str, set[Sign] | set[str]] = {
        "touched, not listed": touched - foretold,
        "listed, not touched": foretold - touched,
        "written, not listed": written - planned,
        "listed, not written": planned - written,
    }
    return {what: found for what, found in differences.items() if found}


async def test_every_step_touches_what_its_dry_run_lists(stage: Stage) -> None:
    lies = {}
    for step in GUIDE.steps:
        take = partial(taken, step=step)
        async with stage.opened() as integration:
            assert not integration.states()[step.id].blocked_by, step.id
            stage.seen()
            paper, plan = stage.on_paper(integration), Plan()
            with watched() as watch:
                await explore(plan, paper, step.id, take)
            assert_nothing_was_touched(stage, watch.opened)
            differences = await compare(stage, plan, partial(take, integration))
            assert integration.states()[step.id].done, step.id
            assert paper.states()[step.id].state is integration.states()[step.id].state, step.id
            if differences:
                lies[step.id] = differences
    assert not lies


async def taken(integration: Integration, step: Step) -> None:
    """Take one step as a rehearsal does."""
    await walk.Walk(integration, walk.Plan({}, {}, walk.Browser.OPERATOR), quiet)._take(step)


async def test_checking_everything_again_touches_what_its_dry_run_lists(stage: Stage) -> None:
    async with stage.opened() as integration:
        stage.seen()
        with watched() as watch:
            plan = await plan_checks(stage.on_paper(integration), GUIDE.steps)
        assert_nothing_was_touched(stage, watch.opened)
        assert await compare(stage, plan, lambda: integration.recheck(GUIDE.steps, quiet)) == {}
        assert {one.step_id for one in plan.planned if one.touch.kind is Kind.SFTP} >= {"exported-file"}


async def test_a_rotation_touches_what_its_dry_run_lists(stage: Stage) -> None:
    held = managed_secret(RESPONSYS_PASSWORD)

    async def rotate(integration: Integration) -> None:
        service = RotationService(integration, held)
        await service.begin()
        assert (await operate(service)).state == "done"

    async with stage.opened() as integration:
        stage.seen()
        paper = stage.on_paper(integration)
        with watched() as watch:
            parts = await plan_rotation(paper, held)
        assert_nothing_was_touched(stage, watch.opened)
        plan = Plan([one for _, part in parts for one in part.planned])
        assert await compare(stage, plan, partial(rotate, integration)) == {}
        assert (
            paper.journal_state().rotations[RESPONSYS_PASSWORD].stage
            is integration.journal_state().rotations[RESPONSYS_PASSWORD].stage
        )


async def test_what_another_answer_leads_to_is_listed_under_its_condition() -> None:
    stopped, missing = await unforeseen("temporary-password")
    assert stopped == "first-password"
    assert missing == {}
