"""The actions behind the keys, as coroutines over an integration: save, check, operate, confirm, fix. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Kind
from cxr_tui.guided.operator_runner import operate_and_check, refused
from cxr_tui.integration.form import EMPTY
from cxr_tui.integration.integration import HardStopError, Integration
from cxr_tui.journal.gate import State, StepState

LONGEST_SENTENCE = 500
"""Characters of the sentence with which a person confirms a step against its findings."""


@dataclass(frozen=True)
class FormData:
    """The entries of a step's form."""

    typed: Mapping[str, Value] = field(default_factory=dict)
    """Values that a person typed and did not save."""
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    """Secrets typed just now; an empty one stands for a secret that is needed and nowhere yet."""


@dataclass(frozen=True)
class ActionResult:
    """How it ended, as far as the journal cannot say it."""

    step_id: str
    """Where it ended; another step than the one it began at when that one came to need attention."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a field, by name."""
    trouble: tuple[Finding, ...] = ()
    """What a screen or the keyring refused."""
    written: bool = True
    """Whether what was typed is in the journal now."""
    overrulable: tuple[Finding, ...] = ()
    """What a person may confirm the step against, with a sentence."""

    @property
    def smooth(self) -> bool:
        """Whether nothing has to be shown besides the journal."""
        return not self.problems and not self.trouble


async def save_and_check(integration: Integration, step_id: str, entry: FormData, progress: Progress) -> ActionResult:
    """Save the form's entries, then check the step."""
    progress("Writing the answers")
    problems = await _keep(integration, step_id, entry.secrets)
    problems |= await integration.save_form(step_id, entry.typed)
    if problems:
        return ActionResult(step_id, problems, written=False)
    progress("Checking")
    return _after(integration, step_id, await integration.check(step_id, progress))


async def confirm(integration: Integration, step_id: str, entry: FormData, progress: Progress) -> ActionResult:
    """Save and check, then record the confirmation; where findings are against the step, return them instead."""
    ended = await save_and_check(integration, step_id, entry, progress)
    state = integration.states()[step_id]
    if not ended.smooth or state.done or state.blocked_by or state.current is None:
        return ended
    if state.current.verdict is Verdict.CONFIRMABLE:
        await integration.confirm(step_id)
        return ended
    return replace(ended, overrulable=overrulable(state))


def overrulable(state: StepState) -> tuple[Finding, ...]:
    """Return the findings that a person may confirm a step against; none where going on does harm."""
    outcome = state.current
    if outcome is None or outcome.hard_stop or state.done or state.blocked_by:
        return ()
    return outcome.against


async def overrule(integration: Integration, step_id: str, read: Sequence[Finding], sentence: str) -> ActionResult:
    """Confirm a step against the findings that the person has read; return those of a newer check instead."""
    now = overrulable(integration.states()[step_id])
    if {(one.code, one.same_as) for one in now} <= {(one.code, one.same_as) for one in read}:
        try:
            await integration.confirm(step_id, sentence=sentence)
        except HardStopError:
            return ActionResult(step_id, written=False)  # a newer check found it; the step says so
        return ActionResult(step_id, written=False)
    return ActionResult(step_id, written=False, overrulable=now)


async def withdraw(integration: Integration, step_id: str) -> ActionResult:
    """Take a confirmation back."""
    await integration.withdraw(step_id)
    return ActionResult(step_id, written=False)


async def run_operator(integration: Integration, step_id: str, entry: FormData, progress: Progress) -> ActionResult:
    """Confirm what was typed, let the sandbox's operator do the browser part, then check.

    The operator confirms proposed values itself and brings back what is read off a screen. Where the step waits for
    a person, it lets time pass and looks again.
    """
    problems = await _keep(integration, step_id, {name: secret for name, secret in entry.secrets.items() if secret})
    if not problems:
        problems = await integration.save(step_id, entry.typed)
    if problems:
        return ActionResult(step_id, problems, written=False)
    try:
        outcome = await operate_and_check(integration, step_id, progress)
    except VisitRefusedError as error:
        return ActionResult(step_id, trouble=(refused(error),))
    except OutsideError as error:
        return ActionResult(step_id, trouble=(_unreachable(error),))
    return _after(integration, step_id, outcome)


async def apply_fix(integration: Integration, step_id: str, fix: Fix, progress: Progress) -> ActionResult:
    """Take over the answers that a finding offers, then check again from the first step they touch to this one."""
    progress(fix.label)
    problems = await integration.apply_fix(fix)
    if problems:
        own = {key.removeprefix(f"{step_id}."): text for key, text in problems.items()}
        return ActionResult(step_id, own, written=False)
    order = [step.id for step in integration.guide.steps]
    touched = [order.index(key.partition(".")[0]) for key in fix.answers]
    here = order.index(step_id)
    for at in order[min([*touched, here]) : here + 1]:
        state = integration.states()[at]
        if state.blocked_by:
            return ActionResult(state.blocked_by, written=False)
        if state.done:
            continue
        progress(f"Step {integration.guide.number(at)}, {integration.guide.step(at).title}")
        await integration.check(at, progress)
        if not integration.states()[at].done:
            return ActionResult(at, written=False)
    return ActionResult(step_id, written=False)


async def recheck_waiting(integration: Integration) -> None:
    """Check the step that waits for another person, if there may be an answer by now; every later step is locked."""
    step_id = integration.current()
    state = integration.states()[step_id]
    until = state.waiting.until if state.waiting else None
    if state.state is State.WAITING and (until is None or until <= integration.server_time()):
        with one_command(by_person=False):
            await integration.check(step_id, _quiet)


def _quiet(_: str) -> None:
    """Report no progress."""


async def _keep(integration: Integration, step_id: str, secrets: Mapping[str, Secret]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name, secret in secrets.items():
        try:
            problem = await integration.keep_secret(step_id, name, secret)
        except OutsideError as error:
            problem = str(error)
        if problem:
            problems[name] = problem
    return problems


def _after(integration: Integration, step_id: str, outcome: Outcome) -> ActionResult:
    """Name what is still empty: a check that finds nothing to look at says so and writes nothing."""
    if outcome.verdict is not Verdict.UNKNOWN:
        return ActionResult(step_id)
    empty = {
        view.field.name: view.field.needed
        for view in integration.form(step_id)
        if not view.field.optional
        and not view.field.origin
        and (not view.stored if view.field.kind is Kind.SECRET else view.value in EMPTY)
    }
    return ActionResult(step_id, empty)


def _unreachable(error: OutsideError) -> Finding:
    return Finding(
        "operator-stopped", Status.UNKNOWN, visible(str(error)), "The operator could not go on.", "Try again."
    )
