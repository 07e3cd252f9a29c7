"""Each kind of clean rehearsal is done to the end, and says truly what each step stands on."""

from __future__ import annotations

import pytest

from cxr_tui.domain.finding import Status, Verdict
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided.rehearsal import rehearse
from cxr_tui.guided.walk import Plan
from cxr_tui.journal.gate import State, StepState
from cxr_tui.sandbox.client import SandboxOptions
from scenarios.rehearsed_states import OWN, STANDS_ON, WORD
from support.sandboxes.fresh_sandbox import fresh_sandbox


def stands_on(standing: StepState) -> str:
    assert standing.done, (standing.id, standing.next)
    if standing.state is State.CONFIRMED:
        return WORD
    assert standing.outcome is not None
    return OWN if standing.outcome.verdict is Verdict.VERIFIED else GUIDE.step(standing.id).verified_by


@pytest.mark.sampled(1)
@pytest.mark.parametrize("kind", ["default", "bare", "screens"])
async def test_every_step_is_done_and_stands_on_what_the_table_says(kind: str) -> None:
    async with fresh_sandbox(SandboxOptions(people=60, bare=kind == "bare", screens=kind == "screens")) as integration:
        reports = await rehearse(integration, Plan({}, {}), lambda _: None)
        standing = {one.id: stands_on(one) for one in integration.states().values()}
    assert standing == {step_id: both[kind == "bare"] for step_id, both in STANDS_ON.items()}
    alarms = {one.code for report in reports for one in report.findings if one.status in (Status.FAIL, Status.WARN)}
    assert alarms == set()
    assert all(report.overruled == () for report in reports)
