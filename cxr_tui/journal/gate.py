"""The gate: a pure function from guide and journal to the state of every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from cxr_tui.journal.ledger import Judged, Ledger
from cxr_tui.model.finding import Outcome, Status, Verdict, Waiting
from cxr_tui.model.values import digest


class State(StrEnum):
    """How a step stands (design, words)."""

    LOCKED = "locked"
    READY = "ready"
    DRAFT = "draft"
    WAITING = "waiting"
    FAILED = "failed"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    STALE = "stale"


class GatedStep(Protocol):
    """What the gate has to know of a step."""

    @property
    def id(self) -> str:
        """The step's fixed id."""

    @property
    def title(self) -> str:
        """The screen's name."""

    def own_keys(self) -> tuple[str, ...]:
        """Return the keys of all values that its check rests on; `*` stands for every answer."""

    def field_keys(self) -> tuple[str, ...]:
        """Return the keys of its own fields."""


@dataclass(frozen=True)
class StepState:
    """How one step stands, why, and on what evidence."""

    id: str
    state: State
    reason: str
    """One sentence."""
    blocked_by: str = ""
    """Id of the first earlier step that does not hold; then this one can be read, not confirmed or checked."""
    outcome: Outcome | None = None
    """Newest check that could look, also when stale; else the newest that could not."""
    unseen: Outcome | None = None
    """A newer check that could not look."""
    waiting: Waiting | None = None
    confirmed_by: str = ""

    @property
    def done(self) -> bool:
        """Whether later steps may rest on it."""
        return self.state in (State.VERIFIED, State.CONFIRMED)


def basis(step: GatedStep, ledger: Ledger) -> dict[str, str]:
    """Return the digests of the values that a check or confirmation of this step rests on right now.

    Facts that the step itself learns are left out: a check does not rest on its own result.
    """
    fields = set(step.field_keys())
    keys: set[str] = set()
    for key in step.own_keys():
        if key == "*":
            keys.update(ledger.answered)
        elif key in fields or not key.startswith(f"{step.id}."):
            keys.add(key)
    return {key: digest(ledger.values.get(key)) for key in sorted(keys)}


def states(steps: Sequence[GatedStep], ledger: Ledger) -> dict[str, StepState]:
    """Return the state of every step, in order.

    A step that does not hold locks all later ones that do not hold either. One that held before keeps saying so, or
    says `stale`, but nobody can work on it until everything before it holds again.
    """
    result: dict[str, StepState] = {}
    blocker: GatedStep | None = None
    titles = {step.id: step.title for step in steps}
    for step in steps:
        own = _own_state(step, ledger, titles)
        if blocker is not None:
            own = replace(own, blocked_by=blocker.id)
            if not own.done and own.state is not State.STALE:
                own = replace(own, state=State.LOCKED, reason=f"Locked until {blocker.title} holds.")
        elif not own.done:
            blocker = step
        result[step.id] = own
    return result


def _own_state(step: GatedStep, ledger: Ledger, titles: Mapping[str, str]) -> StepState:
    now = basis(step, ledger)
    judged = ledger.judged.get(step.id)
    confirmed = ledger.confirmed.get(step.id)
    if judged is None:
        if any(key in ledger.answered for key in step.field_keys()) or confirmed:
            return StepState(step.id, State.DRAFT, "Answered, not checked yet.")
        return StepState(step.id, State.READY, "Open.")
    unseen = ledger.unseen.get(step.id)
    common = StepState(
        step.id,
        State.DRAFT,
        "",
        outcome=judged.outcome,
        unseen=unseen.outcome if unseen else None,
        confirmed_by=confirmed.by if confirmed else "",
    )
    word_given = confirmed is not None and dict(confirmed.basis) == now
    verdict = judged.outcome.verdict
    if dict(judged.basis) != now:
        held = verdict is Verdict.VERIFIED or (verdict is Verdict.CONFIRMABLE and confirmed is not None)
        changed = ", ".join(sorted(key for key in {*judged.basis, *now} if judged.basis.get(key) != now.get(key)))
        if held:
            return replace(common, state=State.STALE, reason=f"Held before; since then changed: {changed}.")
        return replace(common, reason=f"Changed since the last check: {changed}.")
    later = titles.get(judged.outcome.verified_later, "")
    return _judged_state(common, judged, ledger, word_given=word_given, later=later)


def _judged_state(common: StepState, judged: Judged, ledger: Ledger, *, word_given: bool, later: str) -> StepState:
    outcome = judged.outcome
    when = f"{judged.at:%Y-%m-%d %H:%M} UTC"
    match outcome.verdict:
        case Verdict.VERIFIED:
            return replace(common, state=State.VERIFIED, reason=f"Evidence seen {when}.")
        case Verdict.CONFIRMABLE if word_given:
            whose = "The operator's word" if common.confirmed_by == "operator" else "A person's word"
            evidence = f"evidence follows at {later}" if later else "no evidence can be had here"
            return replace(common, state=State.CONFIRMED, reason=f"{whose}; {evidence}.")
        case Verdict.CONFIRMABLE:
            return replace(common, reason="The values are in order. Say so once it is done on the screen.")
        case Verdict.WAITING:
            waiting = outcome.waiting
            if waiting is not None:
                waiting = replace(waiting, since=ledger.waiting_since.get(common.id, judged.at))
            return replace(
                common,
                state=State.WAITING,
                waiting=waiting,
                reason=f"Waiting for {waiting.on}; usual: {waiting.usual}." if waiting else "Waiting.",
            )
        case Verdict.FAILED:
            wrong = sum(finding.status is Status.FAIL and not finding.within for finding in outcome.findings)
            return replace(common, state=State.FAILED, reason=f"{wrong} thing{'s' * (wrong > 1)} to put right.")
        case Verdict.UNKNOWN:
            return replace(common, reason="The check could not look.")
