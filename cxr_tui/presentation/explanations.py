"""What a product's message means, part by part, and what is said of one that is not known."""

from __future__ import annotations

from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.explanation import Origin
from cxr_tui.guide.catalog.recognition import Recognised
from cxr_tui.presentation.values import basis_words
from cxr_tui.security.redaction import redact_report

NOT_KNOWN = (
    "Not known. The text contains no documented or observed message, and nothing is guessed. Give it to Oracle Support "
    f"unchanged, without passwords and keys. Messages are known from: {', '.join(Origin)}."
)


def rows(one: Recognised) -> list[tuple[str, str]]:
    """Return what is said of a message, each part under its label."""
    message = one.message
    seen = visible(redact_report(one.seen))
    parts = [
        ("from", message.origin.value),
        ("seen", "" if one.seen == one.name.rstrip("…") else seen),
        ("", "The text is cut off; no other known message begins so." if one.cut else ""),
        ("finding", message.cause.code),
        ("cause", message.cause.why),
        ("remedy", message.cause.remedy),
        ("basis", basis_words(message.basis, message.facts)),
    ]
    return [(label, text) for label, text in parts if text]
