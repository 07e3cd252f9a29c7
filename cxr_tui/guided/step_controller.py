"""Work at the steps of an integration: current step, typed entries, actions and their results. Knows no front end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cxr_tui.domain.finding import Finding, Fix
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Kind
from cxr_tui.guided import actions
from cxr_tui.guided.action_context import ActionContext, context_at
from cxr_tui.guided.actions import ActionResult, FormData
from cxr_tui.guided.drafts import Drafts
from cxr_tui.guided.requests import note_request
from cxr_tui.guided.step_view import StepView, build_step_view
from cxr_tui.integration.form import FieldView
from cxr_tui.integration.integration import Integration, StepLockedError
from cxr_tui.journal.gate import State
from cxr_tui.journal.undo import Saved
from cxr_tui.presentation.values import named_step, restored

RECHECK_EVERY = 60.0
"""Seconds between two automatic checks of a step that waits."""

_Action = Callable[[Integration, str, FormData, Progress], Awaitable[ActionResult]]


@dataclass(frozen=True)
class Ending:
    """How an action ended, for a front end to show."""

    begun_at: str
    """The step at which it began."""
    needs: str
    """The step that needs attention now: an earlier one where the check found something there."""
    result: ActionResult


class StepController:
    """The step a person works at; serves the full screen and plain mode."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.step_id = integration.current()
        self.drafts = Drafts()
        self.working_at = ""
        """The step at which an action runs; empty while none does."""
        self._results: dict[str, ActionResult] = {}
        self._operated: set[str] = set()

    # The step now

    def fields(self) -> tuple[FieldView, ...]:
        """Return the fields that apply at the current step, with the typed values."""
        return self.integration.form(self.step_id, self.drafts.of(self.step_id))

    def form_data(self) -> FormData:
        """Return everything typed at the current step, with an empty secret for each that is required and not there."""
        required = {
            view.field.name: Secret("")
            for view in self.fields()
            if view.field.kind is Kind.SECRET and not (view.field.optional or view.stored)
        }
        return FormData(dict(self.drafts.of(self.step_id)), required | self.drafts.secrets_of(self.step_id))

    def view(self) -> StepView:
        """Return everything there is to show of the current step."""
        typed = dict(self.drafts.of(self.step_id))
        return build_step_view(self.integration, self.step_id, typed, self._results.get(self.step_id))

    def context(self, view: StepView | None = None) -> ActionContext:
        """Return what can be done now; `view` is a view of this moment, where there is one already."""
        view = view or self.view()
        changed = bool(view.entered or self.drafts.secrets_of(self.step_id))
        operated = self.step_id in self._operated
        return context_at(self.integration, view, changed=changed, operated=operated, working=bool(self.working_at))

    @property
    def waiting(self) -> bool:
        """Whether a step waits for someone else."""
        return any(one.state is State.WAITING for one in self.integration.states().values())

    def neighbor(self, by: int) -> str:
        """Return the step that comes this many steps later."""
        order = [step.id for step in self.integration.guide.steps]
        return order[order.index(self.step_id) + by]

    def locked_sentence(self, step_id: str = "") -> str:
        """Return which step comes first where a step, the current one by default, is locked; else nothing."""
        blocker = self.integration.states()[step_id or self.step_id].blocked_by
        return f"Locked. Finish {named_step(self.integration.guide, blocker)}, first." if blocker else ""

    def reset(self) -> None:
        """Drop everything typed and every result, and go to the first open step: personal data was erased."""
        self.drafts = Drafts()
        self._results.clear()
        self.step_id = self.integration.current()

    # Actions; each begins with what is typed at this moment

    def check(self, progress: Progress) -> Awaitable[Ending]:
        """Save the entries and check them."""
        return self._begin(actions.save_and_check, progress)

    def operate(self, progress: Progress) -> Awaitable[Ending]:
        """Let the sandbox's operator do the browser part, then check."""
        self._operated.add(self.step_id)
        return self._begin(actions.run_operator, progress)

    def confirm(self, progress: Progress) -> Awaitable[Ending]:
        """Save, check and confirm; where findings are against the step, the result has them instead."""
        return self._begin(actions.confirm, progress)

    def overrule(self, read: Sequence[Finding], sentence: str, progress: Progress) -> Awaitable[Ending]:
        """Confirm the step against the findings that the person has read."""
        return self._begin(lambda at, step_id, *_: actions.overrule(at, step_id, read, sentence), progress)

    def withdraw(self, progress: Progress) -> Awaitable[Ending]:
        """Withdraw the confirmation."""
        return self._begin(lambda at, step_id, *_: actions.withdraw(at, step_id), progress)

    def fix(self, fix: Fix, progress: Progress) -> Awaitable[Ending]:
        """Take over the values that a finding suggests, and check again."""
        self.drafts.forget_keys(fix.answers)
        return self._begin(lambda at, step_id, _data, tell: actions.apply_fix(at, step_id, fix, tell), progress)

    def _begin(self, action: _Action, progress: Progress) -> Awaitable[Ending]:
        step_id, data = self.step_id, self.form_data()
        self._results.pop(step_id, None)
        self.working_at = step_id
        return self._run(step_id, partial(action, self.integration, step_id, data, progress))

    async def _run(self, step_id: str, action: Callable[[], Awaitable[ActionResult]]) -> Ending:
        try:
            result = await action()
        except StepLockedError as error:
            result = ActionResult(error.blocked_by, written=False)
        except BaseException:
            # how far it came is unknown
            self.drafts.forget_saved(self.integration, step_id)
            raise
        finally:
            self.working_at = ""
        if result.written:
            self.drafts.forget(step_id)
        if not result.smooth:
            self._results[result.step_id] = result
        needs = self.integration.states()[step_id].blocked_by or result.step_id
        return Ending(step_id, needs, result)

    def moved_sentence(self, ending: Ending) -> str:
        """Return that an action at one step leads to another."""
        number = self.integration.guide.number
        return f"Step {number(ending.begun_at)} is checked. Next: step {number(ending.needs)}."

    # Undo and requests

    async def undo(self, last: Saved) -> str:
        """Undo the entries saved last and go to their step; return a sentence on it.

        Where the step is locked or other entries were saved since, nothing changes.
        """
        try:
            undone = await self.integration.undo(last)
        except StepLockedError as error:
            return self.locked_sentence(error.step_id)
        if not undone:
            return "Other entries were saved meanwhile. Nothing was undone."
        self.drafts.forget(last.step_id)
        self.step_id = last.step_id
        return f"Undone: {self.undo_summary(last)}. Changes you made in the products are not undone."

    def undo_summary(self, last: Saved) -> str:
        """Return the first value that undoing brings back, and how many more there are."""
        first, *others = restored(self.integration.guide.step(last.step_id), last.before)
        return f"{first}, and {len(others)} more" if others else first

    def request(self, number: str) -> str:
        """Note that others were asked for what the current step needs; return a sentence on it."""
        day = note_request(self.integration, self.step_id, number)
        return f"Noted: requested on {day}. The overview lists it."
