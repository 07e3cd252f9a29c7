"""Putting right in a rehearsal what was found wrong, so that the walk goes on and later faults are found too.

Everything here is what a person would do who reads the finding: show it to the colleague, press the key that is
offered, go back to the step that it names, or do the step once more. Only sandboxes have somebody who can do all that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.model.finding import Finding, Status
from cxr_tui.model.foreign import visible
from cxr_tui.model.values import Known
from cxr_tui.model.visit import Site, Visit, VisitRefusedError

if TYPE_CHECKING:
    from cxr_tui.setup.walk import Walk

ROUNDS = 16
"""More rounds than faults that anybody plants at once; each ends at another finding or is the last."""
TRIES = 2
"""How often an earlier step is done again: the first time it learns what is there already, the second corrects it."""
PATIENCE = timedelta(minutes=5)
"""How long one waits before looking again where a check could not look."""
_STOPPING = (Status.FAIL, Status.UNKNOWN)


async def mend(walk: Walk) -> None:
    """Mend and walk on until everything holds, or until mending changes nothing any more."""
    met: Counter[frozenset[tuple[str, str, str]]] = Counter()
    for _ in range(ROUNDS):
        trouble = _trouble(walk)
        met[sign := _sign(trouble)] += 1
        if not trouble or met[sign] > 2:
            return
        walk.look_first.clear()
        for step_id, findings in trouble.items():
            await _put_right(walk, step_id, findings, once_more=met[sign] > 1)
        walk.extra.clear()
        walk.setup.mended()
        await walk.through()


def _trouble(walk: Walk) -> dict[str, list[Finding]]:
    """Return what keeps the walk from going on, by step."""
    standing = walk.setup.states()
    return {
        step_id: stopping
        for step_id, findings in walk.newest().items()
        if not standing[step_id].holds and (stopping := [one for one in findings if one.status in _STOPPING])
    }


def _sign(trouble: dict[str, list[Finding]]) -> frozenset[tuple[str, str, str]]:
    return frozenset((step_id, one.code, one.seen) for step_id, findings in trouble.items() for one in findings)


async def _put_right(walk: Walk, step_id: str, findings: Sequence[Finding], *, once_more: bool) -> None:
    wrong = [one for one in findings if one.status is Status.FAIL]
    if not wrong:
        walk.progress("Waiting before looking again")
        await _visit(walk, Visit(Site.CALENDAR, ("Wait until",), {"Time": _later(walk)}))
        walk.look_first.add(step_id)
        return
    do_here = once_more
    for finding in wrong:
        walk.progress(f"Putting right: {finding.code}")
        do_here |= not await _put_right_elsewhere(walk, step_id, finding)
    await _unsay(walk, step_id)
    if not do_here:
        walk.look_first.add(step_id)


async def _put_right_elsewhere(walk: Walk, step_id: str, finding: Finding) -> bool:
    """Do what a finding asks for outside of its own step; say whether the step itself may be left as it was done."""
    helped = await _visit(walk, Visit(Site.COLLEAGUE, ("Ask for", "Help with a finding"), {"Finding": finding.code}))
    elsewhere = finding.at not in ("", step_id)
    if elsewhere:
        walk.again.add(finding.at)
    if finding.fix is not None and not helped:
        refused = await walk.setup.put_right(finding.fix)
        here = any(key.startswith(f"{step_id}.") for key in finding.fix.answers)
        elsewhere = (elsewhere or not refused) and not here
    return elsewhere and not helped


async def do_again(walk: Walk, step_id: str) -> None:
    """Do a step that holds once more, for it is there that a later fault was made."""
    setup = walk.setup
    for _ in range(TRIES):
        try:
            await setup.operate(step_id, walk.progress, anew=True)
        except VisitRefusedError as refusal:
            walk.progress(visible(refusal.message))
        setup.mended()
        outcome = await setup.check(step_id, walk.progress)
        if not any(one.status in _STOPPING for one in outcome.findings):
            break


async def _unsay(walk: Walk, step_id: str) -> None:
    """Take back what was typed for this step, in favour of what the guide proposes."""
    setup, step = walk.setup, walk.setup.guide.step(step_id)
    for name in walk.plan.answers[step_id].values if step_id in walk.plan.answers else ():
        one = step.field(name)
        proposed = one.default(Known(setup.ledger().values)) if one.default else None
        if proposed is not None:
            await setup.confirm(step_id, {name: proposed}, source="default")


async def _visit(walk: Walk, visit: Visit) -> bool:
    """Make a visit that belongs to no step; say whether it was of use."""
    operator = walk.setup.world.operator
    if operator is None:
        return False
    try:
        await operator.perform(visit, {}, walk.setup.world.credentials)
    except VisitRefusedError:
        return False
    return True


def _later(walk: Walk) -> str:
    return (walk.setup.server_time() + PATIENCE).isoformat()
