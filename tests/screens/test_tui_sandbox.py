"""The wizard against the embedded sandbox: all 26 steps with Enter alone, over real sockets, at 80x24."""

from __future__ import annotations

import pytest

from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.sandbox.client import SandboxOptions
from screens.test_tui_layout import assert_nothing_is_cut
from support.drivers.wizard_driver import SMALL, driven
from support.sandboxes.fresh_sandbox import fresh_sandbox

STEPS = 26
ENTERS = 3 * STEPS
"""Do it for me and Continue for every step, and a few to spare."""


def passwords_of(integration: Integration) -> tuple[str, ...]:
    return tuple(field.item for step in integration.guide.steps for field in step.fields if field.item)


@pytest.mark.sampled(0)
async def test_enter_alone_sets_everything_up_in_a_sandbox() -> None:
    async with fresh_sandbox(SandboxOptions(people=200)) as integration, driven(integration, SMALL) as drive:
        for _ in range(ENTERS):
            if integration.states()["go-live"].done:
                break
            await drive.press("enter")
            assert_nothing_is_cut(drive)
        states = integration.states()
        assert [step_id for step_id, state in states.items() if not state.done] == []
        assert states["first-password"].state is State.VERIFIED
        assert f"{STEPS} of {STEPS} steps done" in drive.lines[0]
        assert "Finish" in drive.text
        shown = drive.text
        for item in passwords_of(integration):
            if await integration.world.credentials.has(item):
                assert (await integration.world.credentials.get(item)).reveal() not in shown
