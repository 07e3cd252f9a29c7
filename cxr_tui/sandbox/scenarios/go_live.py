"""Scenarios that show only when everything runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING

from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.scenarios.access import replace_password
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, product_state, scenario
from cxr_tui.sandbox.shared.connect_jobs import Job, Run

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox


@scenario("password-one-sided")
def _password_one_sided(builder: ScenarioBuilder) -> None:
    """Let a colleague change the password in Responsys and here after the first import, and be called away."""
    sandbox = builder.sandbox
    changed: list[Secret] = []

    async def half(_: Job, __: Run) -> None:
        if (settings := sandbox.audience.account.settings) is not None:
            changed.append(make_password())
            replace_password(sandbox, settings.user_name, changed[-1])

    async def other_half(_: Sandbox) -> None:
        account = sandbox.audience.account
        if account.settings is not None and changed:
            account.settings = replace(account.settings, password=changed[-1])
            account.connection.refusals, account.connection.problem = 0, ""

    builder.after_run(sandbox.audience.jobs, half)
    builder.remedy(other_half)


@product_state("audience-designer-off")
async def _audience_designer_off(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let Support close the request and forget to switch the feature on, until the person asks about it."""
    sandbox.portal.overlooks_designer = True
    yield
    sandbox.responsys.account.audience_designer = True
