"""The gate: a pure function from guide and journal to the state of every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cxr_tui.domain.answers import digest
from cxr_tui.domain.finding import Outcome, Verdict, Waiting
from cxr_tui.journal.state import CheckRecord, Confirmation, JournalState


class State(StrEnum):
    """How far a step is (design, words)."""

    LOCKED = "locked"
    READY = "ready"
    DRAFT = "draft"
    WAITING = "waiting"
    FAILED = "failed"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    STALE = "stale"


class Next(StrEnum):
    """What to do next at a step."""

    NOTHING = ""
    ENTER = "enter"
    CHECK = "check"
    CONFIRM = "confirm"
    WAIT = "wait"
    FIX = "fix"
    RETRY = "retry"


class GatedStep(Protocol):
    """What the gate has to know of a step."""

    @property
    def id(self) -> str:
        """The step's fixed id."""

    @property
    def verified_by(self) -> str:
        """Id of the later step whose evidence covers this one; empty: none does."""

    def own_keys(self) -> tuple[str, ...]:
        """Return the keys of all values that its check rests on; `*` stands for every answer."""

    def field_keys(self) -> tuple[str, ...]:
        """Return the keys of its own fields."""


@dataclass(frozen=True)
class StepState:
    """How one step stands, why, and on what evidence; `cxr_tui.presentation.values.state_sentence` puts it in words."""

    id: str
    state: State
    next: Next = Next.NOTHING
    blocked_by: str = ""
    """Id of the first earlier step that is not done; then this one can be read, not confirmed or checked."""
    outcome: Outcome | None = None
    """Newest check that could look, also when stale; else the newest that could not."""
    inconclusive: Outcome | None = None
    """A newer check that could not look."""
    current: Outcome | None = None
    """The one of both that rests on the present values: what a confirmation speaks about."""
    waiting: Waiting | None = None
    changed: tuple[str, ...] = ()
    """Keys of the values that have changed since it was checked, where that takes the result back."""
    at: datetime | None = None
    """When it was verified or confirmed (aware)."""
    evidence_step: str = ""
    """Id of the later step whose evidence covers this one: by now, or once that step is verified."""
    confirmed_by: str = ""
    """OS user who confirmed the step, or `operator`; empty: it is not confirmed."""
    overruled: tuple[str, ...] = ()
    """Codes of the findings against the step that the confirmation overrules."""
    sentence: str = ""
    """Why the person overruled them."""

    @property
    def done(self) -> bool:
        """Whether later steps may rest on it."""
        return self.state in (State.VERIFIED, State.CONFIRMED)

    @property
    def against(self) -> tuple[str, ...]:
        """Codes of what a confirmation would have to overrule now."""
        return tuple(dict.fromkeys(one.code for one in self.current.against)) if self.current else ()


def basis(step: GatedStep, journal: JournalState) -> dict[str, str]:
    """Return the digests of the values that a check or confirmation of this step rests on right now.

    Facts that the step itself learns are left out: a check does not rest on its own result.
    """
    fields = set(step.field_keys())
    keys: set[str] = set()
    for key in step.own_keys():
        if key == "*":
            keys.update(journal.answer_sources, (one for one in journal.answer_history if one not in journal.values))
        elif key in fields or not key.startswith(f"{step.id}."):
            keys.add(key)
    return {key: digest(journal.values.get(key)) for key in sorted(keys)}


def unchanged(rested_on: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Say whether the values that a record rests on are those of now.

    A key that the record does not have had no value then, such as that of a field which a newer version asks for; one
    that only the record has is of no importance any more.
    """
    return all(rested_on.get(key, _NOTHING) == was for key, was in now.items())


_NOTHING = digest(None)


def states(steps: Sequence[GatedStep], journal: JournalState) -> dict[str, StepState]:
    """Return the state of every step, in order.

    A step that is not done locks all later ones that are not done either. One that was done before keeps its state, or
    becomes `stale`, but nobody can work on it until everything before it is done again.
    """
    own = {step.id: _own_state(step, journal) for step in steps}
    _verify_confirmed(steps, own, journal)
    result: dict[str, StepState] = {}
    blocker: GatedStep | None = None
    for step in steps:
        state = own[step.id]
        if blocker is not None:
            state = replace(state, blocked_by=blocker.id)
            if not state.done and state.state is not State.STALE:
                state = replace(state, state=State.LOCKED, next=Next.NOTHING)
        elif not state.done:
            blocker = step
        result[step.id] = state
    return result


def _verify_confirmed(steps: Sequence[GatedStep], own: dict[str, StepState], journal: JournalState) -> None:
    """Turn confirmed steps into verified ones where a later step has seen evidence since that covers them."""
    seen_at: dict[str, datetime] = {}
    for step in reversed(steps):
        state = own[step.id]
        if state.state is State.VERIFIED:
            seen_at[step.id] = journal.checks[step.id].at
        elif state.state is State.CONFIRMED and not state.overruled and step.verified_by in seen_at:
            at = seen_at[step.verified_by]
            if at >= journal.confirmed[step.id].at:
                seen_at[step.id] = at
                own[step.id] = replace(state, state=State.VERIFIED, at=at, evidence_step=step.verified_by)


def _own_state(step: GatedStep, journal: JournalState) -> StepState:
    now = basis(step, journal)
    judged = journal.checks.get(step.id)
    confirmed = journal.confirmed.get(step.id)
    if judged is None:
        if any(key in journal.answer_sources for key in step.field_keys()) or confirmed:
            return StepState(step.id, State.DRAFT, Next.CHECK)
        return StepState(step.id, State.READY, Next.ENTER if step.field_keys() else Next.CHECK)
    inconclusive = journal.inconclusive.get(step.id)
    current = next((one for one in (judged, inconclusive) if one is not None and unchanged(one.basis, now)), None)
    common = StepState(
        step.id,
        State.DRAFT,
        Next.CHECK,
        outcome=judged.outcome,
        inconclusive=inconclusive.outcome if inconclusive else None,
        current=current.outcome if current and not current.on_entries else None,
        confirmed_by=confirmed.by if confirmed else "",
    )
    if confirmed is not None and unchanged(confirmed.basis, now) and _overrules(confirmed, common.current):
        return _confirmed_state(common, confirmed, step.verified_by)
    if judged.on_entries:
        return replace(common, state=State.STALE)
    if not unchanged(judged.basis, now):
        was_done = judged.outcome.verdict is Verdict.VERIFIED or _overrules(confirmed, judged.outcome)
        changed = tuple(sorted(key for key, was in now.items() if judged.basis.get(key, _NOTHING) != was))
        if was_done:
            return replace(common, state=State.STALE, changed=changed)
        if current is not None:
            return _judged_state(common, current, journal)
        return replace(common, changed=changed)
    return _judged_state(common, judged, journal)


def _overrules(confirmed: Confirmation | None, outcome: Outcome | None) -> bool:
    """Say whether a person's word passes an outcome: nothing is against the step, or exactly what was overruled."""
    if confirmed is None or outcome is None or outcome.hard_stop or outcome.verdict is Verdict.VERIFIED:
        return False
    return all(digest(one.same_as) in confirmed.overruled.get(one.code, ()) for one in outcome.against)


def _confirmed_state(common: StepState, confirmed: Confirmation, later: str) -> StepState:
    state = replace(common, state=State.CONFIRMED, next=Next.NOTHING, at=confirmed.at)
    if common.against:
        return replace(state, overruled=common.against, sentence=confirmed.sentence)
    return replace(state, evidence_step=later)


def _judged_state(common: StepState, judged: CheckRecord, journal: JournalState) -> StepState:
    outcome = judged.outcome
    match outcome.verdict:
        case Verdict.VERIFIED:
            return replace(common, state=State.VERIFIED, next=Next.NOTHING, at=judged.at)
        case Verdict.CONFIRMABLE:
            return replace(common, next=Next.CONFIRM)
        case Verdict.WAITING:
            waiting = outcome.waiting
            if waiting is not None:
                waiting = replace(waiting, since=journal.waiting_since.get(common.id, judged.at))
            return replace(common, state=State.WAITING, waiting=waiting, next=Next.WAIT)
        case Verdict.FAILED:
            return replace(common, state=State.FAILED, next=Next.FIX)
        case Verdict.UNKNOWN:
            return replace(common, next=Next.RETRY)
