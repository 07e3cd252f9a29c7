"""The headless twin of the wizard: every step in order, from answers, without a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from cxr_tui.guide.step import Kind, Step
from cxr_tui.journal.gate import State
from cxr_tui.model.errors import StoreUnusableError
from cxr_tui.model.finding import Finding, Outcome, Status, Verdict
from cxr_tui.model.foreign import visible
from cxr_tui.model.ports import Progress
from cxr_tui.model.secret import Secret
from cxr_tui.model.values import Value
from cxr_tui.model.visit import VisitRefusedError
from cxr_tui.setup.proposals import accept_proposals
from cxr_tui.setup.session import Setup

TURNS = 4
"""How often a waiting step is looked at again after the operator has let time pass."""


class Browser(Enum):
    """Who does the browser part of a headless walk."""

    OPERATOR = auto()
    """The sandbox's operator."""
    DONE_BEFORE = auto()
    """A person, before this run; the answers say for which steps."""


@dataclass(frozen=True)
class StepAnswers:
    """What is answered for one step, and whether somebody gives their word that its browser part is done."""

    values: Mapping[str, Value] = field(default_factory=dict)
    attested: bool = False


@dataclass(frozen=True)
class StepReport:
    """How one step of a walk ended."""

    id: str
    state: State
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a walk works from."""

    answers: Mapping[str, StepAnswers]
    secrets: Mapping[str, Secret]
    """By keyring item."""
    browser: Browser
    until: str = ""
    """Last step to walk; nothing: all."""


async def walk(setup: Setup, plan: Plan, progress: Progress) -> tuple[StepReport, ...]:
    """Walk the steps in order until one does not hold, and report on every step of the guide.

    What holds already is left alone, so that a walk can be repeated until it arrives.
    """
    extra: dict[str, tuple[Finding, ...]] = {}
    await setup.catch_up(progress)
    for step in setup.guide.steps:
        if not setup.states()[step.id].holds:
            progress(f"{setup.guide.number(step.id):>2} {step.title}")
            extra[step.id] = await _take(setup, step, plan, progress)
        if not all(setup.states()[one.id].holds for one in setup.guide.steps[: setup.guide.number(step.id)]):
            break
        if step.id == plan.until:
            break
    return report(setup, extra)


def report(setup: Setup, extra: Mapping[str, tuple[Finding, ...]] | None = None) -> tuple[StepReport, ...]:
    """Return every step with its state and newest findings."""
    result = []
    for step_id, standing in setup.states().items():
        seen = standing.unseen or standing.outcome
        findings = seen.findings if seen and standing.state is not State.LOCKED else ()
        result.append(StepReport(step_id, standing.state, (*findings, *(extra or {}).get(step_id, ()))))
    return tuple(result)


async def _take(setup: Setup, step: Step, plan: Plan, progress: Progress) -> tuple[Finding, ...]:
    """Answer, do or attest, and check one step; return findings that the journal cannot have."""
    told = plan.answers.get(step.id, StepAnswers())
    problems = await setup.confirm(step.id, told.values, source="file") if told.values else {}
    if problems:
        return tuple(
            Finding("answer-refused", Status.FAIL, f"{name}: {text}", "The step cannot go on.", "Correct the answer.")
            for name, text in problems.items()
        )
    secret_trouble = await _keep_secrets(setup, step, plan)
    if secret_trouble:
        return secret_trouble
    if setup.states()[step.id].state is State.STALE:
        # It held before: what was done on the screens may well do, so look before doing it again.
        await setup.check(step.id, progress)
        if setup.states()[step.id].holds:
            return ()
    if plan.browser is Browser.DONE_BEFORE:
        await accept_proposals(setup, step.id)
        if told.attested:
            await setup.attest(step.id)
        outcome = await setup.check(step.id, progress)
        return outcome.findings if outcome.verdict is Verdict.UNKNOWN else ()
    return await _take_with_operator(setup, step, progress)


async def _take_with_operator(setup: Setup, step: Step, progress: Progress) -> tuple[Finding, ...]:
    outcome: Outcome | None = None
    was_waiting = setup.states()[step.id].state is State.WAITING
    for turn in range(TURNS):
        try:
            await setup.operate(step.id, progress, only_wait=was_waiting or turn > 0)
        except VisitRefusedError as refusal:
            return await _explain_refusal(setup, step, refusal, progress)
        outcome = await setup.check(step.id, progress)
        if outcome.verdict is not Verdict.WAITING:
            break
    return outcome.findings if outcome is not None and outcome.verdict is Verdict.UNKNOWN else ()


async def _explain_refusal(
    setup: Setup, step: Step, refusal: VisitRefusedError, progress: Progress
) -> tuple[Finding, ...]:
    """Let the check name the cause; only where it knows none, what the screen said stands for itself."""
    outcome = await setup.check(step.id, progress)
    if outcome.verdict is Verdict.FAILED:
        return ()
    said = f"{' ▸ '.join(refusal.visit.path)}: {visible(refusal.message)}"
    refused = Finding(
        "screen-refused",
        Status.FAIL,
        said,
        "The screen did not accept what was entered, so the step is not done.",
        "Correct what the screen names and do this part again.",
    )
    return (refused, *(outcome.findings if outcome.verdict is Verdict.UNKNOWN else ()))


async def _keep_secrets(setup: Setup, step: Step, plan: Plan) -> tuple[Finding, ...]:
    """Put handed-in secrets into the keyring, and note those that lie there already."""
    for view in setup.form(step.id):
        one = view.field
        if one.kind is not Kind.SECRET or view.stored:
            continue
        secret = plan.secrets.get(one.item)
        try:
            if secret is None and not one.brought and await setup.world.credentials.has(one.item):
                secret = await setup.world.credentials.get(one.item)
            if secret is None:
                continue
            wrong = await setup.keep_secret(step.id, one.name, secret, source="stdin")
        except StoreUnusableError as error:
            return (Finding("store-unusable", Status.UNKNOWN, visible(str(error)), "Secrets go nowhere else.", ""),)
        if wrong:
            return (Finding("answer-refused", Status.FAIL, f"{one.label}: {wrong}", "", "Choose another."),)
    return ()
