"""Putting right what a check has named: the key that is offered, the limit on logins, the minute that is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.finding import Finding, Outcome
from cxr_tui.domain.secret import Secret
from cxr_tui.guided.action_context import ActionContext, PrimaryAction
from cxr_tui.guided.rehearsal import rehearse
from cxr_tui.guided.step_controller import StepController
from cxr_tui.guided.walk import Plan, StepReport, walk
from cxr_tui.integration import services as world_module
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.integration.services import LiveWorld, progress_sink
from cxr_tui.sandbox.client import ConnectionInfo, SandboxOptions, launch_sandbox


@asynccontextmanager
async def planted(*scenarios: str) -> AsyncIterator[tuple[Integration, ConnectionInfo]]:
    async with launch_sandbox(SandboxOptions(people=60, scenarios=scenarios, screens=True)) as running:
        integration = open_sandboxed(running)
        try:
            yield integration, running.info
        finally:
            await integration.close()


async def walked(integration: Integration, until: str, *, mend: bool = False) -> dict[str, StepReport]:
    go = rehearse if mend else walk
    reports = await go(integration, Plan({}, {}, until), lambda _: None)
    return {one.id: one for one in reports}


def fails(report: StepReport) -> list[Finding]:
    return [one for one in report.findings if one.status == "fail"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("scenario", "step", "key", "value"),
    [
        ("account-name-mismatch-case", "first-password", "account.account_name", "acmeretail"),
        ("user-email-mismatch", "first-password", "add-user.email", "crm.team@acmeretail.example"),
        ("list-missing", "integration-settings", "integration-settings.profile_list", "Customer_Profiles"),
        ("key-weak", "generate-key", "generate-key.key_name", "responsys-acmeretail-2"),
    ],
)
async def test_one_key_puts_it_right(scenario: str, step: str, key: str, value: str) -> None:
    async with planted(scenario) as (integration, _):
        found = fails((await walked(integration, step))[step])
        assert [one.code for one in found] == [scenario.removesuffix("-case")]
        fix = found[0].fix
        assert fix is not None
        assert fix.answers[key] == value
        assert await integration.apply_fix(fix) == {}
        seen = await walked(integration, step)
        assert fails(seen[step]) == []
        assert all(
            integration.states()[one].done
            for one in seen
            if integration.guide.number(one) <= integration.guide.number(step)
        )


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "scenario",
    [
        "file-empty",
        "host-key-changed",
        "ip-restricted",
        "job-gone",
        "key-mismatch",
        "key-weak",
        "list-empty",
        "password-characters",
        "private-key-file",
        "rows-rejected",
        "sftp-auth",
        "ssh2-key-format",
        "temporary-password",
        "user-locale",
    ],
)
async def test_the_main_button_alone_gets_past_a_mistake_that_was_made_here_or_before(scenario: str) -> None:
    async with launch_sandbox(SandboxOptions(people=60, scenarios=(scenario,))) as running:
        integration = open_sandboxed(running)
        controller = StepController(integration)
        try:
            failed = set()
            for _ in range(2 * len(integration.guide.steps) + 10):
                now = controller.context()
                if now.main is PrimaryAction.FINISH:
                    break
                failed |= {one.code for one in fails_of(now.state.outcome)}
                await press(controller, now)
                integration.world.reset_gateways()
            assert failed, "the mistake was not seen, so nothing was put right"
            assert all(state.done for state in integration.states().values())
        finally:
            await integration.close()


def fails_of(outcome: Outcome | None) -> list[Finding]:
    return [one for one in outcome.findings if one.status == "fail"] if outcome else []


async def press(controller: StepController, now: ActionContext) -> None:
    """Do what the wizard does when its main button is pressed."""
    match now.main:
        case PrimaryAction.JUMP:
            controller.step_id = now.state.blocked_by
        case PrimaryAction.CONTINUE:
            controller.step_id = controller.neighbor(1)
        case PrimaryAction.OPERATE:
            controller.step_id = (await controller.operate(lambda _: None)).needs
        case PrimaryAction.CONFIRM:
            controller.step_id = (await controller.confirm(lambda _: None)).needs
        case PrimaryAction.FIX:
            assert now.fix is not None
            controller.step_id = (await controller.fix(now.fix, lambda _: None)).needs
        case _:
            controller.step_id = (await controller.check(lambda _: None)).needs


async def test_the_wizard_counts_refused_logins_down_and_stops_at_two() -> None:
    async with planted("temporary-password") as (integration, info):

        async def said() -> Finding:
            outcome = await integration.check("first-password", lambda _: None)
            return next(one for one in outcome.findings if one.status == "fail")

        (first,) = fails((await walked(integration, "first-password"))["first-password"])
        assert "refused login 1 with this password" in first.why
        assert await refusals(info) == 1
        second = await said()
        assert "refused login 2 with this password. The wizard stops until you enter it again" in second.why
        assert await refusals(info) == 2
        for _ in range(3):
            integration.world.reset_gateways()
            assert (await said()).code == "login-budget-spent"
        assert await refusals(info) == 2


async def refusals(info: ConnectionInfo) -> int:
    async with httpx.AsyncClient(headers={"X-Control-Token": info.control_token}) as client:
        users = (await client.get(f"{info.control_api}/state")).json()["responsys"]["users"]
    return int(users["CXAudienceIntegrationacmeretail"]["refused"])


async def test_a_second_fault_at_the_same_step_is_found_after_the_first_was_mended() -> None:
    async with planted("private-key-file", "key-weak") as (integration, _):
        plain = await walked(integration, "generate-key")
        assert [one.code for one in fails(plain["generate-key"])] == ["private-key-file"]
    async with planted("private-key-file", "key-weak") as (integration, _):
        mended = await walked(integration, "generate-key", mend=True)
        assert [one.code for one in fails(mended["generate-key"])] == ["private-key-file", "key-weak"]
        assert integration.states()["generate-key"].done


async def test_what_nobody_can_mend_ends_the_rehearsal() -> None:
    async with planted("identity-cloud-account", "user-locale") as (integration, _):
        reports = await walked(integration, "first-password", mend=True)
        assert [one.code for one in fails(reports["account"])] == ["identity-cloud-account"]
        assert not integration.states()["account"].done


class NoSecrets:
    """Credentials that hold nothing."""

    store = "nothing"

    async def put(self, item: str, secret: Secret) -> None:
        raise AssertionError(f"{item} must not be stored")

    async def get(self, item: str) -> Secret:
        raise NothingStoredError(item)

    async def has(self, item: str) -> bool:
        return False

    async def drop(self, item: str) -> None:
        raise AssertionError(f"{item} must not be dropped")


async def test_with_the_real_products_the_minute_is_waited_out_with_a_countdown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slept: list[float] = []
    said: list[str] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    world = LiveWorld(IntegrationState, NoSecrets(), None, lambda _, __: None, tmp_path)
    token = progress_sink.set(said.append)
    try:
        await world.wait(42)
        await world.wait(1)
    finally:
        progress_sink.reset(token)
    assert sum(slept) == 43
    assert max(slept) <= world_module.REPORT_SECONDS
    assert said == [f"Again in {left} s: the account's limit of calls is reached" for left in range(42, 5, -5)]
