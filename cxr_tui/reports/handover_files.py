"""The handover as files under the data home, for the wizard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home
from cxr_tui.reports.files import save
from cxr_tui.reports.handover import handover
from cxr_tui.reports.handover_formats import handover_html, handover_markdown
from cxr_tui.security.private_files import private_folder
from cxr_tui.security.redaction import redact, redact_document

FOLDER = "handovers"


def write_handover(integration: Integration) -> Callable[[], tuple[Path, ...]]:
    """Read the journal now, and return what writes a page and a Markdown file from it, to be called in a thread.

    The journal's connection belongs to the thread that opened it. What is returned raises OSError.
    """
    document, name = redact_document(handover(integration)), integration.name
    day = document["at"][:10]

    def write() -> tuple[Path, ...]:
        folder = private_folder(data_home() / FOLDER)
        forms = (("html", handover_html(document)), ("md", f"{handover_markdown(document)}\n"))
        return tuple(save(folder / f"{name}-{day}.{ending}", redact(text)) for ending, text in forms)

    return write
