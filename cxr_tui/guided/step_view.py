"""Everything there is to show of a step, read once; the full screen and plain mode draw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Finding
from cxr_tui.domain.instruction import SecretRef, Visit
from cxr_tui.guide.definition import Step
from cxr_tui.guided import browser_links
from cxr_tui.guided.browser_links import Page
from cxr_tui.integration.form import FieldView
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import StepState
from cxr_tui.presentation.instructions import Line, copyables
from cxr_tui.presentation.values import state_sentence


@dataclass(frozen=True)
class StepView:
    """A step as it is now."""

    step: Step
    number: int
    state: StepState
    reason: str
    views: tuple[FieldView, ...]
    visits: tuple[Visit, ...]
    entered: Mapping[str, Value]
    problems: Mapping[str, str]
    """What is wrong with a field, by name."""
    trouble: tuple[Finding, ...]
    """Findings of the last action that are not in the journal: a screen or the keyring refused something."""
    store: str
    now: datetime
    secret: str
    """Keyring item of the stored secret that the instruction names, empty where it names none."""
    pages: tuple[Page, ...]
    """Pages of the real products that help at this step."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a screen refused, then the findings of the newest check."""
        newest = self.state.inconclusive or self.state.outcome
        return (*self.trouble, *(newest.findings if newest else ()))

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the step's fields by name."""
        return {field.name: field.label for field in self.step.fields}

    @property
    def copyables(self) -> list[Line]:
        """What can be copied: the instruction's values, a secret only where it is kept, carried ones, links."""
        lines = [line for line in copyables(self.visits) if line.copied or self.secret]
        there = {line.copied for line in lines}
        for view in self.views:
            if isinstance(view.value, str) and view.value and view.value not in there:
                lines.append(Line(view.field.label, view.value, view.value))
        return lines + [Line(link.title, link.url, link.url) for link in self.step.links]


def build_step_view(
    integration: Integration,
    step_id: str,
    entered: Mapping[str, Value],
    refused: Mapping[str, str] | None = None,
    trouble: tuple[Finding, ...] = (),
) -> StepView:
    """Return a view of a step with the typed values; `refused` and `trouble` are from the last action at it."""
    problems = dict(refused or {})
    for name, value in entered.items():
        problem = integration.problem(step_id, name, value, entered)
        problems.pop(name, None)
        if problem:
            problems[name] = problem
    state, visits = integration.states()[step_id], integration.visits(step_id, entered)
    return StepView(
        step=integration.guide.step(step_id),
        number=integration.guide.number(step_id),
        state=state,
        reason=state_sentence(integration.guide, state),
        views=integration.form(step_id, entered),
        visits=visits,
        entered=entered,
        problems=problems,
        trouble=trouble,
        store=integration.world.credentials.store,
        now=integration.world.now(),
        secret=_kept_secret(integration, visits),
        pages=() if integration.sandboxed else browser_links.pages(visits, _known(integration, step_id, entered)),
    )


def _kept_secret(integration: Integration, visits: tuple[Visit, ...]) -> str:
    named = [one.item for visit in visits for one in visit.entries.values() if isinstance(one, SecretRef)]
    values = integration.journal_state().values
    kept = {one.item for step in integration.guide.steps for one in step.fields if step.key(one.name) in values}
    return next((item for item in named if item in kept), "")


def _known(integration: Integration, step_id: str, entered: Mapping[str, Value]) -> Known:
    typed = {f"{step_id}.{name}": value for name, value in entered.items()}
    return Known({**integration.journal_state().values, **typed})
