"""Finding out what an act would touch: once with answers as expected, and once for each answer that could differ."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.dry_run.touches import Mood, Touch
from cxr_tui.integration.integration import StepLockedError
from cxr_tui.journal.gate import State

Act = Callable[[PaperIntegration], Awaitable[object]]


@dataclass(frozen=True)
class Planned:
    """One touch of a dry run."""

    step_id: str
    """The step that causes it; nothing: none alone."""
    touch: Touch
    times: int = 1
    only_if: str = ""
    """Under which answer it happens; nothing: with answers as expected."""


@dataclass
class Plan:
    """Everything that was found out."""

    planned: list[Planned] = field(default_factory=list)
    stops: str = ""
    """Where it would stop at best, in a sentence; nothing: it would go through."""

    def signs(self) -> set[tuple[str, ...]]:
        """Return what kinds of touches there are."""
        return {one.touch.sign for one in self.planned}

    def add(self, integration: PaperIntegration, step_id: str, only_if: str = "") -> None:
        """Take over what a setup has noted; under another answer only what is not there already."""
        there = {one.touch.sign for one in self.planned} if only_if else set()
        for noted_at, touch, times in integration.recorder.noted():
            if touch.sign not in there:
                self.planned.append(Planned(noted_at or step_id, touch, times, only_if))


async def explore(plan: Plan, integration: PaperIntegration, step_id: str, act: Act) -> None:
    """Do an act on paper and put down what it touches, then what it would touch if one answer were another."""
    before = integration.fork()
    known = integration.recorder.noted()
    with integration.recorder.taking(step_id):
        await _guarded(integration, act)
    _add_new(plan, integration, step_id, known)
    for mood in sorted(integration.dials.asked, key=list(Mood).index):
        other = before.fork(mood)
        with other.recorder.taking(step_id):
            await _guarded(other, act)
        plan.add(other, step_id, mood.value)
        await other.close()
    await before.close()
    integration.dials.asked.clear()
    state = integration.states().get(step_id)
    if state is not None and state.state is State.WAITING and state.waiting is not None and state.waiting.until:
        later = integration.fork(later=state.waiting.until + timedelta(minutes=1))
        with later.recorder.taking(step_id):
            await _guarded(later, lambda one: one.check(step_id, quiet))
        plan.add(later, step_id, f"it is looked at again after {state.waiting.until:%Y-%m-%d %H:%M} UTC")
        await later.close()


def _add_new(plan: Plan, integration: PaperIntegration, step_id: str, before: list[tuple[str, Touch, int]]) -> None:
    counted = {(at, touch): times for at, touch, times in before}
    for noted_at, touch, times in integration.recorder.noted():
        more = times - counted.get((noted_at, touch), 0)
        if more:
            plan.planned.append(Planned(noted_at or step_id, touch, more))


async def _guarded(integration: PaperIntegration, act: Act) -> None:
    """Do an act; what the world refuses on paper ends it as it would end the real one."""
    with suppress(OutsideError, VisitRefusedError, StepLockedError):
        await act(integration)


def quiet(_: str) -> None:
    """Tell nobody."""
