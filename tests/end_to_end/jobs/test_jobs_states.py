"""Every state of a job, as it really comes about in the sandbox: in JSON, in the table, and on the screen at 80x24."""

from __future__ import annotations

import json

import pytest

from cxr_tui.jobs.job_state import JobState
from cxr_tui.jobs.status import look
from cxr_tui.presentation.jobs import JOBS as LOOKS
from cxr_tui.presentation.jobs import document, status_lines, summary
from support.drivers.jobs_driver import SMALL, jobs_driven
from support.worlds.jobs_states import STATES, in_state


def test_every_state_has_its_scene() -> None:
    assert {scene.state for scene in STATES.values()} == set(JobState)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", STATES)
async def test_a_state_is_told_everywhere(name: str) -> None:
    scene = STATES[name]
    async with in_state(name) as stage:
        status = await look(stage)
        told = json.loads(json.dumps(document(status)))
        one = next(job for job in told["jobs"] if job["job"] == scene.kind.value)
        assert one["state"] == scene.state.value, one["reason"]
        assert one["reason"]
        assert bool(one["remedy"]) is not scene.state.healthy
        assert f"State: {LOOKS[scene.state].word}" in "\n".join(status_lines(status))
        assert scene.state.value in summary([status])
        if name == "failed":
            assert one["log"] == ["ERROR: List CUSTOMERS not found"]
        if name == "size-halved":
            assert "size-halved" in [finding["code"] for finding in one["findings"]]
        if name == "unknown":
            unseen = [piece["name"] for piece in told["evidence"] if not piece["seen"]]
            assert {"Connect runs", "exported file", "sample records"} <= set(unseen)
        async with jobs_driven(stage, SMALL) as drive:
            await drive.choose(scene.kind)
            assert LOOKS[scene.state].text in drive.text
            first = one["reason"].split()[:5]
            assert " ".join(first) in drive.words
            drive.assert_nothing_is_cut()
            assert stage.clock.failures == []
