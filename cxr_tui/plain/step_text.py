"""A step as plain lines: no glyphs, no columns, every state and every status a word. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cxr_tui.domain.answers import Value
from cxr_tui.guide.definition import Guide, Kind, Product
from cxr_tui.guided.overview import YOU, PendingStep
from cxr_tui.guided.step_view import StepView
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.journal.gate import State, StepState
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.instructions import Exact
from cxr_tui.presentation.values import (
    NEXT_WORDS,
    PART_NAMES,
    UNDOCUMENTED,
    shown,
    since_words,
)
from cxr_tui.reports.review import ReviewedStep


def labelled(label: str, value: str) -> str:
    """Return a label with its value; a label that asks a question already ends as one."""
    return f"{label} {value}" if label.endswith("?") else f"{label}: {value}"


def state_lines(step_view: StepView, count: int) -> Iterator[str]:
    """Yield a step's number of `count`, its title, its state with the reason, and since when it waits."""
    step = step_view.step
    where = f" In {step.product.value}." if step.product is not Product.NONE else ""
    yield f"Step {step_view.number} of {count}: {step.title}.{where}"
    state = step_view.state
    yield f"State: {STATES[state.state].word}. {step_view.reason}"
    if state.waiting and state.waiting.since and state.state is State.WAITING:
        yield f"Waiting since {since_words(state.waiting.since, step_view.now)}."
    if state.next:
        yield f"Next: {NEXT_WORDS[state.next]}."


def about_lines(step_view: StepView) -> Iterator[str]:
    """Yield the step's purpose, its warnings and its notes, then every field as `label: value` with its source."""
    step = step_view.step
    yield f"Purpose: {step.purpose}"
    yield from (f"Warning: {note.text}" for note in step.notes if note.warning)
    yield from (f"Note: {note.text}" for note in step.notes if not note.warning)
    yield from (Exact(f"Learn more: {link.title}: {link.url}") for link in step.links)
    if step.usual_wait:
        yield f"Usual wait: {step.usual_wait}."
    for view in step_view.views:
        yield from _value_lines(view, step_view)


def _value_lines(view: FieldView, step_view: StepView) -> Iterator[str]:
    label, source = view.field.label, _source(view, step_view.store, step_view.entered)
    of = f" ({source})" if source else ""
    if view.field.kind is Kind.SECRET:
        yield labelled(label, source)
    elif view.value in EMPTY:
        yield labelled(label, f"empty{' (optional)' if view.field.optional else ''}")
    elif isinstance(view.value, list | dict):
        yield labelled(label, f"{len(view.value)}{of}")
        yield from (Exact(f"  {text}") for text in several(view.value))
    else:
        chosen = next((one.label for one in view.choices if one.value == view.value), "")
        yield Exact(labelled(label, f"{chosen or shown(view.value)}{of}"))
    if view.field.undocumented:
        yield f"  {UNDOCUMENTED}."
    if view.field.name in step_view.problems:
        yield f"  Current problem: {step_view.problems[view.field.name]}"


def several(value: list[str] | dict[str, str]) -> list[str]:
    """Return values or pairs, one a line."""
    return value if isinstance(value, list) else [f"{name} -> {other}" for name, other in value.items()]


def _source(view: FieldView, store: str, entered: Mapping[str, Value]) -> str:
    if view.field.kind is Kind.SECRET:
        if view.stored:
            return f"stored in {store}"
        return f"not given{', optional' if view.field.optional else ''}"
    if view.field.name in entered:
        return "not saved yet"
    return {"carried": f"from {view.came_from}", "default": "suggested", "answered": "saved"}.get(view.source, "")


def review_lines(step: ReviewedStep) -> Iterator[str]:
    """Yield every value of a step with where it came from and what is wrong with it."""
    yield f"Step {step.number}, {step.title}: {STATES[step.state.state].word}"
    for one in step.values:
        when = f", {one.at:%Y-%m-%d %H:%M} UTC" if one.at else ""
        yield Exact(f"  {labelled(one.label, one.shown or 'nothing')} ({one.whence}{when})")
        if one.problem:
            yield f"    Current problem: {one.problem}"


def steps_lines(guide: Guide, states: Mapping[str, StepState], here: str) -> Iterator[str]:
    """Yield all steps with their states in words, under their stages."""
    stage = part = None
    for number, step in enumerate(guide.steps, 1):
        if step.part.stage is not stage:
            stage = step.part.stage
            members = [one for one in guide.steps if one.part.stage is stage]
            yield f"Stage: {stage.value}, {sum(states[one.id].done for one in members)} of {len(members)} done."
        if step.part is not part:
            part = step.part
            if part in PART_NAMES:
                yield f"Part: {PART_NAMES[part]}."
        mark = ", you are here" if step.id == here else ""
        yield f"{number}. {step.title}: {STATES[states[step.id].state].word}{mark}"
    yield progress(states)


def progress(states: Mapping[str, StepState]) -> str:
    """Return how many steps are done."""
    return f"{sum(state.done for state in states.values())} of {len(states)} steps done."


def wait_lines(waits: Sequence[PendingStep]) -> Iterator[str]:
    """Yield who has to act at each open step."""
    for one in waits:
        whose = "Your turn" if one.on == YOU else one.on
        since = f", since {one.since:%Y-%m-%d}" if one.since else ""
        usual = f", usual: {one.usual}" if one.usual else ""
        reason = f". {one.reason.rstrip('.')}" if one.reason else ""
        yield f"{whose}: step {one.number}, {one.title}{since}{usual}{reason}."
