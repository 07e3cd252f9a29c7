"""What can sensibly be done at a step right now: a pure function of how the step stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guide.definition import Guide
from cxr_tui.guided.overview import can_request
from cxr_tui.guided.step_view import StepView
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import Next, StepState
from cxr_tui.presentation.action_labels import LABELS
from cxr_tui.presentation.values import named_step

LONGEST_SENTENCE = 500
"""Characters of the sentence with which a person confirms a step against its findings."""


class PrimaryAction(StrEnum):
    """The sensible next thing; values are ids of the actions table."""

    JUMP = "blocker"
    OPERATE = "operate"
    CHECK = "check"
    AGAIN = "again"
    CONFIRM = "confirm"
    FIX = "fix"
    CONTINUE = "next"
    FINISH = "finish"


@dataclass(frozen=True)
class ActionContext:
    """One look at the current step; what the actions ask before they offer themselves."""

    state: StepState
    sandboxed: bool = False
    working: bool = False
    """Whether a check or the operator is at work."""
    changed: bool = False
    """Whether something was typed that is not confirmed."""
    operated: bool = False
    """Whether the operator has made this step's visits since the program started."""
    has_visits: bool = False
    has_values: bool = False
    """Whether there is something to copy."""
    has_pages: bool = False
    """Whether the step has a part in a product that a browser opens."""
    has_jobs: bool = False
    """Whether a job is set up that can be looked at."""
    has_file: bool = False
    """Whether an exported file is expected that can be read ahead of the import."""
    reads_file: bool = False
    """Whether this is a step at which reading it comes next."""
    has_secret: bool = False
    """Whether the instruction names a secret that is kept."""
    has_password: bool = False
    """Whether the integration user has a password that can be exchanged."""
    can_request: bool = False
    """Whether others can be asked for what the step needs, before its turn."""
    first: bool = False
    last: bool = False

    def allows(self, when: str) -> bool:
        """Return whether a condition holds: the name of a property, perhaps behind `not`; an empty one always does."""
        _, negated, name = when.rpartition("not ")
        return not name or bool(getattr(self, name)) is not bool(negated)

    @property
    def locked(self) -> bool:
        """Whether an earlier step must be done first."""
        return bool(self.state.blocked_by)

    @property
    def open(self) -> bool:
        """Whether the step may be worked on now."""
        return not self.locked and not self.working

    @property
    def can_operate(self) -> bool:
        """Whether the sandbox's operator can do the step's part in the browser."""
        return self.open and self.sandboxed and self.has_visits and (self.changed or not self.state.done)

    @property
    def can_confirm(self) -> bool:
        """Whether a person can confirm: always after a check, but against a hard stop; before it, a browser part."""
        outcome = self.state.current
        expected = self.has_visits if outcome is None else not outcome.hard_stop
        return self.open and expected and not self.state.done

    @property
    def can_fix(self) -> bool:
        """Whether a finding offers an answer that puts it right."""
        return self.open and self.fix is not None

    @property
    def fix(self) -> Fix | None:
        """The first fix that a finding offers; none where the entries have changed since the check."""
        return None if self.state.done or self.state.changed else first_fix(self.state.outcome)

    @property
    def overrules(self) -> bool:
        """Whether a confirmation would speak against what the check found."""
        return not self.changed and bool(self.state.against)

    @property
    def can_withdraw(self) -> bool:
        """Whether the step is done by a confirmation, which can be taken back."""
        seen = self.state.current
        rests_on_evidence = seen is not None and seen.verdict is Verdict.VERIFIED
        return self.open and self.state.done and bool(self.state.confirmed_by) and not rests_on_evidence

    @property
    def main(self) -> PrimaryAction:
        """The sensible next thing."""
        if self.locked:
            return PrimaryAction.JUMP
        if self.state.done and not self.changed:
            return PrimaryAction.FINISH if self.last else PrimaryAction.CONTINUE
        if self.fix is not None and not self.changed:
            return PrimaryAction.FIX
        if self.sandboxed and self.has_visits and (not self.operated or self.state.next is Next.FIX):
            return PrimaryAction.OPERATE
        if self.state.next is Next.CONFIRM and not self.changed:
            return PrimaryAction.CONFIRM
        if self.state.next in (Next.FIX, Next.WAIT, Next.RETRY):
            return PrimaryAction.AGAIN
        return PrimaryAction.CHECK


def primary_label(now: ActionContext, guide: Guide) -> str:
    """Return the label of the main action."""
    if now.main is PrimaryAction.JUMP:
        return f"Go to {named_step(guide, now.state.blocked_by)}"
    if now.main is PrimaryAction.FIX:
        return now.fix.label if now.fix else ""
    return LABELS[now.main]


def context_at(
    integration: Integration, step_view: StepView, *, changed: bool, operated: bool, working: bool = False
) -> ActionContext:
    """Return what can be done at the step of a view."""
    step, steps = step_view.step, integration.guide.steps
    rotation = integration.journal_state().rotations.get(RESPONSYS_PASSWORD)
    return ActionContext(
        state=step_view.state,
        sandboxed=integration.sandboxed,
        working=working,
        changed=changed,
        operated=operated,
        has_visits=bool(step_view.visits),
        has_values=bool(step_view.copyables),
        has_pages=bool(step_view.pages),
        has_jobs=_done(integration, "export-schedule"),
        has_file=_done(integration, "destination-specification"),
        reads_file=step.id in ("exported-file", "target-definition"),
        has_secret=bool(step_view.secret),
        has_password=_done(integration, "first-password") or (rotation is not None and rotation.open),
        can_request=can_request(step, step_view.state, integration.journal_state()),
        first=step is steps[0],
        last=step is steps[-1],
    )


def overrulable(state: StepState) -> tuple[Finding, ...]:
    """Return the findings that a person may confirm a step against; none where going on does harm."""
    outcome = state.current
    if outcome is None or outcome.hard_stop or state.done or state.blocked_by:
        return ()
    return outcome.against


def first_fix(outcome: Outcome | None) -> Fix | None:
    """Return the first answer that would put a finding right, those of failures before the others."""
    findings = outcome.findings if outcome else ()
    ordered = sorted(findings, key=lambda finding: finding.status is not Status.FAIL)
    return next((finding.fix for finding in ordered if finding.fix), None)


def _done(integration: Integration, step_id: str) -> bool:
    state = integration.states().get(step_id)
    return state is not None and state.done
