"""How commands print the steps: a document for scripts, lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from cxr_tui.domain.finding import Status
from cxr_tui.domain.first_seen import FirstSeen
from cxr_tui.guide.definition import Guide
from cxr_tui.guided.walk import StepReport
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.presentation.values import NEXT_WORDS

STEPS_SCHEMA = 2
"""Version of the documents of `rehearse`, `apply` and `check`."""


def steps_document(
    integration: str, reports: Sequence[StepReport], first_seen: Iterable[FirstSeen], *, ok: bool
) -> dict[str, Any]:
    """Return the document of `rehearse`, `apply` and `check`."""
    return {
        "schema": STEPS_SCHEMA,
        "integration": integration,
        "steps": [
            {
                "id": report.id,
                "state": report.state.value,
                "next": report.next.value,
                "overruled": list(report.overruled),
                "findings": [finding.document() for finding in report.findings],
            }
            for report in reports
        ],
        "first_seen": [asdict(word) for word in sorted(first_seen)],
        "ok": ok,
    }


def steps_table(guide: Guide, reports: Sequence[StepReport]) -> str:
    """Return the steps as lines for people: number, glyph and state, title, and findings that did not pass."""
    lines = []
    for report in reports:
        step = guide.step(report.id)
        lines.append(
            f"{guide.number(report.id):>2}  {STATES[report.state].glyph} {STATES[report.state].word:<12} {step.title}"
        )
        if report.overruled:
            lines.append(f"      overruled: {', '.join(report.overruled)}")
        open_ones = [
            one for one in report.findings if one.status is not Status.PASS and one.code not in report.overruled
        ]
        lines += finding_lines(open_ones, indent="      ")
    upcoming = next((report for report in reports if report.next), None)
    if upcoming is not None:
        lines.append(f"\nNext, at step {guide.number(upcoming.id)}: {NEXT_WORDS[upcoming.next]}.")
    return "\n".join(lines)
