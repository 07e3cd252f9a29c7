"""A step as plain lines: no glyphs, no columns, every state and every status a word. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Visit
from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Guide, Kind, Product, Step
from cxr_tui.guided.browser_links import Page
from cxr_tui.guided.overview import YOU, PendingStep
from cxr_tui.guided.step_view import StepView
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.journal.gate import State, StepState
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.findings import look_of, worst_first
from cxr_tui.presentation.instructions import Line, brought_lines, caveat, entry_lines, site_heading
from cxr_tui.presentation.values import (
    NEXT_WORDS,
    PART_NAMES,
    STATE_WORDS,
    UNDOCUMENTED,
    basis_words,
    shown,
    since_words,
)
from cxr_tui.reports.review import ReviewedStep


def labelled(label: str, value: str) -> str:
    """Return a label with its value; a label that asks a question already ends as one."""
    return f"{label} {value}" if label.endswith("?") else f"{label}: {value}"


@dataclass(frozen=True)
class OutputLine:
    """One line, and whether it is printed as it is, because a value on it is copied."""

    text: str
    exact: bool = False


def said(*texts: str) -> list[OutputLine]:
    """Return lines of prose."""
    return [OutputLine(text) for text in texts]


def heading(number: int, count: int, step: Step) -> str:
    """Return the step's number, title and product."""
    where = f" In {step.product.value}." if step.product is not Product.NONE else ""
    return f"Step {number} of {count}: {step.title}.{where}"


def state_lines(step_view: StepView) -> list[OutputLine]:
    """Return a step's state, the reason, and since when it waits."""
    state = step_view.state
    lines = said(f"State: {STATE_WORDS[state.state]}. {step_view.reason}")
    if state.waiting and state.waiting.since and state.state is State.WAITING:
        lines += said(f"Waiting since {since_words(state.waiting.since, step_view.now)}.")
    if state.next:
        lines += said(f"Next: {NEXT_WORDS[state.next]}.")
    return lines


def about_lines(step_view: StepView) -> list[OutputLine]:
    """Return the step's purpose, its warnings and its notes."""
    step = step_view.step
    lines = said(f"Purpose: {step.purpose}")
    lines += said(*(f"Warning: {note.text}" for note in step.notes if note.warning))
    lines += said(*(f"Note: {note.text}" for note in step.notes if not note.warning))
    lines += [OutputLine(f"Learn more: {link.title}: {link.url}", exact=True) for link in step.links]
    return lines + (said(f"Usual wait: {step.usual_wait}.") if step.usual_wait else [])


def value_lines(step_view: StepView) -> list[OutputLine]:
    """Return every field as `label: value`, with where the value comes from."""
    return [
        line
        for view in step_view.views
        for line in _value(view, step_view.store, step_view.entered, step_view.problems)
    ]


def _value(
    view: FieldView, store: str, entered: Mapping[str, Value], problems: Mapping[str, str]
) -> Iterator[OutputLine]:
    label, source = view.field.label, _source(view, store, entered)
    if view.field.kind is Kind.SECRET:
        yield OutputLine(labelled(label, source))
    elif view.value in EMPTY:
        yield OutputLine(labelled(label, f"empty{' (optional)' if view.field.optional else ''}"))
    elif isinstance(view.value, list | dict):
        yield OutputLine(labelled(label, f"{len(view.value)}{f' ({source})' if source else ''}"))
        yield from (OutputLine(f"  {text}", exact=True) for text in several(view.value))
    else:
        yield OutputLine(labelled(label, f"{_named(view)}{f' ({source})' if source else ''}"), exact=True)
    if view.field.undocumented:
        yield OutputLine(f"  {UNDOCUMENTED}.")
    if view.field.name in problems:
        yield OutputLine(f"  Current problem: {problems[view.field.name]}")


def carried_lines(view: FieldView) -> list[OutputLine]:
    """Return a read-only field with the source of its value and of its documentation."""
    lines = said(f"{view.field.label}: from {view.came_from}, not asked here. {view.field.help}".strip())
    return lines + (said(f"Documented: {view.field.source}") if view.field.source else [])


def several(value: list[str] | dict[str, str]) -> list[str]:
    """Return values or pairs, one a line."""
    return value if isinstance(value, list) else [f"{name} -> {other}" for name, other in value.items()]


def _named(view: FieldView) -> str:
    """Return a value in words, a choice by its label."""
    label = next((one.label for one in view.choices if one.value == view.value), "")
    return label or shown(view.value)


def _source(view: FieldView, store: str, entered: Mapping[str, Value]) -> str:
    if view.field.kind is Kind.SECRET:
        if view.stored:
            return f"stored in {store}"
        return f"not given{', optional' if view.field.optional else ''}"
    if view.field.name in entered:
        return "not saved yet"
    return {"carried": f"from {view.came_from}", "default": "suggested", "answered": "saved"}.get(view.source, "")


def against_lines(findings: Sequence[Finding]) -> list[OutputLine]:
    """Return the findings that a person may overrule."""
    return said(*(f"{STATUSES[one.status].word}: {one.seen} ({one.code})" for one in findings))


def finding_lines(findings: Sequence[Finding], overruled: Sequence[str] = ()) -> list[OutputLine]:
    """Return findings, failures first: what was seen, why it matters, how to fix it; `overruled` are codes."""
    lines: list[OutputLine] = []
    for one in worst_first(findings):
        lines += said(f"{look_of(one, overruled).word}: {one.seen} ({one.code})")
        if one.status is Status.PASS:
            continue
        lines += said(*(f"  {word}: {text}" for word, text in (("Why", one.why), ("Fix", one.remedy)) if text))
        if one.fix is not None:
            lines += said(f"  Suggested fix: {one.fix.label}. Type fix to apply it.")
        if basis := basis_words(one.basis, one.source):
            lines += said(f"  Basis: {basis}")
    return lines


def instruction_lines(
    visits: Sequence[Visit], labels: Mapping[str, str], addresses: Sequence[Page] = ()
) -> list[OutputLine]:
    """Return the instruction: for each screen the click path, then every value on a separate line."""
    if not visits:
        return said("This step has nothing to do outside the wizard.")
    lines = said(f"Do this outside the wizard, {counted(len(visits), 'screen')}:")
    for page in addresses:
        lines.append(
            OutputLine(f"{page.product}: {page.url}", exact=True) if page.url else OutputLine(f"{page.missing}.")
        )
    for number, visit in enumerate(visits, 1):
        lines += _visit(number, len(visits), visit, labels)
    return lines


def _visit(number: int, count: int, visit: Visit, labels: Mapping[str, str]) -> Iterator[OutputLine]:
    yield OutputLine(f"Screen {number} of {count}: {site_heading(visit)}.")
    yield from (OutputLine(f"  {at}. {part}") for at, part in enumerate(visit.clicks, 1))
    for name, typed in visit.entries.items():
        lines = entry_lines(name, typed) if not isinstance(typed, dict) else [Line("", one) for one in several(typed)]
        if len(lines) == 1:
            yield OutputLine(f"  {name}: {lines[0].shown}", exact=True)
        else:
            yield OutputLine(f"  {name}, {counted(len(lines), 'value')}:")
            yield from (OutputLine(f"    {line.shown}", exact=True) for line in lines)
    if visit.press:
        yield OutputLine(f"  Click: {', then '.join(visit.press)}")
    yield from (OutputLine(f"  Note down: {line.shown}") for line in brought_lines(visit, labels))
    yield from (OutputLine(f"  Note: {text}") for text in (visit.note, caveat(visit)) if text)


def review_lines(step: ReviewedStep) -> list[OutputLine]:
    """Return every value of a step with where it came from and what is wrong with it."""
    lines = said(f"Step {step.number}, {step.title}: {STATE_WORDS[step.state.state]}")
    for one in step.values:
        when = f", {one.at:%Y-%m-%d %H:%M} UTC" if one.at else ""
        value, *more = one.shown.split("\n")
        lines.append(OutputLine(f"  {labelled(one.label, value or 'nothing')} ({one.whence}{when})", exact=True))
        lines += [OutputLine(f"    {text}", exact=True) for text in more]
        lines += said(f"    Current problem: {one.problem}") if one.problem else []
    return lines


def steps_lines(guide: Guide, states: Mapping[str, StepState], here: str) -> list[OutputLine]:
    """Return all steps with their states in words, under their stages."""
    lines: list[OutputLine] = []
    stage = part = None
    for number, step in enumerate(guide.steps, 1):
        if step.part.stage is not stage:
            stage = step.part.stage
            members = [one for one in guide.steps if one.part.stage is stage]
            done = sum(states[one.id].done for one in members)
            lines += said(f"Stage: {stage.value}, {done} of {len(members)} done.")
        if step.part is not part:
            part = step.part
            if part in PART_NAMES:
                lines += said(f"Part: {PART_NAMES[part]}.")
        mark = ", you are here" if step.id == here else ""
        lines += said(f"{number}. {step.title}: {STATE_WORDS[states[step.id].state]}{mark}")
    return [*lines, *said(progress(states))]


def progress(states: Mapping[str, StepState]) -> str:
    """Return how many steps are done."""
    return f"{sum(state.done for state in states.values())} of {len(states)} steps done."


def wait_lines(waits: Sequence[PendingStep]) -> list[OutputLine]:
    """Return who has to act at each open step."""
    lines: list[OutputLine] = []
    for one in waits:
        whose = "Your turn" if one.on == YOU else one.on
        since = f", since {one.since:%Y-%m-%d}" if one.since else ""
        usual = f", usual: {one.usual}" if one.usual else ""
        reason = f". {one.reason.rstrip('.')}" if one.reason else ""
        lines += said(f"{whose}: step {one.number}, {one.title}{since}{usual}{reason}.")
    return lines
