"""Words for people: of states, the journal's keys, values, and the parts of the guide."""

from __future__ import annotations

import re
from datetime import datetime

from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Guide, Part
from cxr_tui.journal.gate import Next, State

PART_NAMES = {
    Part.KEY_PAIR: "Part 1: Create the key pair",
    Part.PUBLIC_KEY: "Part 2: Upload the public key",
    Part.EXPORT: "Part 3: Export the profile list",
    Part.IMPORT: "Part 4: Import the profile data",
}
"""Sub-headings of the one stage that has several parts; Oracle's help numbers them as Step 1 to Step 4."""

_BASES = {
    Basis.DOCUMENTED: "documented by Oracle",
    Basis.OBSERVED: "observed in public",
    Basis.INFERRED: "inferred, so it may be wrong",
    Basis.OWN: "how such programs and protocols work",
}

STATE_WORDS = {
    State.LOCKED: "locked",
    State.READY: "to do",
    State.DRAFT: "in progress",
    State.WAITING: "waiting",
    State.FAILED: "needs fixing",
    State.VERIFIED: "verified",
    State.CONFIRMED: "confirmed",
    State.STALE: "check again",
}
"""Each state as every screen, page and report names it."""

STATE_MEANINGS = {
    State.VERIFIED: "a check saw evidence that this part is done",
    State.CONFIRMED: "a person says that this part is done, sometimes against findings",
    State.WAITING: "waits for someone else or for time to pass; it is checked again automatically",
    State.FAILED: "something needs fixing; the findings say what and how",
    State.STALE: "it was done, and something it depends on has changed since",
    State.DRAFT: "answered; not checked or not confirmed yet",
    State.READY: "your turn",
    State.LOCKED: "opens when every step before it is done",
}
"""A state in one sentence, for help and the tour."""

NEXT_WORDS = {
    Next.ENTER: "enter the values",
    Next.CHECK: "check it",
    Next.CONFIRM: "confirm it once this part is done",
    Next.WAIT: "wait; it is checked again automatically",
    Next.FIX: "fix what the findings name, then check again",
    Next.RETRY: "check again",
}
"""What to do next at a step, for pages and reports."""

OVERRULING = (
    "The step then counts as confirmed, never as verified, and the report lists it with your sentence. It needs fixing "
    "again when its entries change or a check sees something else. You can withdraw it."
)
"""Meaning of a confirmation against findings."""

UNDOCUMENTED = "Label not documented by Oracle"
"""Said of a field whose label no page of Oracle shows."""

_KEY = re.compile(r"\b([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.([a-z][a-z0-9_]*)\b")


def plain_keys(guide: Guide, text: str) -> str:
    """Return a sentence with every `step.field` written as `Label (step N)`, for nobody knows the journal's keys."""

    def plain(match: re.Match[str]) -> str:
        step = next((one for one in guide.steps if one.id == match[1]), None)
        if step is None:
            return match[0]
        label = next((one.label for one in step.fields if one.name == match[2]), match[2].replace("_", " "))
        return f"{label} (step {guide.number(step.id)})"

    return _KEY.sub(plain, text)


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


def since_words(since: datetime, now: datetime) -> str:
    """Return since when somebody else's turn lasts, with the days passed."""
    days = (now - since).days
    return f"{since:%Y-%m-%d %H:%M} UTC, " + (f"for {counted(days, 'day')}" if days else "today")


def basis_words(basis: Basis, source: str) -> str:
    """Return how certain a statement is, and where to read on; nothing where it has no source."""
    return f"{_BASES[basis]}; cxr-tui help facts {source}" if source else ""
