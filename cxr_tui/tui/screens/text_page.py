"""A page to read over the step: lines that wrap, a title, and nothing to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from cxr_tui.tui.widgets.header import Header, TooSmall
from cxr_tui.tui.widgets.text_block import Drawn, hanging

KEYS = (("C", "Copy all"), ("Esc", "Back"))


@dataclass(frozen=True)
class PageLine:
    """One line of a page: how far it is indented, what stands before it, and its style."""

    text: str
    indent: int = 0
    style: str = ""
    head: str = ""


class KeyLine(Drawn):
    """Keys with what they do, in one line."""

    def __init__(self, keys: Sequence[tuple[str, str]], id: str = "keys") -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._keys = tuple(keys)

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Offer other keys."""
        self._keys = tuple(keys)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        parts = [Content.assemble((key, "$accent"), " ", (label, "$muted")) for key, label in self._keys]
        gap = max(min((width - sum(part.cell_length for part in parts)) // max(len(parts) - 1, 1), 3), 1)
        return [Content(" " * gap).join(parts)]


class PageText(Drawn):
    """The lines of a page."""

    def __init__(self, lines: Sequence[PageLine]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def show(self, lines: Sequence[PageLine]) -> None:
        """Show other lines."""
        self._lines = tuple(lines)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines, wrapped."""
        drawn: list[Content] = []
        for line in self._lines:
            indent = min(line.indent, width // 3)
            head = Content(" " * indent) + Content.styled(line.head, "$muted")
            drawn += hanging(head, line.text, width, line.style) if line.text else [Content("")]
        return drawn


class PageScreen(Screen[None], inherit_bindings=False):
    """A page over the step."""

    CSS_PATH = "../theme/styles/reports.tcss"
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="page.back", tooltip="Back to the step"),
        Binding("c", "copy", "Copy all", id="page.copy", tooltip="Copy the whole page"),
    ]

    def __init__(self, title: str, right: str, lines: Sequence[PageLine], copied: str) -> None:
        """Take a title, a few words for its right end, the lines, and what Copy all takes."""
        super().__init__()
        self._heading = title
        self._right = right
        self._lines = tuple(lines)
        self._copied = copied

    def compose(self) -> ComposeResult:
        """Lay out header, text, keys."""
        yield Header(self._heading)
        with VerticalScroll(id="page"):
            yield PageText(self._lines)
        yield KeyLine(KEYS)
        yield TooSmall()

    def on_mount(self) -> None:
        """Say at right what it comes to."""
        self.query_one(Header).show("", self._right)

    def action_copy(self) -> None:
        """Copy the page."""
        self.app.copy_to_clipboard(self._copied)
        self.query_one(Header).show("", "copied")

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss(None)
