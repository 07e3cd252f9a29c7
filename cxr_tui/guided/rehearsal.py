"""A rehearsal: a walk that fixes each problem it finds, so that it goes on and finds later ones too.

Everything here is what a person would do who reads the finding: show it to the colleague, press the key that is
offered, go back to the step that it names, or do the step once more. Only a sandbox has such an operator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from cxr_tui.domain.answers import Known
from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Site, Visit, VisitRefusedError
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Step
from cxr_tui.guided.operator_runner import ask_for_help, has_wait, operate
from cxr_tui.guided.walk import Plan, StepReport, Walk, newest, report, same
from cxr_tui.integration.integration import Integration

ROUNDS = 16
"""More rounds than faults that anybody plants at once; each ends at another finding or is the last."""
TRIES = 2
"""How often an earlier step is done again: the first time it learns what is there already, the second corrects it."""
PATIENCE = timedelta(minutes=5)
"""How long one waits before looking again where a check could not look."""
_STOPPING = (Status.FAIL, Status.UNKNOWN)


async def rehearse(integration: Integration, plan: Plan, progress: Progress) -> tuple[StepReport, ...]:
    """Walk the steps with the sandbox's operator, fix what is wrong, and report everything seen on the way."""
    under_way = Rehearsal(integration, plan, progress)
    await integration.recheck_confirmed(progress)
    await under_way.through()
    await under_way.mend()
    return report(integration, under_way.extra, {step_id: kept.values() for step_id, kept in under_way.seen.items()})


class Rehearsal(Walk):
    """A walk whose operator fixes what the checks find."""

    def __init__(self, integration: Integration, plan: Plan, progress: Progress) -> None:
        super().__init__(integration, plan, progress)
        self.seen: dict[str, dict[tuple[str, Status, str], Finding]] = {}
        """Problems and warnings that steps have shown."""
        self._again: set[str] = set()
        """Steps that hold and have to be done once more, because the fault was made there."""
        self._followed: set[tuple[str, str]] = set()
        """Warnings that were followed up, by step and code: a guess may be right, so it is looked into once."""

    async def mend(self) -> None:
        """Fix and walk on until every step is done, or until a fix changes nothing."""
        met: Counter[frozenset[tuple[str, str, str]]] = Counter()
        for _ in range(ROUNDS):
            self._note()
            trouble = self._trouble()
            met[sign := _sign(trouble)] += 1
            if not trouble or met[sign] > TRIES:
                return
            self.look_first.clear()
            for step_id, findings in trouble.items():
                await self._fix(step_id, findings, once_more=met[sign] > 1)
            self.extra.clear()
            self.integration.world.reset_gateways()
            await self.through()

    async def before(self, step: Step) -> None:
        """Do a step that is done once more where the fault was made there."""
        self._note()
        if step.id not in self._again:
            return
        self._again.discard(step.id)
        for _ in range(TRIES):
            try:
                await operate(self.integration, step.id, self.progress, again=True)
            except VisitRefusedError as refusal:
                self.progress(visible(refusal.message))
            self.integration.world.reset_gateways()
            outcome = await self.integration.check(step.id, self.progress)
            if not any(one.status in _STOPPING for one in outcome.findings):
                break

    def _note(self) -> None:
        """Keep the problems and warnings that every step shows now."""
        for step_id, findings in newest(self.integration, self.extra).items():
            kept = self.seen.setdefault(step_id, {})
            for one in findings:
                if one.status is not Status.PASS:
                    kept.setdefault(same(one), one)

    def pauses_at(self, step: Step) -> bool:
        """Say whether a step has a warning that has to be looked into first."""
        return bool(self._doubts(step.id, newest(self.integration, self.extra)[step.id]))

    def _trouble(self) -> dict[str, list[Finding]]:
        """Return what keeps the walk from going on, by step."""
        standing = self.integration.states()
        trouble = {}
        for step_id, findings in newest(self.integration, self.extra).items():
            stopping = [] if standing[step_id].done else [one for one in findings if one.status in _STOPPING]
            if found := stopping + self._doubts(step_id, findings):
                trouble[step_id] = found
        return trouble

    def _doubts(self, step_id: str, findings: Sequence[Finding]) -> list[Finding]:
        """Return the inferred warnings that were not followed up yet."""
        return [
            one
            for one in findings
            if (one.status, one.basis) == (Status.WARN, Basis.INFERRED) and (step_id, one.code) not in self._followed
        ]

    async def _fix(self, step_id: str, findings: Sequence[Finding], *, once_more: bool) -> None:
        wrong = [one for one in findings if one.status in (Status.FAIL, Status.WARN)]
        if not wrong:
            if any([await ask_for_help(self.integration, one) for one in findings if one.basis is Basis.INFERRED]):
                return
            self.progress("Waiting before looking again")
            await self._wait()
            self.look_first.add(step_id)
            return
        do_here = once_more
        for finding in wrong:
            self.progress(f"Putting right: {finding.code}")
            self._followed.add((step_id, finding.code))
            do_here |= not await self._fix_elsewhere(step_id, finding)
        await self._unsay(step_id)
        if self.integration.states()[step_id].done:
            self._again.add(step_id)
        elif not do_here:
            self.look_first.add(step_id)

    async def _fix_elsewhere(self, step_id: str, finding: Finding) -> bool:
        """Do what a finding asks for outside its step; return whether the step itself may stay as it is."""
        helped = await ask_for_help(self.integration, finding)
        elsewhere = finding.at not in ("", step_id)
        if elsewhere:
            self._again.add(finding.at)
        if finding.fix is not None and not helped:
            refused = await self.integration.apply_fix(finding.fix)
            here = any(key.startswith(f"{step_id}.") for key in finding.fix.answers)
            elsewhere = (elsewhere or not refused) and not here
        return has_wait(self.integration, step_id) if helped else elsewhere

    async def _unsay(self, step_id: str) -> None:
        """Take back what was typed for this step, in favour of what the guide proposes."""
        integration, step = self.integration, self.integration.guide.step(step_id)
        for name in self.plan.answers[step_id].values if step_id in self.plan.answers else ():
            one = step.field(name)
            proposed = one.proposal(Known(integration.journal_state().values))
            if proposed is not None:
                await integration.save(step_id, {name: proposed}, source="default")

    async def _wait(self) -> None:
        """Let time pass."""
        operator = self.integration.world.operator
        later = (self.integration.world.now() + PATIENCE).isoformat()
        if operator is not None:
            wait = Visit(Site.CALENDAR, ("Wait until",), {"Time": later})
            await operator.perform(wait, {}, self.integration.world.credentials)


def _sign(trouble: dict[str, list[Finding]]) -> frozenset[tuple[str, str, str]]:
    return frozenset((step_id, one.code, one.seen) for step_id, findings in trouble.items() for one in findings)
