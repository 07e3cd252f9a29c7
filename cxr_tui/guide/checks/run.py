"""Running the check of a step; whatever it learns, the step has to declare."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, NotDeclaredError
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.ports import Progress, World
from cxr_tui.guide.checks.sandbox_screen import compare_screens
from cxr_tui.guide.definition import Check, Step


async def run_check(step: Step, known: Known, world: World, progress: Progress) -> Outcome:
    """Return what the check of a step finds; an error that it does not expect becomes a finding.

    `known` is limited to what the step may read. NotDeclaredError: the check learned a fact that its step does not
    declare, so it would have no label.
    """
    check = Check(known, world, progress)
    try:
        outcome = await step.check(check)
    except OutsideError as error:
        check.report.unknown("could-not-look", str(error), "The check could not be completed.", "Try again.")
        outcome = check.report.verified()
    outcome = await compare_screens(check, step, outcome)
    declared = {one.name for one in step.facts}
    for name in outcome.facts:
        if name not in declared:
            raise NotDeclaredError(step.key(name))
    return outcome
