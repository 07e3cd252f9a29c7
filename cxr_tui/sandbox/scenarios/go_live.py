"""Faults that show only when everything runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TYPE_CHECKING

from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, product_state, scenario

if TYPE_CHECKING:
    from cxr_tui.sandbox.shared.connect_jobs import Job, Run
    from cxr_tui.sandbox.world import Sandbox

_KEYRING_ITEM = "/responsys-password"


@scenario("password-one-sided")
def _password_one_sided(builder: ScenarioBuilder) -> None:
    """Let a colleague change the password in Responsys and here after the first import, and be called away."""
    sandbox = builder.sandbox
    changed: list[Secret] = []

    async def half(_: Job, __: Run) -> None:
        settings = sandbox.audience.account.settings
        if settings is None:
            return
        new = make_password()
        changed.append(new)
        sandbox.responsys.account.users[settings.user_name].password = new
        for service, user in list(sandbox.keyring):
            if service.endswith(_KEYRING_ITEM):
                sandbox.keyring[service, user] = new.reveal()

    async def other_half(_: Sandbox) -> None:
        account = sandbox.audience.account
        if account.settings is not None and changed:
            account.settings = replace(account.settings, password=changed[-1])
            account.connection.refusals, account.connection.problem = 0, ""

    builder.after_import(half)
    builder.remedy(other_half)


@product_state("audience-designer-off")
async def _audience_designer_off(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let Support close the request and forget to switch the feature on, until the person asks about it."""
    sandbox.portal.overlooked.add("Audience Designer")
    yield
    sandbox.responsys.account.audience_designer = True
