"""What commands print: data on standard output, diagnostics on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from cxr_tui.guide.step import Guide
from cxr_tui.model.finding import Status
from cxr_tui.privacy.redaction import redact, redact_document
from cxr_tui.setup.walk import StepReport
from cxr_tui.tui.glyphs import STATES, STATUSES

SCHEMA = 1
"""Version of every JSON document printed; grows only when a reader would have to change."""


def say(text: str) -> None:
    """Print one piece of data, with every known secret masked."""
    sys.stdout.write(f"{redact(text)}\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """Print one line of diagnostics, with every known secret masked."""
    sys.stderr.write(f"{redact(text)}\n")
    sys.stderr.flush()


def say_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document with its schema version first; secrets are masked before JSON writes them its own way."""
    say(json.dumps(redact_document({"schema": SCHEMA, **document}), ensure_ascii=False, indent=2))


def steps_document(integration: str, reports: Sequence[StepReport], *, ok: bool) -> dict[str, Any]:
    """Return the document of `rehearse`, `apply` and `check` (design, the command line)."""
    return {
        "integration": integration,
        "steps": [
            {
                "id": one.id,
                "state": one.state.value,
                "findings": [
                    {
                        "code": finding.code,
                        "status": finding.status.value,
                        "seen": finding.seen,
                        "why": finding.why,
                        "remedy": finding.remedy,
                    }
                    for finding in one.findings
                ],
            }
            for one in reports
        ],
        "ok": ok,
    }


def steps_table(guide: Guide, reports: Sequence[StepReport]) -> str:
    """Return the steps as lines for people: number, glyph and word, screen, and whatever is not in order."""
    lines = []
    for one in reports:
        step = guide.step(one.id)
        lines.append(f"{guide.number(one.id):>2}  {STATES[one.state].glyph} {one.state.value:<9} {step.title}")
        for finding in one.findings:
            if finding.status is Status.PASS:
                continue
            lines.append(f"      {STATUSES[finding.status].text} {finding.code}: {finding.seen}")
            lines += [f"        {text}" for text in (finding.why, finding.remedy) if text]
    return "\n".join(lines)
