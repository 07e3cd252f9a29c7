"""Messages of the products explained at a step; what is not known is kept as a note of the step."""

from __future__ import annotations

from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.recognition import LONGEST, Recognised, recognise
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import note_entry
from cxr_tui.presentation.values import basis_words
from cxr_tui.security.redaction import redact_report

NOT_KNOWN = (
    "Not known: no message in it is documented or observed, and nothing is guessed. It is kept as a note of this step, "
    "with passwords masked as far as they can be told. Reports leave notes out; cxr-tui erase removes them."
)
LONGEST_NOTE = 4_000
"""Characters of a message that are kept."""


def explain(integration: Integration, step_id: str, text: str) -> list[Recognised]:
    """Return the known messages in a text; where there are none, keep the text as a note of the step."""
    found = recognise(text[:LONGEST])
    if text.strip() and not found:
        integration.note([note_entry(step_id, text.strip()[:LONGEST_NOTE])])
    return found


def rows(one: Recognised) -> list[tuple[str, str]]:
    """Return what is said of a message, each part under its label."""
    message = one.message
    seen = visible(redact_report(one.seen))
    parts = [
        ("from", message.origin),
        ("seen", "" if one.seen == one.name.rstrip("…") else seen),
        ("", "The text is cut off; no other known message begins so." if one.cut else ""),
        ("finding", message.cause.code),
        ("cause", message.cause.why),
        ("remedy", message.cause.remedy),
        ("basis", basis_words(message.basis, message.facts)),
    ]
    return [(label, text) for label, text in parts if text]
