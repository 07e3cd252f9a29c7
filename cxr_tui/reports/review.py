"""The review: every value of an integration, where it came from, and what is wrong with it, before it is used.

It reads the journal and the forms, asks no outside system, and reads no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import MASK
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Kind, Step
from cxr_tui.guided.drafts import Drafts
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import StepState
from cxr_tui.presentation.values import shown

LONGEST = 4000
"""Characters of one value that are shown."""
ENTERED, PROPOSED, MISSING = "entered", "proposed", "missing"
"""Sources of values that are not saved."""
WORDS = {
    "typed": "typed",
    "default": "suggested, saved",
    "screen": "copied from a screen",
    "file": "answers file",
    "fix": "suggested fix",
    "undo": "restored by undo",
    "stdin": "standard input",
    "found": "already stored",
    "operator": "by the sandbox's operator",
    "rotation": "by a rotation",
    "carried": "from an earlier step",
    "learned": "seen by the check",
    ENTERED: "typed, not saved",
    PROPOSED: "suggested, not saved",
    MISSING: "empty",
    "other": "noted in the journal",
}
"""Where a value came from, by the journal's word as far as it has one."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class ReviewRow:
    """One value as the review shows it; every text is safe to show."""

    key: str
    """`step.name`."""
    label: str
    shown: str
    """The value in words, a mask of fixed width for a secret; empty where there is no value."""
    source: str
    """A key of `WORDS`."""
    whence: str
    """Where it came from, in words."""
    at: datetime | None = None
    """When it was saved or seen (aware); None before that."""
    problem: str = ""
    """What is wrong with it."""
    change: tuple[str, str] = ("", "")
    """Step and field that change it; empty for a fact, which only a check can change."""


@dataclass(frozen=True)
class ReviewedStep:
    """One step."""

    id: str
    number: int
    title: str
    state: StepState
    values: tuple[ReviewRow, ...]

    @property
    def problems(self) -> int:
        """How many values keep the step from being checked."""
        return sum(bool(one.problem) for one in self.values)


def review(integration: Integration, drafts: Drafts | None = None, *, everything: bool = False) -> list[ReviewedStep]:
    """Return every step with all its values, the typed ones included; of a secret only whether it was typed.

    An empty value counts as a problem at the first open step, and with `everything` at each step.
    """
    drafts, steps = drafts or Drafts(), []
    for number, step in enumerate(integration.guide.steps, 1):
        state = integration.states()[step.id]
        due = everything or not state.blocked_by
        views = integration.form(step.id, drafts.of(step.id))
        rows = [_value(integration, step, view, drafts, due=due) for view in views]
        steps.append(ReviewedStep(step.id, number, step.title, state, (*rows, *_facts(integration, step))))
    return steps


def _value(integration: Integration, step: Step, view: FieldView, drafts: Drafts, *, due: bool) -> ReviewRow:
    one, entered, secret = view.field, drafts.of(step.id), view.field.kind is Kind.SECRET
    typed = one.name in (drafts.secrets_of(step.id) if secret else entered)
    answered = integration.journal_state().answer_sources.get(one.origin or step.key(one.name))
    if secret and not view.stored:
        answered = None
    words = (MASK if typed or answered else "") if secret else in_words(view.value)
    source, at = (source_of(answered.source), answered.at) if answered else (MISSING, None)
    whence, problem, change = "", "", (step.id, one.name)
    if one.origin:
        whence = f"from {view.came_from}{f', {WORDS[source]}' if answered else ''}"
        source = MISSING if view.value is None else "carried"
        problem = f"Comes from {view.came_from}, which is not done yet." if view.value is None and due else ""
        step_id, _, name = one.origin.partition(".")
        is_field = any(field.name == name for field in integration.guide.step(step_id).fields)
        change = (step_id, name if is_field else "")
    else:
        if typed:
            source, at = ENTERED, None
        elif words and answered is None:
            source = PROPOSED
        if not words and not one.optional:
            problem = one.needed if due or source != MISSING else ""
        elif not words and answered is None:
            whence = "optional, empty"
        elif secret:
            store = integration.world.credentials.store
            whence = f"typed, not saved; goes to {store}" if typed else f"{WORDS[source]}; in {store}"
        elif view.value is not None:
            problem = integration.problem(step.id, one.name, view.value, entered) or ""
    return ReviewRow(
        step.key(one.name),
        _plain(one.label),
        words,
        source,
        _plain(whence or WORDS[source]),
        at,
        _plain(problem),
        change,
    )


def _facts(integration: Integration, step: Step) -> Iterator[ReviewRow]:
    """Yield what checks have learned at this step: later steps depend on it, so it is reviewed too."""
    journal = integration.journal_state()
    judged = journal.checks.get(step.id)
    for fact in step.facts:
        key = step.key(fact.name)
        value = journal.values.get(key)
        if value in EMPTY:
            continue
        words = in_words(value)
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            words = f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        whence = f"read from {fact.read_from}" if fact.read_from else WORDS["learned"]
        yield ReviewRow(key, _plain(fact.label), words, "learned", whence, judged.at if judged else None)


def source_of(word: str) -> str:
    """Return the source that a word of the journal stands for."""
    return word if word in WORDS else "other"


def in_words(value: Value | None) -> str:
    """Return a value as one line, with control and direction characters made visible."""
    return "" if value in EMPTY else _plain(shown(value).replace("\n", ", "))


def _plain(text: str) -> str:
    return visible(text, LONGEST)


def review_document(steps: list[ReviewedStep]) -> list[dict[str, Any]]:
    """Return the review as a JSON-able list of steps."""
    return [
        {
            "id": step.id,
            "number": step.number,
            "title": step.title,
            "state": step.state.state.value,
            "values": [
                {
                    "key": one.key,
                    "label": one.label,
                    "value": one.shown or None,
                    "source": one.source,
                    "whence": one.whence,
                    "at": one.at.isoformat(timespec="seconds") if one.at else None,
                    "problem": one.problem or None,
                }
                for one in step.values
            ],
        }
        for step in steps
    ]
