"""What a product's screen, mail or log says, typed or pasted over the step and explained."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import TextArea

from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.recognition import LONGEST, Recognised
from cxr_tui.guided.explain import NOT_KNOWN, explain, notes, rows
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.parse_input import one_line
from cxr_tui.journal.store import JournalError
from cxr_tui.tui.screens.text_page import KeyLine, PageLine, PageText
from cxr_tui.tui.widgets.header import Header, TooSmall

KEYS = (("F5", "Explain"), ("Tab", "Read on"), ("Esc", "Back"))
_LABEL = 9
_ASKED = "Type or paste what the product's screen, mail or log says, then press F5. Leave passwords out."


class Pasted(TextArea):
    """Lines as they were pasted, without what steers a terminal."""

    def __init__(self) -> None:
        super().__init__(
            compact=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False, id="message"
        )

    async def _on_paste(self, event: events.Paste) -> None:
        text = "\n".join(one_line(line) for line in event.text[:LONGEST].splitlines())
        self.replace(text, *self.selection)
        event.stop()
        event.prevent_default()


class ExplainScreen(Screen[None], inherit_bindings=False):
    """A message above, its meaning below."""

    CSS_PATH = "../theme/styles/reports.tcss"
    AUTO_FOCUS = "#message"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="explain.back", tooltip="Back to the step"),
        Binding("f5", "explain", "Explain", id="explain.explain", tooltip="Say what it means", priority=True),
        Binding("tab", "app.focus_next", "Read on", show=False, id="explain.focus_next", tooltip="Scroll the meaning"),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "Part before",
            show=False,
            id="explain.focus_previous",
            tooltip="The part before",
        ),
    ]

    def __init__(self, integration: Integration, step_id: str) -> None:
        super().__init__()
        self._integration = integration
        self._step_id = step_id

    def compose(self) -> ComposeResult:
        """Lay out header, message, meaning, keys."""
        yield Header(f"{self._integration.name}   it shows an error")
        yield Pasted()
        with VerticalScroll(id="detail", classes="tall"):
            yield PageText(self._beginning())
        yield KeyLine(KEYS)
        yield TooSmall()

    def on_mount(self) -> None:
        """Say at right where this is."""
        self.query_one(Header).show("", f"step {self._integration.guide.number(self._step_id)}")

    def action_explain(self) -> None:
        """Say what the message means; keep one that is not known as a note."""
        text = self.query_one(Pasted).text
        if not text.strip():
            self._say([PageLine(_ASKED, style="$warning")])
            return
        try:
            found = explain(self._integration, self._step_id, text)
        except JournalError as error:
            self._say([PageLine(visible(str(error), 500), style="$error")])
            return
        self._say(_meaning(found) if found else [PageLine(NOT_KNOWN, style="$warning")])

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss(None)

    def _say(self, lines: list[PageLine]) -> None:
        self.query_one(PageText).show(lines)
        self.query_one("#detail").scroll_home(animate=False)

    def _beginning(self) -> list[PageLine]:
        lines = [PageLine(_ASKED, style="$muted")]
        for note in notes(self._integration, self._step_id):
            lines += [PageLine(""), PageLine(f"Note of {note.at:%Y-%m-%d %H:%M} UTC, not known:", style="$muted")]
            lines += [PageLine(visible(line, 500), 2) for line in note.text.splitlines()]
        return lines


def _meaning(found: list[Recognised]) -> list[PageLine]:
    lines: list[PageLine] = []
    for one in found:
        lines += [PageLine("")] if lines else []
        lines += [PageLine(one.message.name, style="bold")]
        lines += [PageLine(text, 2, head=f"{label:<{_LABEL}}") for label, text in rows(one)]
    return lines
