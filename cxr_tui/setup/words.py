"""Words for people: of the journal's keys, of values, and of the parts of the guide."""

from __future__ import annotations

import re
from datetime import datetime

from cxr_tui.guide.step import Guide, Part
from cxr_tui.model.counting import counted
from cxr_tui.model.values import Value

PART_NAMES = {
    Part.KEYS: "Keys",
    Part.EXPORT: "Export from Responsys",
    Part.TRANSFER: "Transfer",
    Part.IMPORT: "Import into CX Audience",
}
"""Sub-headings of the one stage that has several parts."""

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
