"""The first steps against the real sandbox, where a fault needs two products to be seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.guided.walk import Browser, Plan, StepReport, walk
from cxr_tui.integration.integration import Setup
from cxr_tui.journal.gate import State
from cxr_tui.sandbox.browser_automation import SandboxOperator
from cxr_tui.sandbox.client import Handout
from cxr_tui.sandbox_launcher import launch_sandbox


@asynccontextmanager
async def sandbox(*scenarios: str) -> AsyncIterator[tuple[Setup, Handout]]:
    running = await launch_sandbox(people=60, scenarios=scenarios, screens=True)
    async with running:
        setup = open_sandboxed(running)
        try:
            yield setup, running.handout
        finally:
            await setup.close()
            operator = setup.world.operator
            assert isinstance(operator, SandboxOperator)
            await operator.close()


async def walked(setup: Setup, until: str) -> dict[str, StepReport]:
    """Let the operator walk up to a step."""
    reports = await walk(setup, Plan({}, {}, Browser.OPERATOR, until), lambda _: None)
    return {one.id: one for one in reports}


def wrong(report: StepReport) -> list[str]:
    return [one.code for one in report.findings if one.status == "fail"]


async def test_the_host_of_another_pod_is_suspected_and_the_right_one_puts_it_right() -> None:
    async with sandbox() as (setup, handout):
        await walked(setup, "account")
        right = setup.ledger().known().text("account.login_url")
        await setup.save("account", {"login_url": handout.responsys_other_pod})
        seen = await walked(setup, "account")
        assert seen["account"].state is State.VERIFIED  # the operator read the right URL off the screen again

        await setup.save("account", {"login_url": handout.responsys_other_pod})
        outcome = await setup.check("account", lambda _: None)
        assert [one.code for one in outcome.findings if one.status == "warn"] == ["connect-user-refused"]
        seen = await walked(setup, "first-password")
        assert wrong(seen["first-password"]) == ["wrong-login-host"]

        await setup.save("account", {"login_url": right})
        await setup.check("account", lambda _: None)
        outcome = await setup.check("first-password", lambda _: None)
        assert "login-accepted" in [one.code for one in outcome.findings]
        assert setup.states()["add-user"].state is State.VERIFIED
        assert setup.states()["role-assignment"].state is State.CONFIRMED


async def test_a_missing_role_is_put_right_by_walking_on() -> None:
    async with sandbox("missing-list-role") as (setup, _):
        seen = await walked(setup, "record-handling")
        assert wrong(seen["role-assignment"]) == ["missing-list-role"]
        seen = await walked(setup, "record-handling")
        assert seen["role-assignment"].state is State.CONFIRMED
        # The lists could not be read at the first login; the next look at them has to serve the later steps.
        assert seen["integration-settings"].state is State.CONFIRMED
        assert seen["record-handling"].state is State.CONFIRMED


async def test_an_earlier_mistake_is_corrected_on_the_page_of_the_user_that_exists() -> None:
    async with sandbox("user-locale") as (setup, _):
        seen = await walked(setup, "first-password")
        assert wrong(seen["first-password"]) == ["user-locale"]
        outcome = await setup.check("add-user", lambda _: None)
        assert [one.code for one in outcome.findings if one.status == "fail"] == ["user-locale"]
        await setup.operate("add-user", lambda _: None)
        await setup.check("add-user", lambda _: None)
        outcome = await setup.check("first-password", lambda _: None)
        assert [one.code for one in outcome.findings if one.status != "pass"] == []
