"""The papers of an integration, printed: dry run, texts for others, handover report. Nothing here changes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from cxr_tui.dry_run.plan import UNTOUCHED, plan_at, plan_lines, summary
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.step_text import OutputLine, said
from cxr_tui.reports.files import write_handover
from cxr_tui.reports.messages import texts, texts_of


def dry_run(integration: Integration, step_id: str, secrets: Iterable[str], *, operated: bool) -> list[OutputLine]:
    """Return what the step's main work would touch."""
    step = integration.guide.step(step_id)
    plan = plan_at(integration, step_id, [step.field(name).item for name in secrets], operated=operated)
    lines = said(f"{'Do it for me' if operated else 'Save and check'} would touch {summary([plan])}", UNTOUCHED)
    return lines + [OutputLine(line.whole, exact=True) for line in plan_lines(integration.guide, plan)]


def text_lines(integration: Integration, step_id: str, *, everything: bool) -> Iterator[OutputLine]:
    """Yield the texts that are of use at a step, or all that can be written by now, each as it is copied."""
    found = texts(integration) if everything else texts_of(integration, step_id)
    for one in found:
        yield OutputLine(f"Text: {one.title}. For: {one.to}.")
        yield from (OutputLine(line, exact=True) for line in one.whole.split("\n"))
        yield OutputLine("End of text.")
    if not found:
        yield OutputLine("No text for others is of use here; texts all prints every one.")


async def handover(integration: Integration) -> list[OutputLine]:
    """Write the handover report, and return where it lies."""
    try:
        paths = await asyncio.to_thread(write_handover(integration))
    except OSError as error:
        return said(f"Nothing was written: {error}")
    return [
        *said("The handover report was written, readable for you alone:"),
        *(OutputLine(str(path), exact=True) for path in paths),
        *said("It holds no secret, and of your customers' own data only how much there is."),
    ]
