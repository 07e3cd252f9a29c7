"""Ready-made texts: service requests, emails, and tasks for a colleague; Enter copies one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from cxr_tui.reports.messages import Text
from cxr_tui.tui.actions.action import Action, Scope, bindings, part_bindings
from cxr_tui.tui.actions.table import TEXTS_ACTIONS
from cxr_tui.tui.screens.action_screen import ListScreen
from cxr_tui.tui.widgets.text_block import Block, Paragraph, fit


class TextsScreen(ListScreen[Text, None]):
    """All texts that can be written by now, the marked one in full below."""

    CSS_PATH = "../theme/styles/reports.tcss"
    ACTIONS: ClassVar[tuple[Action, ...]] = TEXTS_ACTIONS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TEXTS_ACTIONS, Scope.TEXTS), *part_bindings("texts")]

    def __init__(self, name: str, texts: Sequence[Text]) -> None:
        super().__init__(f"{name}   ready-made texts")
        self._texts = tuple(texts)
        self._copied: set[int] = set()

    def on_mount(self) -> None:
        """Show how many there are."""
        self.header.show("", f"{len(self._texts)} texts")

    def rows(self, width: int) -> list[tuple[Content, Text | None]]:
        """Return title and addressee of each text, and whether it was copied."""
        room = max(width - 2 - 26 - 2, 20)
        lines: list[tuple[Content, Text | None]] = [
            (
                Content.assemble(
                    ("✓ " if at in self._copied else "  ", "$success"),
                    fit(text.title, room),
                    "  ",
                    (fit(text.to, 26), "$muted"),
                ),
                text,
            )
            for at, text in enumerate(self._texts)
        ]
        return lines or [(Content("  No text can be written yet: begin with step 1."), None)]

    def detail(self, entry: Text) -> Iterable[Block]:
        """Return the text."""
        yield Paragraph(entry.to, head="To: ")
        if entry.subject:
            yield Paragraph(entry.subject, head="Subject: ")
        yield Paragraph()
        yield from map(_body_line, entry.body.split("\n"))

    def choose(self, entry: Text, at: int) -> None:
        """Copy the text."""
        self.app.copy_to_clipboard(entry.whole)
        self._copied.add(at)
        self.draw()
        self.header.show("", f"copied: {entry.title}")

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss(None)


def _body_line(line: str) -> Paragraph:
    """Return one line of a text, further lines of it indented as it is."""
    bare = line.lstrip(" ")
    mark = bare[:2] if bare.startswith("- ") else ""
    return Paragraph(bare.removeprefix(mark), len(line) - len(bare), head=mark)
