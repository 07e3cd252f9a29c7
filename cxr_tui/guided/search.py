"""Finding a step, a field, a finding or a note by any words of it; secrets have no words here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Kind
from cxr_tui.integration.integration import Integration


class What(StrEnum):
    """What was found, the likeliest to be meant first."""

    STEP = "step"
    FIELD = "field"
    FINDING = "finding"
    VALUE = "value"
    NOTE = "note"


@dataclass(frozen=True)
class Found:
    """One place in the guide, and the text by which it was found."""

    step_id: str
    number: int
    what: What
    title: str
    """Title of the step."""
    text: str
    field: str = ""
    """Name of the field, where it is one."""
    label: str = ""
    """The field's label, or the finding's code."""


def search(integration: Integration, query: str) -> tuple[Found, ...]:
    """Return the places that hold every word of a query, the likeliest first, then in the order of the guide."""
    words = query.casefold().split()
    if not words:
        return ()
    hits = [one for one in _places(integration) if all(word in _haystack(one) for word in words)]
    best: dict[tuple[str, str, str], Found] = {}
    likely = list(What)
    for one in sorted(hits, key=lambda found: (-_share(found, words), likely.index(found.what), found.number)):
        best.setdefault((one.step_id, one.field, one.label if one.what is What.FINDING else ""), one)
    return tuple(best.values())


def _haystack(one: Found) -> str:
    return f"{one.number} {one.step_id} {one.title} {one.label} {one.text}".casefold()


def _share(one: Found, words: list[str]) -> int:
    """Return how many of the words the place's own name contains, not only its step's name or its text."""
    name = (one.label or one.title).casefold()
    return sum(word in name for word in words)


def _places(integration: Integration) -> Iterator[Found]:
    states = integration.states()
    for number, step in enumerate(integration.guide.steps, 1):
        yield Found(step.id, number, What.STEP, step.title, step.purpose)
        for view in integration.form(step.id):
            field = view.field
            yield Found(step.id, number, What.FIELD, step.title, field.help, field.name, field.label)
            if field.kind is not Kind.SECRET and view.value not in (None, "", [], {}):
                told = visible(str(view.value), 200)
                yield Found(step.id, number, What.VALUE, step.title, told, field.name, field.label)
        state = states[step.id]
        for outcome in (state.outcome, state.inconclusive):
            for finding in outcome.findings if outcome else ():
                said = " ".join(part for part in (finding.seen, finding.why, finding.remedy) if part)
                yield Found(step.id, number, What.FINDING, step.title, visible(said, 600), "", finding.code)
        for note in step.notes:
            yield Found(step.id, number, What.NOTE, step.title, note.text)
