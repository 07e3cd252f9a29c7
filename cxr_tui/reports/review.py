"""The review: every value of an integration, where it came from, and what is wrong with it, before it is used.

It reads the journal and the forms, asks no outside system, and reads no secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import MASK
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Guide, Kind, Step
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import StepState

LONGEST = 4000
"""Characters of one value that are shown."""


class Source(StrEnum):
    """Where a value came from; the words are those of the journal, as far as it has one."""

    TYPED = "typed"
    DEFAULT = "default"
    SCREEN = "screen"
    FILE = "file"
    FIX = "fix"
    UNDO = "undo"
    STDIN = "stdin"
    FOUND = "found"
    OPERATOR = "operator"
    ROTATION = "rotation"
    CARRIED = "carried"
    LEARNED = "learned"
    ENTERED = "entered"
    PROPOSED = "proposed"
    MISSING = "missing"
    OTHER = "other"


WORDS = {
    Source.TYPED: "typed",
    Source.DEFAULT: "suggested, saved",
    Source.SCREEN: "copied from a screen",
    Source.FILE: "answers file",
    Source.FIX: "suggested fix",
    Source.UNDO: "restored by undo",
    Source.STDIN: "standard input",
    Source.FOUND: "already stored",
    Source.OPERATOR: "by the sandbox's operator",
    Source.ROTATION: "by a rotation",
    Source.CARRIED: "from an earlier step",
    Source.LEARNED: "seen by the check",
    Source.ENTERED: "typed, not saved",
    Source.PROPOSED: "suggested, not saved",
    Source.MISSING: "empty",
    Source.OTHER: "noted in the journal",
}

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class ReviewRow:
    """One value as the review shows it; every text is safe to show."""

    key: str
    """`step.name`."""
    label: str
    shown: str
    """The value in words, a mask of fixed width for a secret; empty where there is no value."""
    source: Source
    whence: str
    """Where it came from, in words."""
    at: datetime | None = None
    """When it was saved or seen (aware); None before that."""
    problem: str = ""
    """What is wrong with it."""
    change: tuple[str, str] = ("", "")
    """Step and field at which it can be changed; empty for what only a check can see."""


@dataclass(frozen=True)
class ReviewedStep:
    """All values of one step."""

    id: str
    number: int
    title: str
    state: StepState
    values: tuple[ReviewRow, ...]

    @property
    def problems(self) -> int:
        """How many values keep the step from being checked."""
        return sum(bool(one.problem) for one in self.values)


Entered = Mapping[str, Mapping[str, Value]]
"""What is typed and not confirmed, by step and field."""


def review(
    integration: Integration,
    entered: Entered | None = None,
    secrets: Entered | None = None,
    *,
    everything: bool = False,
) -> list[ReviewedStep]:
    """Return every step with all its values; `secrets` names those that are typed and not saved, values unread.

    An empty value counts as a problem at the first open step, and with `everything` at each step.
    """
    states = integration.states()
    due = {step_id for step_id, state in states.items() if everything or not state.blocked_by}
    return [
        ReviewedStep(
            step.id,
            number,
            step.title,
            states[step.id],
            (
                *(
                    row if step.id in due else _without_haste(row)
                    for row in _fields(
                        integration, step, (entered or {}).get(step.id, {}), frozenset((secrets or {}).get(step.id, {}))
                    )
                ),
                *_facts(integration, step),
            ),
        )
        for number, step in enumerate(integration.guide.steps, 1)
    ]


def _fields(
    integration: Integration, step: Step, entered: Mapping[str, Value], typed_secrets: frozenset[str]
) -> list[ReviewRow]:
    rows = []
    for view in integration.form(step.id, entered):
        if view.field.kind is Kind.SECRET:
            rows.append(_secret(integration, step, view, typed=view.field.name in typed_secrets))
        else:
            rows.append(_field(integration, step, view, entered))
    return rows


def _field(integration: Integration, step: Step, view: FieldView, entered: Mapping[str, Value]) -> ReviewRow:
    one, key = view.field, step.key(view.field.name)
    if one.origin:
        return _carried(integration, step, view)
    answered = integration.journal_state().answer_sources.get(key)
    empty = view.value is None or view.value in EMPTY
    if one.name in entered:
        source, at = Source.ENTERED, None
    elif answered is not None:
        source, at = source_of(answered.source), answered.at
    else:
        source, at = (Source.MISSING if empty else Source.PROPOSED), None
    problem = "" if view.value is None else integration.problem(step.id, one.name, view.value, entered) or ""
    if empty and not one.optional:
        problem = one.needed
    elif empty and answered is None:
        return ReviewRow(key, _plain(one.label), "", source, "optional, empty", change=(step.id, one.name))
    return ReviewRow(
        key, _plain(one.label), in_words(view.value), source, WORDS[source], at, _plain(problem), (step.id, one.name)
    )


def _carried(integration: Integration, step: Step, view: FieldView) -> ReviewRow:
    origin_step, _, origin_field = view.field.origin.partition(".")
    answered = integration.journal_state().answer_sources.get(view.field.origin)
    how = f", {WORDS[source_of(answered.source)]}" if answered else ""
    missing = view.value is None
    return ReviewRow(
        step.key(view.field.name),
        _plain(view.field.label),
        in_words(view.value),
        Source.MISSING if missing else Source.CARRIED,
        _plain(f"from {view.came_from}{how}"),
        answered.at if answered else None,
        _plain(f"Comes from {view.came_from}, which is not done yet.") if missing else "",
        (origin_step, origin_field) if _is_field(integration.guide, view.field.origin) else (origin_step, ""),
    )


def _secret(integration: Integration, step: Step, view: FieldView, *, typed: bool) -> ReviewRow:
    one, key = view.field, step.key(view.field.name)
    answered = integration.journal_state().answer_sources.get(key)
    store = _plain(integration.world.credentials.store)
    change = (step.id, one.name)
    if typed:
        whence = f"typed, not saved; goes to {store}"
        return ReviewRow(key, _plain(one.label), MASK, Source.ENTERED, whence, change=change)
    if answered is not None and view.stored:
        source = source_of(answered.source)
        whence = f"{WORDS[source]}; in {store}"
        return ReviewRow(key, _plain(one.label), MASK, source, whence, answered.at, change=change)
    if one.optional:
        return ReviewRow(key, _plain(one.label), "", Source.MISSING, "optional, empty", change=change)
    return ReviewRow(key, _plain(one.label), "", Source.MISSING, WORDS[Source.MISSING], None, one.needed, change)


def _without_haste(row: ReviewRow) -> ReviewRow:
    """Return a row of a locked step: its empty values are not missing yet."""
    return replace(row, problem="") if row.source is Source.MISSING else row


def _facts(integration: Integration, step: Step) -> list[ReviewRow]:
    """Return what checks have learned at this step: later steps depend on it, so it is reviewed too."""
    journal = integration.journal_state()
    judged = journal.checks.get(step.id)
    fields = {one.name for one in step.fields}
    prefix = f"{step.id}."
    rows = []
    for key, value in journal.values.items():
        name = key.removeprefix(prefix)
        if not key.startswith(prefix) or name in fields or value in EMPTY:
            continue
        fact = step.fact(name)
        whence = f"read from {fact.read_from}" if fact.read_from else WORDS[Source.LEARNED]
        at = judged.at if judged else None
        rows.append(ReviewRow(key, _plain(fact.label), _fact_in_words(value), Source.LEARNED, whence, at))
    return rows


def _fact_in_words(value: Value) -> str:
    """Return a fact's value as one line, an instant to the minute."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return in_words(value)


def _is_field(guide: Guide, key: str) -> bool:
    step_id, _, name = key.partition(".")
    return any(one.name == name for one in guide.step(step_id).fields)


def source_of(word: str) -> Source:
    """Return the source that a word of the journal stands for."""
    return Source(word) if word in set(Source) else Source.OTHER


def in_words(value: Value | None) -> str:
    """Return a value as one line, with control and direction characters made visible."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case list():
            text = ", ".join(value)
        case dict():
            text = ", ".join(f"{left} → {right}" for left, right in value.items())
        case _:
            text = str(value)
    return _plain(text)


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
                    "source": one.source.value,
                    "whence": one.whence,
                    "at": one.at.isoformat(timespec="seconds") if one.at else None,
                    "problem": one.problem or None,
                }
                for one in step.values
            ],
        }
        for step in steps
    ]
