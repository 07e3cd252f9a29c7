"""What commands print of the steps: a document for scripts, lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from cxr_tui.cli.printing import SCHEMA, say, say_json, tell
from cxr_tui.domain.finding import Status
from cxr_tui.domain.first_seen import FirstSeen
from cxr_tui.guide.definition import Guide
from cxr_tui.guided.walk import StepReport
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.presentation.values import NEXT_WORDS

STEPS_SCHEMA = 2
"""Version of the documents of `rehearse`, `apply` and `check`."""

__all__ = ["SCHEMA", "say", "say_json", "steps_document", "steps_table", "tell"]


def steps_document(
    integration: str, reports: Sequence[StepReport], first_seen: Iterable[FirstSeen], *, ok: bool
) -> dict[str, Any]:
    """Return the document of `rehearse`, `apply` and `check` (design, the command line)."""
    return {
        "schema": STEPS_SCHEMA,
        "integration": integration,
        "steps": [
            {
                "id": one.id,
                "state": one.state.value,
                "next": one.next.value,
                "overruled": list(one.overruled),
                "findings": [finding.document() for finding in one.findings],
            }
            for one in reports
        ],
        "first_seen": [asdict(one) for one in sorted(first_seen)],
        "ok": ok,
    }


def steps_table(guide: Guide, reports: Sequence[StepReport]) -> str:
    """Return the steps as lines for people: number, glyph and word, screen, and whatever is not in order."""
    lines = []
    for one in reports:
        step = guide.step(one.id)
        lines.append(f"{guide.number(one.id):>2}  {STATES[one.state].glyph} {STATES[one.state].word:<12} {step.title}")
        if one.overruled:
            lines.append(f"      overruled: {', '.join(one.overruled)}")
        for finding in one.findings:
            if finding.status is Status.PASS or finding.code in one.overruled:
                continue
            lines += finding_lines(finding, "      ")
    following = next((one for one in reports if one.next), None)
    if following is not None:
        lines.append(f"\nNext, at step {guide.number(following.id)}: {NEXT_WORDS[following.next]}.")
    return "\n".join(lines)
