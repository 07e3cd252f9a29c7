"""The dry run of a rotation: every stage on paper, each with what begins it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cxr_tui.domain.secret import Secret
from cxr_tui.dry_run.exploring import Plan, explore, quiet
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.guide.forms.schedule import read_schedule
from cxr_tui.integration.rotation_state import Stage
from cxr_tui.rotation.managed_secrets import ManagedSecret
from cxr_tui.rotation.sandbox_driver import operate
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.status import RotationStatus

MOST_STAGES = 8

RotationAct = Callable[[RotationService], Awaitable[RotationStatus]]


async def plan_rotation(
    integration: PaperIntegration, secret: ManagedSecret, own: Secret | None = None, *, back: bool = False
) -> list[tuple[str, Plan]]:
    """Return what each part of a rotation would touch, with when it happens; `back` begins with giving up."""
    rotation = integration.journal_state().rotations.get(secret.item)
    parts: list[tuple[str, Plan]] = []
    if back:
        parts.append(await _part(integration, secret, "Now", lambda service: service.abort()))
        rotation = integration.journal_state().rotations.get(secret.item)
        if rotation is None or not rotation.open:
            return parts
    if rotation is None or not rotation.open:
        parts.append(await _part(integration, secret, "Now", lambda service: service.begin(own)))
    if integration.sandboxed:
        parts.append(await _part(integration, secret, "Then, with the operator", operate))
        return parts
    for _ in range(MOST_STAGES):
        rotation = integration.journal_state().rotations.get(secret.item)
        if rotation is None or not rotation.open:
            break
        todo = RotationService(integration, secret).status().todo
        when = f"After “{todo.title}”: --resume" if todo else "--resume"
        if rotation.stage is Stage.PROMOTED:
            _let_a_job_run(integration)
        parts.append(await _part(integration, secret, when, lambda service: service.resume()))
        if integration.journal_state().rotations.get(secret.item) == rotation:
            break
    return parts


async def _part(integration: PaperIntegration, secret: ManagedSecret, when: str, act: RotationAct) -> tuple[str, Plan]:
    plan = Plan()

    async def on(one: PaperIntegration) -> RotationStatus:
        return await act(RotationService(one, secret, quiet))

    await explore(plan, integration, "", on)
    return when, plan


def _let_a_job_run(integration: PaperIntegration) -> None:
    for step_id in ("export-schedule", "import-schedule"):
        try:
            slot = read_schedule(integration.journal_state().known(), step_id).next_slot(integration.server_time())
        except ValueError:
            continue
        if slot is not None:
            integration.clock.reach(slot.end)
