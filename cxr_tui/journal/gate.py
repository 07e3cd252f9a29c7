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
    """The state of a step."""

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
    """The properties of a step that the gate needs."""

    @property
    def id(self) -> str:
        """The step's fixed id."""

    @property
    def verified_by(self) -> str:
        """Id of the later step whose evidence verifies this one; empty: there is none."""

    def own_keys(self) -> tuple[str, ...]:
        """Return the keys of all values that its check depends on; `*` means every answer."""

    def field_keys(self) -> tuple[str, ...]:
        """Return the keys of the step's fields."""


@dataclass(frozen=True)
class StepState:
    """The state of one step, with its reasons and evidence; `presentation.values.state_sentence` has the words."""

    id: str
    state: State
    next: Next = Next.NOTHING
    blocked_by: str = ""
    """Id of the first earlier step that is not done; until it is, this one is read-only."""
    outcome: Outcome | None = None
    """Latest conclusive check, even if stale; else the latest inconclusive one."""
    inconclusive: Outcome | None = None
    """A later inconclusive check."""
    current: Outcome | None = None
    """The check of the two that used the current values: a confirmation refers to it."""
    waiting: Waiting | None = None
    changed: tuple[str, ...] = ()
    """Keys of the values that have changed since the check, if that invalidates its result."""
    at: datetime | None = None
    """When it was verified or confirmed (aware)."""
    evidence_step: str = ""
    """Id of the later step whose evidence verifies this one, now or in the future."""
    confirmed_by: str = ""
    """OS user who confirmed the step, or `operator`; empty: it is not confirmed."""
    overruled: tuple[str, ...] = ()
    """Codes of the findings against the step that the confirmation overrules."""
    sentence: str = ""
    """Why the person overruled them."""

    @property
    def done(self) -> bool:
        """Whether the step is verified or confirmed."""
        return self.state in (State.VERIFIED, State.CONFIRMED)

    @property
    def against(self) -> tuple[str, ...]:
        """Codes of the findings that a confirmation would overrule now."""
        return tuple(dict.fromkeys(one.code for one in self.current.against)) if self.current else ()


def basis(step: GatedStep, journal: JournalState) -> dict[str, str]:
    """Return the digests of the current values that a check or confirmation of this step depends on.

    Facts that the step itself learns are left out: a check does not depend on its own result.
    """
    fields = set(step.field_keys())
    keys: set[str] = set()
    for key in step.own_keys():
        if key == "*":
            keys.update(journal.answer_sources, (one for one in journal.answer_history if one not in journal.values))
        elif key in fields or not key.startswith(f"{step.id}."):
            keys.add(key)
    return {key: digest(journal.values.get(key)) for key in sorted(keys)}


def unchanged(recorded: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Return whether the values that a record depends on are the current ones.

    A key that only `now` has had no value then, such as a field of a newer version; a key that only the record has no
    longer matters.
    """
    return all(recorded.get(key, _NOTHING) == was for key, was in now.items())


_NOTHING = digest(None)


def states(steps: Sequence[GatedStep], journal: JournalState) -> dict[str, StepState]:
    """Return the state of every step, in order.

    A step that is not done locks all later ones that are not done either. A later step that is done keeps its state or
    becomes `stale`, and is read-only until everything before it is done again.
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
    """Turn confirmed steps into verified ones if a later step has seen their evidence since."""
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
    checked = journal.checks.get(step.id)
    confirmed = journal.confirmed.get(step.id)
    if checked is None:
        if any(key in journal.answer_sources for key in step.field_keys()) or confirmed:
            return StepState(step.id, State.DRAFT, Next.CHECK)
        return StepState(step.id, State.READY, Next.ENTER if step.field_keys() else Next.CHECK)
    inconclusive = journal.inconclusive.get(step.id)
    current = next((one for one in (checked, inconclusive) if one is not None and unchanged(one.basis, now)), None)
    common = StepState(
        step.id,
        State.DRAFT,
        Next.CHECK,
        outcome=checked.outcome,
        inconclusive=inconclusive.outcome if inconclusive else None,
        current=current.outcome if current and not current.on_entries else None,
        confirmed_by=confirmed.by if confirmed else "",
    )
    if confirmed is not None and unchanged(confirmed.basis, now) and _overrules(confirmed, common.current):
        common = replace(common, state=State.CONFIRMED, next=Next.NOTHING, at=confirmed.at)
        if common.against:
            return replace(common, overruled=common.against, sentence=confirmed.sentence)
        return replace(common, evidence_step=step.verified_by)
    if checked.on_entries:
        return replace(common, state=State.STALE)
    if not unchanged(checked.basis, now):
        was_done = checked.outcome.verdict is Verdict.VERIFIED or _overrules(confirmed, checked.outcome)
        changed = tuple(sorted(key for key, was in now.items() if checked.basis.get(key, _NOTHING) != was))
        if was_done:
            return replace(common, state=State.STALE, changed=changed)
        if current is not None:
            return _checked_state(common, current, journal)
        return replace(common, changed=changed)
    return _checked_state(common, checked, journal)


def _overrules(confirmed: Confirmation | None, outcome: Outcome | None) -> bool:
    """Return whether a confirmation passes an outcome: every finding against it is overruled, or there is none."""
    if confirmed is None or outcome is None or outcome.hard_stop or outcome.verdict is Verdict.VERIFIED:
        return False
    return all(digest(one.same_as) in confirmed.overruled.get(one.code, ()) for one in outcome.against)


def _checked_state(common: StepState, checked: CheckRecord, journal: JournalState) -> StepState:
    outcome = checked.outcome
    match outcome.verdict:
        case Verdict.VERIFIED:
            return replace(common, state=State.VERIFIED, next=Next.NOTHING, at=checked.at)
        case Verdict.CONFIRMABLE:
            return replace(common, next=Next.CONFIRM)
        case Verdict.WAITING:
            waiting = outcome.waiting
            if waiting is not None:
                waiting = replace(waiting, since=journal.waiting_since.get(common.id, checked.at))
            return replace(common, state=State.WAITING, waiting=waiting, next=Next.WAIT)
        case Verdict.FAILED:
            return replace(common, state=State.FAILED, next=Next.FIX)
        case Verdict.UNKNOWN:
            return replace(common, next=Next.RETRY)
