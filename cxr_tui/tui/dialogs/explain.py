"""What a message of a product's screen, email or log means."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.widget import Widget

from cxr_tui.domain.errors import JournalError
from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.recognition import LONGEST, Recognised
from cxr_tui.guided.explain import NOT_KNOWN, explain, rows
from cxr_tui.integration.integration import Integration
from cxr_tui.tui.fields.lines import PlainArea
from cxr_tui.tui.screens.action_screen import ActionScreen
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock

_LABEL = 9
_PROMPT = "Type or paste what the product's screen, email or log says, then press F5. Leave passwords out."


class ExplainScreen(ActionScreen[None], scope="explain"):
    """A message above, its meaning below."""

    CSS_PATH = "../theme/styles/reports.tcss"
    AUTO_FOCUS = "#message"

    def __init__(self, integration: Integration, step_id: str) -> None:
        super().__init__(f"{integration.name}   it shows an error", f"step {integration.guide.number(step_id)}")
        self._integration = integration
        self._step_id = step_id

    def body(self) -> Iterable[Widget]:
        """Return the message and its meaning."""
        yield PlainArea(id="message")
        yield VerticalScroll(TextBlock(*self._beginning()), id="detail")

    def action_explain(self) -> None:
        """Show what the message means; keep an unknown message as a note."""
        text = self.query_one(PlainArea).text[:LONGEST]
        if not text.strip():
            self._show([Paragraph(_PROMPT, style="$warning")])
            return
        try:
            found = explain(self._integration, self._step_id, text)
        except JournalError as error:
            self._show([Paragraph(visible(str(error), 500), style="$error")])
            return
        self._show(_meaning(found) if found else [Paragraph(NOT_KNOWN, style="$warning")])

    def _show(self, paragraphs: list[Paragraph]) -> None:
        self.query_one(TextBlock).show(paragraphs)
        self.query_one("#detail").scroll_home(animate=False)
        self.call_after_refresh(self.show_keys)

    def _beginning(self) -> list[Paragraph]:
        paragraphs = [Paragraph(_PROMPT, style="$muted")]
        for note in self._integration.journal_state().notes.get(self._step_id, ()):
            paragraphs += [
                Paragraph(),
                Paragraph(f"Note of {note.at:%Y-%m-%d %H:%M} UTC, not known:", style="$muted"),
                *(Paragraph(visible(line, 500), 2) for line in note.body["text"].splitlines()),
            ]
        return paragraphs


def _meaning(found: list[Recognised]) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    for one in found:
        paragraphs += [Paragraph()] if paragraphs else []
        paragraphs.append(Paragraph(one.name, style="bold"))
        paragraphs += [Paragraph(text, 2, head=f"{label:<{_LABEL}}") for label, text in rows(one)]
    return paragraphs
