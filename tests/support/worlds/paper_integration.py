"""An integration that is set up as far as its journal tells, made on paper: no sandbox, no keyring."""

from __future__ import annotations

from pathlib import Path

from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.guide.registry import GUIDE
from cxr_tui.guided import walk
from cxr_tui.guided.walk import StepAnswers
from cxr_tui.integration.paths import journal_path
from cxr_tui.journal.store import Journal, Record


def quiet(_: str) -> None:
    """Nobody listens."""


async def walked(
    name: str = "acme", answers: dict[str, StepAnswers] | None = None, until: str = ""
) -> PaperIntegration:
    """Return an integration on paper that was walked through with its operator; every step holds."""
    integration = PaperIntegration(GUIDE, name, Path("/nowhere/journal.db"), (), store="the store", sandboxed=True)
    await walk.walk(integration, walk.Plan(answers or {}, {}, walk.Browser.OPERATOR, until), quiet)
    return integration


async def written(home: Path, name: str = "acme", records: list[Record] | None = None) -> Path:
    """Write the journal of such an integration into a data home and return the journal's path."""
    told = records if records is not None else (await walked(name)).records()
    path = journal_path(home, name)
    path.parent.mkdir(parents=True)
    journal = Journal(path)
    for record in told:
        journal.append(record.at, [record.entry])
    journal.close()
    return path
