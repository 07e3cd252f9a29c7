"""Work at the steps of an integration: current step, typed entries, actions and their endings. Knows no front end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict
from cxr_tui.domain.instruction import VisitRefusedError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Kind
from cxr_tui.guided.action_context import ActionContext, context_at, overrulable
from cxr_tui.guided.drafts import Drafts
from cxr_tui.guided.operator_runner import correct_elsewhere, operate_and_check, refused
from cxr_tui.guided.overview import note_request
from cxr_tui.guided.step_view import StepView, build_step_view
from cxr_tui.integration.form import FieldView, missing
from cxr_tui.integration.integration import HardStopError, Integration, StepLockedError
from cxr_tui.journal.gate import State
from cxr_tui.journal.undo import Saved
from cxr_tui.presentation.values import named_step, restored

RECHECK_EVERY = 60.0
"""Seconds between two automatic checks of a step that waits."""


@dataclass(frozen=True)
class Ending:
    """How an action ended, as far as the journal cannot say it; for a front end to show."""

    begun_at: str = ""
    """The step at which it began."""
    needs: str = ""
    """The step that needs attention now: an earlier one where the check found something there."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with a field, by name."""
    trouble: tuple[Finding, ...] = ()
    """What a screen or the keyring refused."""
    written: bool = True
    """Whether what was typed is in the journal now."""
    overrulable: tuple[Finding, ...] = ()
    """What a person may confirm the step against, with a sentence."""


@dataclass(frozen=True)
class _Entries:
    """What was typed at a step when an action began."""

    step_id: str
    values: Mapping[str, Value]
    secrets: Mapping[str, Secret]


_Action: TypeAlias = Callable[[_Entries, Progress], Awaitable[Ending]]


class StepController:
    """The step a person works at; serves the full screen and plain mode."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.step_id = integration.current()
        self.drafts = Drafts()
        self.working_at = ""
        """The step at which an action runs; empty while none does."""
        self._endings: dict[str, Ending] = {}
        self._operated: set[str] = set()

    # The step now

    def fields(self) -> tuple[FieldView, ...]:
        """Return the fields that apply at the current step, with the typed values."""
        return self.integration.form(self.step_id, self.drafts.of(self.step_id))

    def secrets(self) -> dict[str, Secret]:
        """Return the secrets typed at the current step, and an empty one for each that is required and not there."""
        typed = self.drafts.secrets_of(self.step_id)
        return {
            view.field.name: typed.get(view.field.name, Secret(""))
            for view in self.fields()
            if view.field.kind is Kind.SECRET and (view.field.name in typed or not (view.field.optional or view.stored))
        }

    def view(self) -> StepView:
        """Return everything there is to show of the current step."""
        typed = dict(self.drafts.of(self.step_id))
        ended = self._endings.get(self.step_id, Ending())
        return build_step_view(self.integration, self.step_id, typed, ended.problems, ended.trouble)

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
        self._endings.clear()
        self.step_id = self.integration.current()

    # Actions; each begins with what is typed at this moment

    def check(self, progress: Progress) -> Awaitable[Ending]:
        """Save the entries and check them."""
        return self._begin(self._save_and_check, progress)

    def operate(self, progress: Progress) -> Awaitable[Ending]:
        """Save what was typed, let the sandbox's operator do the browser part, then check.

        The operator confirms proposed values itself and enters what the screens show. Where the check found a problem,
        it first corrects what a finding names outside the step. Where the step waits for a person, it lets time pass
        and looks again.
        """
        self._operated.add(self.step_id)
        return self._begin(self._operate, progress)

    def confirm(self, progress: Progress) -> Awaitable[Ending]:
        """Save, check and confirm; where findings are against the step, the ending has them instead."""
        return self._begin(self._confirm, progress)

    def overrule(self, read: Sequence[Finding], sentence: str, progress: Progress) -> Awaitable[Ending]:
        """Confirm the step against the findings that the person has read; a newer check's are returned instead."""

        async def overrule(entries: _Entries, _: Progress) -> Ending:
            now = overrulable(self.integration.states()[entries.step_id])
            if not {(one.code, one.same_as) for one in now} <= {(one.code, one.same_as) for one in read}:
                return Ending(overrulable=now, written=False)
            with suppress(HardStopError):  # a newer check found it; the step says so
                await self.integration.confirm(entries.step_id, sentence=sentence)
            return Ending(written=False)

        return self._begin(overrule, progress)

    def withdraw(self, progress: Progress) -> Awaitable[Ending]:
        """Withdraw the confirmation."""

        async def withdraw(entries: _Entries, _: Progress) -> Ending:
            await self.integration.withdraw(entries.step_id)
            return Ending(written=False)

        return self._begin(withdraw, progress)

    def fix(self, fix: Fix, progress: Progress) -> Awaitable[Ending]:
        """Take over the answers that a finding suggests, then check from the first step they touch to this one."""
        for key in fix.answers:
            step_id, _, name = key.partition(".")
            self.drafts.drop(step_id, name)
            self._operated.discard(step_id)

        async def apply(entries: _Entries, progress: Progress) -> Ending:
            progress(fix.label)
            problems = await self.integration.apply_fix(fix)
            if not problems:
                await self._check_up_to(entries.step_id, fix, progress)
            own = {key.removeprefix(f"{entries.step_id}."): text for key, text in problems.items()}
            return Ending(problems=own, written=False)

        return self._begin(apply, progress)

    def _begin(self, action: _Action, progress: Progress) -> Awaitable[Ending]:
        entries = _Entries(self.step_id, dict(self.drafts.of(self.step_id)), self.secrets())
        self._endings.pop(self.step_id, None)
        self.working_at = self.step_id
        return self._run(action, entries, progress)

    async def _run(self, action: _Action, entries: _Entries, progress: Progress) -> Ending:
        step_id = entries.step_id
        try:
            ending = await action(entries, progress)
        except StepLockedError:
            ending = Ending(written=False)
        except BaseException:
            # how far it came is unknown
            self.drafts.forget_saved(self.integration, step_id)
            raise
        finally:
            self.working_at = ""
        if ending.written:
            self.drafts.forget(step_id)
        if ending.problems or ending.trouble:
            self._endings[step_id] = ending
        return replace(ending, begun_at=step_id, needs=self.integration.states()[step_id].blocked_by or step_id)

    async def _save_and_check(self, entries: _Entries, progress: Progress) -> Ending:
        step_id = entries.step_id
        progress("Writing the answers")
        problems = await self._keep(step_id, entries.secrets)
        problems |= await self.integration.save_form(step_id, entries.values)
        if problems:
            return Ending(problems=problems, written=False)
        progress("Checking")
        return self._after(step_id, await self.integration.check(step_id, progress))

    async def _confirm(self, entries: _Entries, progress: Progress) -> Ending:
        ended = await self._save_and_check(entries, progress)
        state = self.integration.states()[entries.step_id]
        if ended.problems or state.done or state.blocked_by or state.current is None:
            return ended
        if state.current.verdict is Verdict.CONFIRMABLE:
            await self.integration.confirm(entries.step_id)
            return ended
        return replace(ended, overrulable=overrulable(state))

    async def _operate(self, entries: _Entries, progress: Progress) -> Ending:
        step_id = entries.step_id
        problems = await self._keep(step_id, {name: secret for name, secret in entries.secrets.items() if secret})
        problems = problems or await self.integration.save(step_id, entries.values)
        if problems:
            return Ending(problems=problems, written=False)
        try:
            may_stay = await correct_elsewhere(self.integration, step_id, progress)
            state = self.integration.states()[step_id].state
            again = state is State.FAILED and not any(entries.secrets.values())  # a typed password is kept
            outcome = await operate_and_check(self.integration, step_id, progress, only_wait=may_stay, again=again)
        except VisitRefusedError as error:
            return Ending(trouble=(refused(error),))
        except OutsideError as error:
            why = "The operator could not go on."
            stopped = Finding("operator-stopped", Status.UNKNOWN, visible(str(error)), why, "Try again.")
            return Ending(trouble=(stopped,))
        return self._after(step_id, outcome)

    async def _check_up_to(self, step_id: str, fix: Fix, progress: Progress) -> None:
        """Check the steps from the first that a fix touches to this one, until one is not done."""
        guide = self.integration.guide
        here = guide.number(step_id)
        first = min(here, *(guide.number(key.partition(".")[0]) for key in fix.answers))
        for number, step in enumerate(guide.steps[first - 1 : here], first):
            state = self.integration.states()[step.id]
            if not (state.done or state.blocked_by):
                progress(f"Step {number}, {step.title}")
                await self.integration.check(step.id, progress)

    async def _keep(self, step_id: str, secrets: Mapping[str, Secret]) -> dict[str, str]:
        """Store secrets in the keyring; return what is wrong, by field."""
        problems: dict[str, str] = {}
        for name, secret in secrets.items():
            try:
                problem = await self.integration.keep_secret(step_id, name, secret)
            except OutsideError as error:
                problem = str(error)
            if problem:
                problems[name] = problem
        return problems

    def _after(self, step_id: str, outcome: Outcome) -> Ending:
        """Name what is still empty: a check that finds nothing to look at says so and writes nothing."""
        if outcome.verdict is not Verdict.UNKNOWN:
            return Ending()
        empty = missing(self.integration.guide.step(step_id), self.integration.journal_state())
        return Ending(problems={one.name: one.needed for one in empty})

    async def recheck_waiting(self) -> None:
        """Check the step that waits for another person, if there may be an answer by now; all later ones are locked."""
        step_id = self.integration.current()
        state = self.integration.states()[step_id]
        until = state.waiting.until if state.waiting else None
        if state.state is State.WAITING and (until is None or until <= self.integration.world.now()):
            with one_command(by_person=False):
                await self.integration.check(step_id, lambda _: None)

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
