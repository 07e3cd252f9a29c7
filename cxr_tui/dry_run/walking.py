"""Dry runs of whole commands: a walk over the steps, checks of what is set up, one act at one step."""

from __future__ import annotations

from collections.abc import Sequence

from cxr_tui.domain.finding import Finding
from cxr_tui.dry_run.exploring import Act, Plan, explore, quiet
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.guide.definition import Step
from cxr_tui.guided import walk


async def plan_walk(integration: PaperIntegration, answers: walk.Plan) -> Plan:
    """Return what `apply` would touch, up to where it would stop at best."""
    plan = Plan()
    under_way = PaperWalk(integration, answers, plan)
    plan.add(integration, "")
    await explore(plan, integration, "", lambda one: one.catch_up(quiet))
    await under_way.through()
    plan.stops = _stop(integration, under_way, answers.until)
    return plan


async def plan_checks(integration: PaperIntegration, steps: Sequence[Step]) -> Plan:
    """Return what `check` would touch when it looks at these steps side by side."""
    plan = Plan()
    await explore(plan, integration, "", lambda one: one.recheck(steps, quiet))
    return plan


async def plan_act(integration: PaperIntegration, step_id: str, act: Act) -> Plan:
    """Return what one act at a step would touch; `stops` says what keeps it from being done."""
    plan = Plan()
    standing = integration.states()[step_id]
    if standing.blocked_by:
        plan.stops = f"Nothing is done here: {standing.reason}"
        return plan
    plan.add(integration, step_id)
    await explore(plan, integration, step_id, act)
    return plan


class PaperWalk(walk.Walk):
    """The walk of `apply`, each of its steps found out before it is taken."""

    def __init__(self, integration: PaperIntegration, answers: walk.Plan, plan: Plan) -> None:
        super().__init__(integration, answers, quiet)
        self._paper = integration
        self._found = plan

    async def _take(self, step: Step) -> tuple[Finding, ...]:
        taken: list[tuple[Finding, ...]] = []
        tried, look_first = set(self.tried), set(self.look_first)

        async def act(integration: PaperIntegration) -> None:
            if integration is self._paper:
                taken.append(await super(PaperWalk, self)._take(step))
                return
            other = walk.Walk(integration, self.plan, quiet)
            other.tried, other.look_first = set(tried), set(look_first)
            await other._take(step)

        await explore(self._found, self._paper, step.id, act)
        return taken[0] if taken else ()


def _stop(integration: PaperIntegration, under_way: PaperWalk, until: str) -> str:
    standing = integration.states()
    for step in integration.guide.steps:
        if not standing[step.id].done:
            state = standing[step.id]
            why = [one.seen for one in under_way.extra.get(step.id, ())] or [state.reason]
            return f"At best it would stop at step {integration.guide.number(step.id)}, {step.title}: {' '.join(why)}"
        if step.id == until:
            break
    return ""
