"""Words for people: of states, the journal's keys, values, and the parts of the guide."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.definition import Guide, Part, Product, Step
from cxr_tui.integration.form import EMPTY
from cxr_tui.journal.gate import Next, State, StepState

WORDS: Mapping[str, Mapping[str, Any]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
PART_NAMES = {Part(name): words for name, words in WORDS["Part"].items()}
NEXT_WORDS = {Next(name): words for name, words in WORDS["Next"].items()}
OVERRULING = (
    "The step then counts as confirmed, never as verified, and the report lists it with your sentence. It needs fixing "
    "again when its entries change or a check sees something else. You can withdraw it."
)
"""Meaning of a confirmation against findings."""

UNDOCUMENTED = "Label not documented by Oracle"
"""Said of a field whose label no page of Oracle shows."""


def state_sentence(guide: Guide, state: StepState) -> str:
    """Return why a step is in its state, in one or two sentences."""
    at = f"{state.at:%Y-%m-%d %H:%M} UTC" if state.at else ""
    match state.state:
        case State.LOCKED:
            return f"Locked. Finish {named_step(guide, state.blocked_by)}, first."
        case State.READY:
            return "Nothing is entered yet." if state.next is Next.ENTER else "Not checked yet."
        case State.DRAFT:
            return _draft_sentence(guide, state)
        case State.WAITING:
            return f"Waiting for {state.waiting.on} (usually {state.waiting.usual})." if state.waiting else "Waiting."
        case State.FAILED:
            outcome = state.current or state.outcome
            count = sum(not one.within for one in outcome.against) if outcome else 0
            last_word = " It cannot be confirmed: going on would do harm." if outcome and outcome.hard_stop else ""
            return f"{counted(count, 'problem')} to fix.{last_word}"
        case State.VERIFIED:
            where = f" at {named_step(guide, state.evidence_step)}" if state.evidence_step else ""
            return f"Evidence seen {at}{where}."
        case State.CONFIRMED:
            return _confirmed_sentence(guide, state, at)
        case State.STALE:
            if not state.changed:
                return "An earlier version took the entries for evidence."
            have = "has" if len(state.changed) == 1 else "have"
            return f"Was done. {named_keys(guide, state.changed)} {have} changed since."


def _draft_sentence(guide: Guide, state: StepState) -> str:
    match state.next:
        case Next.CONFIRM:
            product = guide.step(state.id).product
            done = "Do this part" if product is Product.NONE else f"Do this part in {product.value}"
            return f"Entries are valid. {done}, then confirm it."
        case Next.RETRY:
            return "The check could not be completed."
        case _ if state.changed:
            return f"Changed since the last check: {named_keys(guide, state.changed)}."
        case _:
            return "Entered, not checked yet."


def _confirmed_sentence(guide: Guide, state: StepState, at: str) -> str:
    who = "Done by the sandbox" if state.confirmed_by == "operator" else f"Confirmed by {state.confirmed_by}"
    if state.overruled:
        return f"{who}, {at}, against {', '.join(state.overruled)}: {state.sentence}"
    later = state.evidence_step
    evidence = f"Verified later, at {named_step(guide, later)}." if later else "This cannot be verified automatically."
    return f"{who}, {at}. {evidence}"


def named_step(guide: Guide, step_id: str) -> str:
    """Return a step by its number and title."""
    return f"step {guide.number(step_id)}, {guide.step(step_id).title}"


def named_keys(guide: Guide, keys: Iterable[str]) -> str:
    """Return keys `step.field` of the journal as `Label (step N)`; a key of a step that is gone stays as it is."""
    numbers = {step.id: number for number, step in enumerate(guide.steps, 1)}
    steps = {key: numbers.get(key.partition(".")[0]) for key in keys}
    return ", ".join(f"{guide.label(key)} (step {number})" if number else key for key, number in steps.items())


def shown(value: Value | None) -> str:
    """Return a value in words."""
    match value:
        case None | "" | []:
            return "nothing yet"
        case bool():
            return "yes" if value else "no"
        case list():
            return "\n".join(value)
        case dict():
            return "\n".join(f"{name} → {other}" for name, other in value.items())
        case _:
            return str(value)


def restored(step: Step, before: Mapping[str, Value | None]) -> list[str]:
    """Return the values of a step that undoing brings back, each in words."""
    labels = {one.name: one.label for one in step.fields}
    return [
        f"{labels.get(name, name)} is " + ("empty again" if value in EMPTY else f"back to {visible(shown(value), 60)}")
        for name, value in before.items()
    ]


def since_words(since: datetime, now: datetime) -> str:
    """Return since when the step waits for another person, with the days passed."""
    days = (now - since).days
    return f"{since:%Y-%m-%d %H:%M} UTC, " + (f"for {counted(days, 'day')}" if days else "today")


def basis_words(basis: Basis, source: str) -> str:
    """Return how certain a statement is, and where to read on; nothing where it has no source."""
    return f"{WORDS['Basis'][basis]}; cxr-tui help facts {source}" if source else ""
