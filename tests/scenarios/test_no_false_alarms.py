"""Careful people on one sandbox, from the export job on: nobody gets an alarm (the script tries hundreds)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.domain.instruction import Site, Typed, Visit, VisitRefusedError
from cxr_tui.guide.checks.export import completeness
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.sandbox.client import SandboxOptions, launch_sandbox
from scenarios.no_false_alarms import EXPORT_ON, ZONE, Answers, alarms, answers
from support.sampling import amount

EXAMPLES = amount(daily=1, whole=12)
_BEFORE = tuple(step.id for step in GUIDE.steps if step.id not in EXPORT_ON)
_KEPT = ("external-server", "ssh2-key")
"""Done once an account; going on with another export job does not repeat them."""
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[asyncio.Runner, Integration]]:
    """Yield a sandbox with everything done before the first export job, and the loop that it lives in."""
    with asyncio.Runner() as runner, pytest.MonkeyPatch.context() as patch:
        patch.setattr(completeness, "_MOMENT", 0.05)
        sandbox = launch_sandbox(SandboxOptions(people=80, seed=7))
        integration = open_sandboxed(runner.run(sandbox.__aenter__()))
        try:
            yield runner, integration
        finally:
            runner.run(integration.close())
            runner.run(sandbox.__aexit__(None, None, None))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # the sandbox goes on from example to example, so a smaller one would be another story
    suppress_health_check=list(HealthCheck),
)
@given(told=answers())
def test_a_careful_person_gets_no_alarm(stage: tuple[asyncio.Runner, Integration], told: Answers) -> None:
    runner, integration = stage
    number = next(_numbers)
    # Jobs and files of their own: what an earlier person left behind would rightly be complained about.
    told = replace(
        told,
        job_names=(f"{number} {told.job_names[0]}", f"{number} {told.job_names[1]}"),
        file_name=f"{number}_{told.file_name}",
    )
    begun = integration.states()["ssh2-key"].outcome is not None
    steps = tuple(step for step in EXPORT_ON if not (begun and step in _KEPT))
    found = runner.run(alarms(integration, told, steps if begun else (*_BEFORE, *EXPORT_ON)))
    assert [(step, one.code, one.seen) for step, one in found] == []
    runner.run(let_expire(integration, told))


async def let_expire(integration: Integration, told: Answers) -> None:
    """Let both jobs expire today, so that they do not run on behind everybody who comes after."""
    operator = integration.world.operator
    assert operator is not None
    entries: dict[str, Typed] = {"Expiration": f"{integration.world.now().astimezone(ZONE):%Y-%m-%d}"}
    for site, name in zip((Site.RESPONSYS, Site.AUDIENCE), told.job_names, strict=True):
        visit = Visit(site, ("Data", "Connect", "Manage Connect", name, "Schedule"), entries, ("Activate",))
        with suppress(VisitRefusedError):  # a job that was to run once has nothing ahead that could expire
            await operator.perform(visit, {}, integration.world.credentials)
