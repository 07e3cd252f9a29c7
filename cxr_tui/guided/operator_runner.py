"""The operator's turn: all visits of one step made for the person, in a sandbox only."""

from __future__ import annotations

from math import inf

from cxr_tui.domain.answers import Value, digest
from cxr_tui.domain.finding import Finding, Outcome, Status, Verdict
from cxr_tui.domain.instruction import Carried, FileRef, Shown, Site, Visit, VisitRefusedError
from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.ports import Operator, Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Kind, Step
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import WAIT
from cxr_tui.security.file_lock import lock_within

TURNS = 4
"""How often the operator lets time pass and looks again where a step waits."""
OPERATOR_LOCK = "operator.lock"
"""Name of the file, beside the journal, that is locked while the sandbox's operator works."""
SECRET_PREFIX = "secret:"  # nosec B105  # noqa: S105 - marks where a brought value goes


async def accept_proposals(integration: Integration, step_id: str) -> None:
    """Confirm every proposed value that is in order, in one transaction; leave the others to a person."""
    proposed = {
        view.field.name: view.value
        for view in integration.form(step_id)
        if view.source == "default" and view.value is not None and view.value not in EMPTY
    }
    problems = await integration.save(step_id, proposed, source="default")
    if problems:
        await integration.save(
            step_id, {name: value for name, value in proposed.items() if name not in problems}, source="default"
        )


async def operate_and_check(
    integration: Integration, step_id: str, progress: Progress, *, only_wait: bool = False, again: bool = False
) -> Outcome:
    """Let the operator do the step's part, then check; where the step waits, let time pass and look again.

    Raises StepLockedError, VisitRefusedError, OutsideError.
    """
    for turn in range(TURNS):
        only_wait = only_wait or turn > 0
        await operate(integration, step_id, progress, only_wait=only_wait, again=again and not only_wait)
        progress("Checking")
        outcome = await integration.check(step_id, progress)
        if outcome.verdict is not Verdict.WAITING:
            break
    return outcome


async def correct_elsewhere(integration: Integration, step_id: str, progress: Progress) -> bool:
    """Let the operator do what the step's problems ask for outside it; return whether the step may stay as it is.

    That is the colleague's help, and the earlier steps that a finding names, done again.

    Raises StepLockedError, VisitRefusedError, OutsideError.
    """
    outcome = integration.states()[step_id].outcome
    problems = [one for one in outcome.findings if one.status is Status.FAIL] if outcome else []
    helped = [await ask_for_help(integration, problem) for problem in problems]
    earlier = dict.fromkeys(one.at for one in problems if one.at not in ("", step_id))
    for step in earlier:
        progress(f"Step {integration.guide.number(step)} again")
        await operate(integration, step, progress, again=True)
        await integration.check(step, progress)
    return any(helped) and not earlier and has_wait(integration, step_id)


def has_wait(integration: Integration, step_id: str) -> bool:
    """Return whether a step waits for someone else: help ends that wait, and what was done before it stays done."""
    return any(visit.site is Site.CALENDAR for visit in integration.visits(step_id))


async def ask_for_help(integration: Integration, problem: Finding) -> bool:
    """Ask the sandbox's colleague to correct what a finding names; return whether that helped."""
    operator = integration.world.operator
    if operator is None:
        return False
    question = Visit(Site.COLLEAGUE, ("Help with a finding",), {"Finding": problem.code})
    try:
        await operator.perform(question, {}, integration.world.credentials)
    except VisitRefusedError:
        return False
    return True


async def operate(
    integration: Integration, step_id: str, progress: Progress, *, only_wait: bool = False, again: bool = False
) -> None:
    """Let the sandbox's operator do the step's part in the browser and bring back what the screens show.

    With `only_wait` what was done stays done: only time passes, and what is read after it. With `again` the step
    is done once more after a failure, so passwords are chosen once more too.

    One process at a time does that: two that fill in the same screens would undo each other's work, and each
    would choose a password. What another one has done meanwhile is not done again.

    Raises StepLockedError, VisitRefusedError, OutsideError.
    """
    integration.require_open(step_id)
    was_done = integration.states()[step_id].done
    async with lock_within(integration.place.with_name(OPERATOR_LOCK), inf):
        integration.require_open(step_id)
        if was_done or not integration.states()[step_id].done:
            await _operate(integration, integration.guide.step(step_id), progress, only_wait=only_wait, again=again)


def refused(error: VisitRefusedError) -> Finding:
    """Return the finding of a visit that a screen refused."""
    return Finding(
        "screen-refused",
        Status.FAIL,
        f"{' ▸ '.join(error.visit.path)}: {visible(error.message)}",
        "The screen did not accept what was entered. What came before it on this step is done.",
        "Correct what the screen names, then do this part again.",
    )


async def _operate(
    integration: Integration, step: Step, progress: Progress, *, only_wait: bool = False, again: bool = False
) -> None:
    """Confirm what is proposed, make the visits, bring back what they show, and confirm as the operator."""
    operator = integration.world.operator
    if operator is None:
        raise RuntimeError("only a sandbox has an operator")
    await _talk_over(integration, step, operator)
    await accept_proposals(integration, step.id)
    await _make_secrets(integration, step, progress, again=again)
    seen: dict[str, Value | Secret] = {}
    made: set[str] = set()
    left = _left(integration, step, only_wait=only_wait, made=made)
    while left:
        visit = left[0]
        made.add(_place(visit))
        if visit.site is Site.CALENDAR and not only_wait and step.id not in integration.journal_state().checks:
            # Looked at before time passes, as a person would: from here on the wait counts.
            await accept_proposals(integration, step.id)
            await integration.check(step.id, progress)
        progress(" ▸ ".join(visit.path))
        shown = await operator.perform(visit, seen, integration.world.credentials)
        seen.update(shown.values)
        seen.update(shown.secrets)
        await _bring(integration, step, visit, shown)
        if visit.brings:
            await accept_proposals(integration, step.id)
        left = _left(integration, step, only_wait=only_wait, made=made)
    await accept_proposals(integration, step.id)
    await integration.confirm(step.id, by="operator")


def _left(integration: Integration, step: Step, *, only_wait: bool, made: set[str]) -> list[Visit]:
    """Return the visits still to make: what one has brought may change the entries of the next."""
    visits = integration.visits(step.id)
    if only_wait:
        first_wait = next((at for at, visit in enumerate(visits) if visit.site is Site.CALENDAR), len(visits))
        visits = visits[first_wait:]
    before = integration.journal_state().completed_visits.get(step.id, ())
    return [one for one in visits if _place(one) not in made and fingerprint(one) not in before]


def _place(visit: Visit) -> str:
    """Return which of a step's visits it is, whatever it enters."""
    return repr((visit.site, visit.path, visit.press, sorted(visit.brings)))


async def _talk_over(integration: Integration, step: Step, operator: Operator) -> None:
    """Let the operator learn what was found wrong here before, so that nothing is misread a second time."""
    for step_id, judged in integration.journal_state().checks.items():
        for finding in judged.outcome.findings:
            if finding.status is Status.FAIL and step.id in (step_id, finding.at):
                told = Visit(Site.COLLEAGUE, ("Meaning of a finding",), {"Finding": finding.code})
                await operator.perform(told, {}, integration.world.credentials)


async def _make_secrets(integration: Integration, step: Step, progress: Progress, *, again: bool) -> None:
    """Choose the passwords that the person has not typed; in a sandbox no person has to remember them."""
    for view in integration.form(step.id):
        one = view.field
        if one.kind is Kind.SECRET and not one.optional and not one.brought and (again or not view.stored):
            progress(f"Choosing: {one.label}")
            await integration.keep_secret(step.id, one.name, make_password(), source="operator")


async def _bring(integration: Integration, step: Step, visit: Visit, shown: Shown) -> None:
    values: dict[str, Value] = {}
    for label, target in visit.brings.items():
        if target.startswith(SECRET_PREFIX):
            secret = shown.secrets.get(label)
            if secret:
                field = next(one for one in step.fields if one.item == target.removeprefix(SECRET_PREFIX))
                await integration.keep_secret(step.id, field.name, secret, source="screen")
            continue
        value: Value | None = str(shown.files[label]) if label in shown.files else shown.values.get(label)
        if value is not None and value not in EMPTY:
            values[target] = value
    # a button changes something in a product, and a wait is over: such a visit is not made again
    once = visit.press or visit.site is Site.CALENDAR
    problems = await integration.save(step.id, values, source="screen", visit=fingerprint(visit) if once else "")
    if problems:
        raise VisitRefusedError(visit, "; ".join(problems.values()))


def fingerprint(visit: Visit) -> str:
    """Return a digest of what a visit enters and presses; secrets take part by the name of their item only.

    What an earlier visit of the step brought, a file above all, reads otherwise once it is saved, so it is left out.
    """
    entries = sorted(
        (label, "" if isinstance(typed, FileRef | Carried) else typed) for label, typed in visit.entries.items()
    )
    wait = WAIT if visit.site is Site.CALENDAR else ""
    return wait + digest(repr((visit.site, visit.path, entries, visit.press)))
