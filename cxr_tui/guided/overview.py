"""The whole integration at a glance: the state of every stage, who has to act since when, what to request early."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cxr_tui.domain.finding import Status
from cxr_tui.guide.definition import Stage, Step
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import request_entry
from cxr_tui.journal.gate import State, StepState
from cxr_tui.journal.state import JournalState
from cxr_tui.presentation.values import state_sentence

YOU = "you"
NUMBER = "sr_number"
"""The field in which a step has the number of its service request."""


@dataclass(frozen=True)
class StepOverview:
    """One step."""

    step: Step
    number: int
    state: StepState
    seen: int
    """How many findings its evidence has."""
    at: datetime | None
    """When it was checked last, or confirmed."""


@dataclass(frozen=True)
class StageOverview:
    """One stage with its steps."""

    stage: Stage
    steps: tuple[StepOverview, ...]

    @property
    def holding(self) -> int:
        """How many of its steps are done."""
        return sum(one.state.done for one in self.steps)

    @property
    def entrance(self) -> StepOverview:
        """The step to go to: the first that is not done, else the first."""
        return next((one for one in self.steps if not one.state.done), self.steps[0])


@dataclass(frozen=True)
class PendingStep:
    """A step that can go on and is not done: `on` is whose turn it is."""

    step_id: str
    number: int
    title: str
    on: str
    state: State
    reason: str
    """Why, or what others were asked for; empty where the other fields say all."""
    since: datetime | None
    usual: str = ""
    until: datetime | None = None
    """When it is known to be over, where that is known."""


@dataclass(frozen=True)
class Overview:
    """One look."""

    stages: tuple[StageOverview, ...]
    waits: tuple[PendingStep, ...]
    """Steps that can go on and are not done, in the guide's order: those that wait for others and those that wait for
    you, stale ones among them."""
    counts: Mapping[State, int]
    now: datetime

    @property
    def holding(self) -> int:
        """How many steps are done."""
        return sum(stage.holding for stage in self.stages)


def build_overview(integration: Integration) -> Overview:
    """Look at everything once."""
    states, journal = integration.states(), integration.journal_state()
    steps = [
        StepOverview(step, number, states[step.id], _seen(states[step.id]), _at(step.id, journal))
        for number, step in enumerate(integration.guide.steps, 1)
    ]
    stages = tuple(
        StageOverview(stage, those)
        for stage in Stage
        if (those := tuple(one for one in steps if one.step.part.stage is stage))
    )
    counts = Counter(state.state for state in states.values())
    return Overview(stages, tuple(_waits(integration, steps, journal)), counts, integration.world.now())


def _seen(state: StepState) -> int:
    return sum(finding.status is Status.PASS for finding in state.outcome.findings) if state.outcome else 0


def _at(step_id: str, journal: JournalState) -> datetime | None:
    judged, confirmed = journal.checks.get(step_id), journal.confirmed.get(step_id)
    return max((one.at for one in (judged, confirmed) if one is not None), default=None)


def _request(one: StepOverview, journal: JournalState) -> PendingStep | None:
    """Return the wait for what others were asked for, or your turn to ask; None: the step has none, or it is over."""
    step, request, at = one.step, one.step.request, journal.requested.get(one.step.id)
    if request is None or one.state.state is State.VERIFIED:
        return None
    if one.state.done:
        if not request.open_until_seen:
            return None
        at = journal.confirmed[step.id].at
    elif not one.state.blocked_by:
        return None
    if at is not None:
        on = journal.known().text(step.key("sr_date")) or journal.known().text(step.key("requested_on"))
        reason = f"requested on {on}: {request.what}" if on else request.what
        return PendingStep(step.id, one.number, step.title, request.of, State.WAITING, reason, at, request.usual)
    if not can_request(step, one.state, journal):
        return None
    reason = f"You can already ask {request.of} for {request.what}."
    return PendingStep(step.id, one.number, step.title, YOU, State.READY, reason, None, request.usual)


def _waits(integration: Integration, steps: list[StepOverview], journal: JournalState) -> Iterator[PendingStep]:
    opened: datetime | None = None
    for one in steps:
        state, place = one.state, (one.step.id, one.number, one.step.title)
        waiting = state.waiting if state.state is State.WAITING else None
        if (request := _request(one, journal)) is not None:
            yield request
        elif waiting is not None:
            yield PendingStep(*place, waiting.on, state.state, "", waiting.since, waiting.usual, waiting.until)
        elif not state.done and (not state.blocked_by or state.state is State.STALE):
            # It has been this person's turn since the step was checked last, or since the one before was done.
            reason = "" if state.state is State.READY else state_sentence(integration.guide, state)
            yield PendingStep(*place, YOU, state.state, reason, one.at or opened)
        if state.done and one.at is not None:
            opened = max(opened or one.at, one.at)


def can_request(step: Step, state: StepState, journal: JournalState) -> bool:
    """Say whether a step is locked, and all that its request names is known."""
    if step.request is None or state.done or not state.blocked_by:
        return False
    return all(key in journal.values for key in step.request.needs)


def has_number(step: Step) -> bool:
    """Say whether the request of a step gets a number."""
    return any(one.name == NUMBER for one in step.fields)


def number_problem(integration: Integration, step_id: str, number: str) -> str | None:
    """Say what is wrong with the number of a request; None: nothing, or there is none yet."""
    if not number:
        return None
    if not has_number(integration.guide.step(step_id)):
        return "This request gets no number here."
    return integration.problem(step_id, NUMBER, number, {})


def note_request(integration: Integration, step_id: str, number: str = "") -> str:
    """Note in the journal that others were asked today; return the day."""
    day = integration.world.now().astimezone().date().isoformat()
    integration.note(
        [request_entry(step_id, day, number, integration.journal_state().known().text("account.account_name"))]
    )
    return day
