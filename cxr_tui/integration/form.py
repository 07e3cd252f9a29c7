"""A step's form: the fields that apply, their values and sources, and what is wrong with a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Choice, Field, Guide, Kind, Step
from cxr_tui.journal.state import JournalState
from cxr_tui.security.redaction import redact_answer

EMPTY: tuple[Value | None, ...] = (None, "", [], {})
_BLANKS: dict[Kind, Value] = {Kind.CHECKBOX: False, Kind.CHECKLIST: [], Kind.LINES: [], Kind.MAPPING: {}}


def blank(kind: Kind) -> Value:
    """Return the value of a field in which nothing was entered."""
    return _BLANKS.get(kind, "")


@dataclass(frozen=True)
class FieldView:
    """One field and its current value."""

    field: Field
    value: Value | None
    """Saved, else entered, else suggested; None: nothing yet. Always None for a secret."""
    source: str
    """`answered`, `default`, `carried` (inherited from an earlier step), or nothing."""
    came_from: str
    """Source of an inherited value, such as `step 1, Account name`."""
    choices: tuple[Choice, ...]
    stored: bool
    """Whether the secret is in the keyring, according to the journal."""
    site: Site | None = None
    """The site from which the instruction collects the value."""


def overlay(
    step: Step, journal: JournalState, entered: Mapping[str, Value] | None = None, *, proposals: bool = True
) -> dict[str, Value]:
    """Return all values as they would be if this step's entries and suggestions were saved."""
    values = dict(journal.values)
    for name, value in (entered or {}).items():
        values[step.key(name)] = value
    for one in step.fields:
        key = step.key(one.name)
        if one.origin:
            inherited = values.get(one.origin)
            if inherited is not None:
                values[key] = inherited
        elif key not in values and proposals:
            proposed = one.proposal(Known(values))
            if proposed is not None:
                values[key] = proposed
    return values


def form(
    guide: Guide, step: Step, journal: JournalState, entered: Mapping[str, Value] | None = None
) -> tuple[FieldView, ...]:
    """Return the fields of a step that apply, given what is saved and what is entered."""
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
        inherited = f"step {guide.number(one.origin.partition('.')[0])}, {guide.label(one.origin)}"
        return FieldView(one, values.get(key), "carried", inherited, choices, stored=False)
    source = "answered" if key in journal.values else "default" if key in values else ""
    return FieldView(one, values.get(key), source, "", choices, stored=False)


def whole(views: Iterable[FieldView]) -> dict[str, Value]:
    """Return the values of all fields that can be saved, by name; a blank where a field has none."""
    return {
        view.field.name: blank(view.field.kind) if view.value is None else view.value
        for view in views
        if not view.field.origin and view.field.kind is not Kind.SECRET
    }


def missing(step: Step, journal: JournalState) -> tuple[Field, ...]:
    """Return the required fields that apply and have no saved value."""
    known = Known(overlay(step, journal))
    return tuple(
        one
        for one in step.fields
        if not one.optional and not one.origin and one.shown(known) and journal.values.get(step.key(one.name)) in EMPTY
    )


def problem(step: Step, name: str, value: Value, values: Mapping[str, Value]) -> str | None:
    """Return what is wrong with a value for a field and what would be right; None: nothing."""
    one = step.field(name)
    known = Known(values)
    if value in EMPTY:
        if not one.optional:
            return one.needed
        # an empty list as a user name would be read as the name `[]`
        return None if value in (None, "") else _misfit(one, value)
    wrong = _misfit(one, value)
    if wrong is None and redact_answer(value) != value:
        wrong = (
            f"{one.label} contains a secret that is in use. Enter a secret only in a password or passphrase field. If "
            "you mean this text, change the secret first."
        )
    if wrong is None and one.choices and one.kind in (Kind.CHOICE, Kind.CHECKLIST):
        wrong = _not_offered(one, value, one.offered(known))
    if wrong is None and one.kind is Kind.CONFIRM and value != one.phrase:
        wrong = f'To confirm, type exactly: "{one.phrase}"'
    if wrong is None and one.rule is not None:
        wrong = one.rule(value, known)
    return wrong


_SHAPES: dict[Kind, tuple[Any, str]] = {
    Kind.CHECKBOX: (bool, "yes or no"),
    Kind.CHECKLIST: (list[str], "a list of choices"),
    Kind.LINES: (list[str], "a list of lines"),
    Kind.MAPPING: (dict[str, str], "pairs of names"),
    Kind.NUMBER: (int, "a whole number"),
}


def _misfit(one: Field, value: Value) -> str | None:
    shape, words = _SHAPES.get(one.kind, (str, "one line of text"))
    try:
        msgspec.convert(value, shape)
    except (msgspec.ValidationError, UnicodeEncodeError):  # the second: half a surrogate pair in its message
        return f"{one.label}: enter {words}."
    return None


def _not_offered(one: Field, value: Value, offered: tuple[Choice, ...]) -> str | None:
    if not offered:
        return None
    chosen = value if isinstance(value, list) else [str(value)]
    names = [choice.value for choice in offered]
    unknown = [part for part in chosen if part not in names]
    if not unknown:
        return None
    listed = ", ".join(visible(name, 40) for name in names[:12])
    return f"{one.label}: {visible(unknown[0], 60)} is not a choice; choose from {listed}."
