"""Plain mode as with the real products: nobody operates, a person types, reads the instruction, and does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cxr_tui.cli.open_integration import SANDBOX_STORE
from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.journal.store import Journal
from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions, launch_sandbox
from cxr_tui.security.hardening import os_user
from support.drivers.plain_driver import PlainDriven, plain_driven

PASSWORD = "Canary-Bird.4711-x"


class Person:
    """Somebody with both browsers open, who knows what the products show."""

    def __init__(self, running: RunningSandbox, integration: Integration, drive: PlainDriven) -> None:
        self.info = running.info
        self.integration = integration
        self.drive = drive
        self._browsers = running.operator()

    async def does_what_is_printed(self, step_id: str) -> None:
        """Make the visits of a step in the products, with the values that were printed."""
        await self.drive.type("instruction")
        printed = self.drive.text
        seen: dict[str, Value | Secret] = {}
        for visit in self.integration.visits(step_id):
            for name, typed in visit.entries.items():
                if isinstance(typed, str) and typed:
                    assert f"  {name}: {typed}\n" in printed, "each value stands on a line of its own, as it is"
            shown = await self._browsers.perform(visit, seen, self.integration.world.credentials)
            seen |= {**shown.values, **shown.secrets}


@asynccontextmanager
async def at_work() -> AsyncIterator[Person]:
    async with launch_sandbox(SandboxOptions(people=60)) as running:
        credentials = KeyringCredentials("acme", backend=running.keyring(), store_name=SANDBOX_STORE)
        integration = Integration(GUIDE, Journal(running.directory / "journal.db"), credentials, None, "acme")
        try:
            async with plain_driven(integration) as drive:
                person = Person(running, integration, drive)
                yield person
        finally:
            await integration.close()


async def test_by_hand_as_far_as_the_first_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path))
    async with at_work() as person:
        drive, info = person.drive, person.info
        assert "with the real products" in drive.text
        assert "To rehearse first, without any account: cxr-tui --plain --sandbox" in drive.text
        assert drive.offered == "Answer the questions"
        await drive.type("", "?", "", "another", "")
        assert "Do this outside the wizard, 5 screens:" in drive.text
        assert drive.offered == "Enter what you noted down"
        api_user = info.accounts[0]
        await drive.type(
            "",
            "acmeretail",
            "no url",  # refused, and asked again
            info.responsys_login,
            info.audience_api,
            "back",  # to correct the answer before
            info.audience_api,
            api_user.user_name,
            api_user.password,
            "",
            "",
        )
        assert "Not accepted" in drive.text
        assert drive.offered == "Save and check"
        await drive.type("")
        assert person.integration.states()["account"].state is State.VERIFIED
        # a service request: the questions, the part in the browser, what was brought back, one's word
        await drive.type("", "", "")
        await person.does_what_is_printed("audience-designer")
        await drive.type("", "3-38114092650", "2026-11-25")
        await drive.type("")
        assert drive.offered == "I have done this"
        await drive.type("")
        assert person.integration.states()["audience-designer"].confirmed_by == os_user()
        # the papers change nothing
        before = person.integration.journal_state().seq
        await drive.type("dry")
        assert "Save and check, step 2, would touch" in drive.text
        await drive.type("texts")
        assert "\nCreate service request in My Oracle Support\n" in drive.text
        await drive.type("texts all")
        assert drive.text.count("End of text.") > 1
        await drive.type("handover")
        assert sorted(path.suffix for path in (tmp_path / "handovers").iterdir()) == [".html", ".md"]
        assert str(tmp_path / "handovers") in drive.text
        assert person.integration.journal_state().seq == before
        # the user: what is missing is asked for, whatever else was skipped
        await drive.type("", "check")
        assert "Not saved. 1 answer to fix first." in drive.text
        await drive.type("nobody@", info.point_of_contact)
        assert "Not accepted" in drive.text
        for step_id in ("add-user", "role-assignment", "organization-assignment"):
            await person.does_what_is_printed(step_id)
            await drive.type("confirm", "")
            assert person.integration.states()[step_id].confirmed_by == os_user()
        # the person sets in the browser what they type here
        await drive.type("answer", "with + plus", "stop", "answer", PASSWORD)
        assert PASSWORD not in drive.text
        await person.integration.keep_secret("first-password", "new_password", Secret(PASSWORD))
        await person.does_what_is_printed("first-password")
        await drive.type("check")
        assert person.integration.states()["first-password"].state is State.VERIFIED
        assert person.integration.states()["add-user"].state is State.VERIFIED
        await drive.type("review all")
        assert "SR number: 3-38114092650 (typed, " in drive.text
        assert PASSWORD not in "\n".join(drive.talk.said)
        assert api_user.password not in "\n".join(drive.talk.said)
