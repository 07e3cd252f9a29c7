"""Texts to read and copy, over the step: a page, and the messages for others; Enter copies one of these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from cxr_tui.reports.messages import Text
from cxr_tui.tui.screens.action_screen import ActionScreen, ListScreen
from cxr_tui.tui.widgets.text_block import Block, Paragraph, TextBlock, fit


class TextsScreen(ListScreen[Text, None], scope="texts"):
    """All texts that can be written by now, the marked one in full below."""

    CSS_PATH = "../theme/styles/reports.tcss"

    def __init__(self, name: str, texts: Sequence[Text]) -> None:
        super().__init__(f"{name}   ready-made texts", f"{len(texts)} texts")
        self._texts = tuple(texts)
        self._copied: set[int] = set()

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
        yield from map(_body_line, entry.text.split("\n"))

    def choose(self, entry: Text, at: int) -> None:
        """Copy the text."""
        self.app.copy_to_clipboard(entry.whole)
        self._copied.add(at)
        self.draw()
        self.header.show("", f"copied: {entry.title}")


def _body_line(line: str) -> Paragraph:
    """Return one line of a text, further lines of it indented as it is."""
    bare = line.lstrip(" ")
    mark = bare[:2] if bare.startswith("- ") else ""
    return Paragraph(bare.removeprefix(mark), len(line) - len(bare), head=mark)


class PageScreen(ActionScreen[None], scope="page"):
    """A page over the step."""

    CSS_PATH = "../theme/styles/reports.tcss"
    AUTO_FOCUS = "#page"

    def __init__(self, title: str, right: str, paragraphs: Sequence[Paragraph], copied: str) -> None:
        """`right` is at the right end of the header, `copied` is what Copy all copies."""
        super().__init__(title, right)
        self._paragraphs = paragraphs
        self._copied = copied

    def body(self) -> Iterable[Widget]:
        """Return the page."""
        yield VerticalScroll(TextBlock(*self._paragraphs), id="page")

    def action_copy(self) -> None:
        """Copy the page."""
        self.app.copy_to_clipboard(self._copied)
        self.header.show("", "copied")
