"""A step's form: which fields apply, what they hold, where that came from, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.instruction import Site
from cxr_tui.guide.definition import Choice, Field, Guide, Kind, Step
from cxr_tui.integration.parse_input import blank
from cxr_tui.journal.state import JournalState
from cxr_tui.security.redaction import redact_answer

EMPTY: tuple[Value | None, ...] = (None, "", [], {})


@dataclass(frozen=True)
class FieldView:
    """One field as it is shown now."""

    field: Field
    value: Value | None
    """Answered, else entered, else proposed; None: nothing yet. Always None for a secret."""
    source: str
    """`answered`, `default`, `carried`, or nothing."""
    came_from: str
    """Where a carried value was asked or learned, such as `step 1, Account name`."""
    choices: tuple[Choice, ...]
    stored: bool
    """Whether the journal knows a secret to lie in the keyring."""
    site: Site | None = None
    """Where the instruction has the value brought from."""


def overlay(
    step: Step, journal: JournalState, entered: Mapping[str, Value] | None = None, *, proposals: bool = True
) -> dict[str, Value]:
    """Return all values as they would be if what is entered, and what is proposed, in this step were confirmed."""
    values = dict(journal.values)
    for name, value in (entered or {}).items():
        values[step.key(name)] = value
    for one in step.fields:
        key = step.key(one.name)
        if one.origin:
            carried = values.get(one.origin)
            if carried is not None:
                values[key] = carried
        elif key not in values and proposals:
            proposed = one.proposal(Known(values))
            if proposed is not None:
                values[key] = proposed
    return values


def form(
    guide: Guide, step: Step, journal: JournalState, entered: Mapping[str, Value] | None = None
) -> tuple[FieldView, ...]:
    """Return the fields of a step that apply, given what is answered and what is entered but not confirmed."""
    values = overlay(step, journal, entered)
    known = Known(values)
    sites = {target: visit.site for visit in step.visits(known) for target in visit.brings.values()}
    views = (_view(guide, step, one, journal, values) for one in step.fields if one.shown(known))
    return tuple(replace(view, site=sites.get(view.field.name)) for view in views)


def _view(guide: Guide, step: Step, one: Field, journal: JournalState, values: Mapping[str, Value]) -> FieldView:
    key = step.key(one.name)
    choices = one.offered(Known(values))
    if one.kind is Kind.SECRET:
        return FieldView(one, None, "", "", choices, stored=key in journal.values)
    if one.origin:
        return FieldView(one, values.get(key), "carried", _whence(guide, one.origin), choices, stored=False)
    source = "answered" if key in journal.values else "default" if key in values else ""
    return FieldView(one, values.get(key), source, "", choices, stored=False)


def _whence(guide: Guide, key: str) -> str:
    return f"step {guide.number(key.partition('.')[0])}, {guide.label(key)}"


def whole(views: Iterable[FieldView]) -> dict[str, Value]:
    """Return the values of all fields that can be answered, by name; where there is none, what an empty field holds."""
    return {
        view.field.name: blank(view.field.kind) if view.value is None else view.value
        for view in views
        if not view.field.origin and view.field.kind is not Kind.SECRET
    }


def missing(step: Step, journal: JournalState) -> tuple[Field, ...]:
    """Return the fields that apply, must be filled and are not answered yet."""
    known = Known(overlay(step, journal))
    return tuple(
        one
        for one in step.fields
        if not one.optional and not one.origin and one.shown(known) and journal.values.get(step.key(one.name)) in EMPTY
    )


def problem(step: Step, name: str, value: Value, values: Mapping[str, Value]) -> str | None:
    """Say what is wrong with a value for a field and what would be right; None: nothing."""
    one = step.field(name)
    known = Known(values)
    if value in EMPTY:
        if not one.optional:
            return one.needed
        # an empty list in the place of a user name would be read as the name `[]`
        return None if value in (None, "") else _misfit(one, value)
    wrong = _misfit(one, value)
    if wrong is None and redact_answer(value) != value:
        wrong = (
            f"{one.label} holds a secret that is in use. Enter that only where a password or passphrase is asked for; "
            "where it is meant, change the secret first."
        )
    if wrong is None and one.choices and one.kind in (Kind.CHOICE, Kind.CHECKLIST):
        wrong = _not_offered(one, value, one.offered(known))
    if wrong is None and one.kind is Kind.CONFIRM and value != one.phrase:
        wrong = f'To confirm, type exactly: "{one.phrase}"'
    if wrong is None and one.rule is not None:
        wrong = one.rule(value, known)
    return wrong


_SHAPES: dict[Kind, tuple[type, str]] = {
    Kind.CHECKBOX: (bool, "yes or no"),
    Kind.CHECKLIST: (list, "a list of choices"),
    Kind.LINES: (list, "a list of lines"),
    Kind.MAPPING: (dict, "pairs of names"),
    Kind.NUMBER: (int, "a whole number"),
}


def _misfit(one: Field, value: Value) -> str | None:
    shape, words = _SHAPES.get(one.kind, (str, "one line of text"))
    fits = isinstance(value, shape) and not (shape is int and isinstance(value, bool))
    if fits and isinstance(value, list):
        fits = all(isinstance(part, str) for part in value)
    if fits and isinstance(value, dict):
        fits = all(isinstance(part, str) for pair in value.items() for part in pair)
    return None if fits else f"{one.label} takes {words}."


def _not_offered(one: Field, value: Value, offered: tuple[Choice, ...]) -> str | None:
    if not offered:
        return None
    chosen = value if isinstance(value, list) else [str(value)]
    names = [choice.value for choice in offered]
    strange = [part for part in chosen if part not in names]
    if not strange:
        return None
    from cxr_tui.domain.text import visible

    listed = ", ".join(visible(name, 40) for name in names[:12])
    return f"{one.label}: {visible(strange[0], 60)} is not offered here; choose from {listed}."
