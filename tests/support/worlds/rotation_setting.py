"""A set-up integration with a sandbox, for tests of rotation: as far as CX Audience's settings, or all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Shown, Site, Visit
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guided.walk import Plan, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.rotation.instructions import audience_visit, password_visits
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.service import RotationService
from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions, launch_sandbox

SHORT = "record-handling"
"""Last step of a set-up without jobs."""


class Stage:
    """One sandbox, one integration, and the people around it."""

    def __init__(self, running: RunningSandbox, integration: Integration) -> None:
        self.running = running
        self.integration = integration

    def service(self, item: str = RESPONSYS_PASSWORD) -> RotationService:
        """Return the driver."""
        return RotationService(self.integration, managed_secret(item))

    async def kept(self, suffix: str = "", item: str = RESPONSYS_PASSWORD) -> Secret | None:
        """Return what the keyring holds."""
        credentials = self.integration.world.credentials
        return await credentials.get(item + suffix) if await credentials.has(item + suffix) else None

    async def set_in_responsys(self, item: str = RESPONSYS_PASSWORD + ".next") -> None:
        """Let people reset the password and set the secret of `item`, or the one that the test has put there."""
        seen: dict[str, Value | Secret] = {}
        known = self.integration.journal_state().known()
        user, mailbox = known.text("add-user.login_name"), known.text("first-password.email")
        for visit in password_visits(user, mailbox, item):
            seen |= (await self.perform(visit, seen)).secrets

    async def reset_in_responsys(self) -> None:
        """Let an Account Administrator press Reset password, and leave the mail unopened."""
        user = self.integration.journal_state().known().text("add-user.login_name")
        await self.perform(password_visits(user, "", "")[0])

    async def set_in_audience(self, item: str) -> None:
        """Let a person enter the secret of `item` in CX Audience."""
        await self.perform(audience_visit(item))

    async def pass_time(self, passes: timedelta) -> None:
        """Let time pass in the sandbox; whatever is due then happens."""
        operator = self.integration.world.operator
        assert operator is not None
        until = (await operator.look(Site.CALENDAR, ("Wait until",)))["Now"]
        moment = datetime.fromisoformat(str(until)) + passes
        await self.perform(Visit(Site.CALENDAR, ("Wait until",), {"Time": moment.isoformat()}))

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret] | None = None) -> Shown:
        operator = self.integration.world.operator
        assert operator is not None
        return await operator.perform(visit, seen or {}, self.integration.world.credentials)

    def truth(self) -> dict[str, Any]:
        """Return what really happened in the sandbox."""
        info = self.running.info
        with httpx.Client(trust_env=False, headers={"X-Control-Token": info.control_token}) as client:
            told: dict[str, Any] = client.get(f"{info.control_api}/state").json()
        return told

    def refused(self) -> int:
        """Return how many logins of the integration user were refused in a row."""
        user = self.integration.journal_state().known().text("add-user.login_name")
        return int(self.truth()["responsys"]["users"][user]["refused"])


@asynccontextmanager
async def set_up(until: str = SHORT) -> AsyncIterator[Stage]:
    """Start a small sandbox and walk the steps."""
    async with launch_sandbox(SandboxOptions(people=60, screens=True)) as running:
        integration = open_sandboxed(running)
        try:
            await walk(integration, Plan({}, {}, until), lambda _: None)
            yield Stage(running, integration)
        finally:
            await integration.close()
