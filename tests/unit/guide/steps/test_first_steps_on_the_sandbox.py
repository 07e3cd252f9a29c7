"""The first steps against the real sandbox, where a fault needs two products to be seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.guided.operator_runner import operate
from cxr_tui.guided.walk import Plan, StepReport, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.sandbox.client import ConnectionInfo, SandboxOptions, launch_sandbox


@asynccontextmanager
async def sandbox(*scenarios: str) -> AsyncIterator[tuple[Integration, ConnectionInfo]]:
    async with launch_sandbox(SandboxOptions(people=60, scenarios=scenarios, screens=True)) as running:
        integration = open_sandboxed(running)
        try:
            yield integration, running.info
        finally:
            await integration.close()


async def walked(integration: Integration, until: str) -> dict[str, StepReport]:
    """Let the operator walk up to a step."""
    reports = await walk(integration, Plan({}, {}, until), lambda _: None)
    return {one.id: one for one in reports}


def wrong(report: StepReport) -> list[str]:
    return [one.code for one in report.findings if one.status == "fail"]


async def test_the_host_of_another_pod_is_suspected_and_the_right_one_puts_it_right() -> None:
    async with sandbox() as (integration, info):
        await walked(integration, "account")
        right = integration.journal_state().known().text("account.login_url")
        await integration.save("account", {"login_url": info.responsys_other_pod})
        seen = await walked(integration, "account")
        assert seen["account"].state is State.VERIFIED  # the operator read the right URL off the screen again

        await integration.save("account", {"login_url": info.responsys_other_pod})
        outcome = await integration.check("account", lambda _: None)
        assert [one.code for one in outcome.findings if one.status == "warn"] == ["connect-user-refused"]
        seen = await walked(integration, "first-password")
        assert wrong(seen["first-password"]) == ["wrong-login-host"]

        await integration.save("account", {"login_url": right})
        await integration.check("account", lambda _: None)
        outcome = await integration.check("first-password", lambda _: None)
        assert "login-accepted" in [one.code for one in outcome.findings]
        assert integration.states()["add-user"].state is State.VERIFIED
        assert integration.states()["role-assignment"].state is State.CONFIRMED


async def test_a_missing_role_is_fixed_by_walking_on() -> None:
    async with sandbox("missing-list-role") as (integration, _):
        seen = await walked(integration, "record-handling")
        assert wrong(seen["role-assignment"]) == ["missing-list-role"]
        seen = await walked(integration, "record-handling")
        assert seen["role-assignment"].state is State.CONFIRMED
        # The lists could not be read at the first login; the next look at them has to serve the later steps.
        assert seen["integration-settings"].state is State.CONFIRMED
        assert seen["record-handling"].state is State.CONFIRMED


async def test_an_earlier_mistake_is_corrected_on_the_page_of_the_user_that_exists() -> None:
    async with sandbox("user-locale") as (integration, _):
        seen = await walked(integration, "first-password")
        assert wrong(seen["first-password"]) == ["user-locale"]
        outcome = await integration.check("add-user", lambda _: None)
        assert [one.code for one in outcome.findings if one.status == "fail"] == ["user-locale"]
        await operate(integration, "add-user", lambda _: None)
        await integration.check("add-user", lambda _: None)
        outcome = await integration.check("first-password", lambda _: None)
        assert [one.code for one in outcome.findings if one.status != "pass"] == []
