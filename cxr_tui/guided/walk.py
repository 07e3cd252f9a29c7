"""The headless twin of the wizard: every step in order, from answers, without a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import StoreUnusableError
from cxr_tui.domain.finding import Finding, Status, Verdict
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.recognition import recognise
from cxr_tui.guide.definition import Field, Kind, Step
from cxr_tui.guided.action_context import overrulable
from cxr_tui.guided.operator_runner import accept_proposals, has_wait, operate_and_check, refused
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import Next, State
from cxr_tui.presentation.values import state_sentence


@dataclass(frozen=True)
class StepAnswers:
    """What is answered for one step, and whether a person confirms that its browser part is done."""

    values: Mapping[str, Value] = field(default_factory=dict)
    confirmed: bool = False
    overrule: str = ""
    """Why the step is confirmed whatever its check finds, in a person's sentence."""
    outdated: bool = False
    """Whether the file says `attested`, as files for version 0.1 do."""


@dataclass(frozen=True)
class StepReport:
    """How one step of a walk ended."""

    id: str
    state: State
    findings: tuple[Finding, ...] = ()
    next: Next = Next.NOTHING
    overruled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a walk works from."""

    answers: Mapping[str, StepAnswers]
    secrets: Mapping[str, Secret]
    """By keyring item."""
    until: str = ""
    """Last step to walk; nothing: all."""


class Walk:
    """One walk over the steps of an open integration: what has been done in it, and what has been seen.

    The browser part is done by the sandbox's operator, with the real products by a person before this run: the answers
    say for which steps.
    """

    def __init__(self, integration: Integration, plan: Plan, progress: Progress) -> None:
        self.integration = integration
        self.plan = plan
        self.progress = progress
        self.look_first: set[str] = set()
        """Steps that failed and may pass now, because something was fixed elsewhere."""
        self.tried: set[str] = set()
        """Steps that were answered and done in this walk; doing one again is done afresh."""
        self.extra: dict[str, tuple[Finding, ...]] = {}
        """Newest findings that the journal cannot have, by step."""

    async def through(self) -> None:
        """Take the steps in order until one is not done; steps done and not answered otherwise are left alone."""
        integration = self.integration
        for number, step in enumerate(integration.guide.steps, 1):
            await self.before(step)
            if not integration.states()[step.id].done or self._answered(step):
                self.progress(f"{number:>2} {step.title}")
                self.extra[step.id] = await self._take(step)
            standing = integration.states()
            refused = any(one.status is Status.FAIL for one in self.extra.get(step.id, ()))
            if (
                refused
                or self.pauses_at(step)
                or step.id == self.plan.until
                or not all(standing[one.id].done for one in integration.guide.steps[:number])
            ):
                break

    def _answered(self, step: Step) -> bool:
        """Say whether this walk brings something for a step, and has not tried it yet."""
        told = self.plan.answers.get(step.id)
        items = {one.item for one in step.fields if one.item}
        return step.id not in self.tried and bool((told and told.values) or items & self.plan.secrets.keys())

    async def before(self, step: Step) -> None:
        """Do what has to be done before a step is looked at; on a plain walk that is nothing."""

    def pauses_at(self, step: Step) -> bool:
        """Say whether to stop at a step that is done; a plain walk does not."""
        return False

    async def _take(self, step: Step) -> tuple[Finding, ...]:
        """Answer, do or confirm, and check one step; return findings that the journal cannot have."""
        integration, progress = self.integration, self.progress
        afresh = step.id in self.tried
        told = StepAnswers() if afresh else self.plan.answers.get(step.id, StepAnswers())
        self.tried.add(step.id)
        problems = await integration.save(step.id, told.values, source="file") if told.values else {}
        if problems:
            return tuple(_refused_answer(step, name, text) for name, text in problems.items())
        secret_trouble = await self._keep_secrets(step)
        if secret_trouble or integration.states()[step.id].done:
            return secret_trouble
        if integration.states()[step.id].state is State.STALE or step.id in self.look_first:
            # What was done on the screens may well do, so look before doing it again.
            if step.id in self.look_first and has_wait(integration, step.id):
                looked = await operate_and_check(integration, step.id, progress, only_wait=True)
            else:
                looked = await integration.check(step.id, progress)
            if integration.states()[step.id].done or (
                step.id in self.look_first and looked.verdict in (Verdict.FAILED, Verdict.UNKNOWN)
            ):
                return ()
        try:
            if integration.sandboxed:
                waits = integration.states()[step.id].state is State.WAITING
                outcome = await operate_and_check(integration, step.id, progress, only_wait=waits, again=afresh)
            else:
                await accept_proposals(integration, step.id)
                if told.confirmed:
                    await integration.confirm(step.id)
                outcome = await integration.check(step.id, progress)
            findings = outcome.findings if outcome.verdict is Verdict.UNKNOWN else ()
        except VisitRefusedError as refusal:
            findings = await self._explain_refusal(step, refusal)
        if told.overrule and overrulable(integration.states()[step.id]):
            await integration.confirm(step.id, sentence=told.overrule)
        return findings

    async def _explain_refusal(self, step: Step, refusal: VisitRefusedError) -> tuple[Finding, ...]:
        """Let the check name the cause; report the screen's message only if the check knows none."""
        finding = refused(refusal)
        self.progress(finding.seen)
        outcome = await self.integration.check(step.id, self.progress)
        if outcome.verdict is Verdict.FAILED:
            return ()
        known = [
            replace(one.message.cause.finding(finding.seen), status=Status.FAIL) for one in recognise(refusal.message)
        ]
        if known:  # as a person learns who types what the screen says
            return tuple(known)
        return (finding, *(outcome.findings if outcome.verdict is Verdict.UNKNOWN else ()))

    async def _keep_secrets(self, step: Step) -> tuple[Finding, ...]:
        """Store given secrets in the keyring, and note those that are already stored."""
        integration, credentials = self.integration, self.integration.world.credentials
        for view in integration.form(step.id):
            one, secret = view.field, self.plan.secrets.get(view.field.item)
            if one.kind is not Kind.SECRET or (view.stored and secret is None):
                continue
            try:
                if secret is None:
                    if not one.brought and await credentials.has(one.item):
                        await integration.note_secret(step.id, one.name)
                elif one.item in integration.journal_state().rotations and await credentials.has(one.item):
                    # A rotation may have chosen the stored one since, and then it exists nowhere else.
                    if await credentials.get(one.item) != secret:
                        return (_kept(one),)
                elif wrong := await integration.keep_secret(step.id, one.name, secret, source="stdin"):
                    return (_refused_answer(step, one.name, wrong),)
            except StoreUnusableError as error:
                why = "Secrets go nowhere else."
                return (Finding("store-unusable", Status.UNKNOWN, visible(str(error)), why, ""),)
        return ()


async def walk(integration: Integration, plan: Plan, progress: Progress) -> tuple[StepReport, ...]:
    """Walk the steps in order until one is not done, and report on every step of the guide.

    A step that is done, with these answers, is left alone, so that a walk can be repeated until it arrives.
    """
    under_way = Walk(integration, plan, progress)
    await integration.recheck_confirmed(progress)
    await under_way.through()
    return report(integration, under_way.extra)


_SAID = (Status.FAIL, Status.UNKNOWN)
_OPEN_STEP = "Open this step in the wizard, check it, and confirm it if it is as shown."


def report(
    integration: Integration,
    extra: Mapping[str, tuple[Finding, ...]] | None = None,
    past: Mapping[str, Iterable[Finding]] | None = None,
) -> tuple[StepReport, ...]:
    """Return every step with its state, its newest findings, and before them those of the past that it has no more."""
    result = []
    states = integration.states()
    for step_id, findings in newest(integration, extra or {}).items():
        standing = states[step_id]
        unsaid = standing.outcome is not None and not any(one.status in _SAID for one in findings)
        if past is not None:
            shown = {same(one) for one in findings}
            findings = (*(one for one in past.get(step_id, ()) if same(one) not in shown), *findings)
        elif unsaid and standing.state in (State.STALE, State.DRAFT):
            reason = state_sentence(integration.guide, standing)
            findings = (*findings, Finding("check-again", Status.UNKNOWN, reason, remedy=_OPEN_STEP))
        result.append(StepReport(step_id, standing.state, findings, standing.next, standing.overruled))
    return tuple(result)


def same(finding: Finding) -> tuple[str, Status, str]:
    """Return what two findings have in common that are the same to a person."""
    return finding.code, finding.status, finding.seen


def newest(integration: Integration, extra: Mapping[str, tuple[Finding, ...]]) -> dict[str, tuple[Finding, ...]]:
    """Return the newest findings of every step that is not locked, with those that the journal cannot have."""
    result: dict[str, tuple[Finding, ...]] = {}
    for step_id, standing in integration.states().items():
        seen = standing.inconclusive or standing.outcome
        findings = seen.findings if seen and standing.state is not State.LOCKED else ()
        result[step_id] = (*findings, *(one for one in extra.get(step_id, ()) if one not in findings))
    return result


def _kept(one: Field) -> Finding:
    return Finding(
        "secret-not-taken",
        Status.FAIL,
        f"{one.label}: the keyring holds another one than standard input gave; it was not replaced.",
        "It was rotated here, so the stored one may be newer and exist nowhere else.",
        "Leave it out of standard input. To replace it, enter it in the wizard, or run cxr-tui rotate.",
    )


def _refused_answer(step: Step, name: str, text: str) -> Finding:
    one = step.field(name)
    why = "The step cannot go on with this answer, and nothing was done on a screen with it."
    return Finding("answer-refused", Status.FAIL, f"{one.label}: {text}", why, "Enter another value.")
