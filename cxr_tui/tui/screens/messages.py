"""Texts for others on the screen: service requests, mails, and what a colleague has to do; Enter copies one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cxr_tui.reports.messages import Text
from cxr_tui.tui.screens.text_page import KeyLine, PageLine, PageText
from cxr_tui.tui.widgets.header import Header, TooSmall
from cxr_tui.tui.widgets.text_block import fit

KEYS = (("Enter", "Copy"), ("Tab", "Read on"), ("Esc", "Back"))


class TextsScreen(Screen[None], inherit_bindings=False):
    """All texts that can be written by now, the chosen one whole below."""

    CSS_PATH = "../theme/styles/reports.tcss"
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="texts.back", tooltip="Back to the step"),
        Binding("tab", "app.focus_next", "Read on", show=False, id="texts.focus_next", tooltip="Scroll the text"),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "Part before",
            show=False,
            id="texts.focus_previous",
            tooltip="The part before",
        ),
    ]

    def __init__(self, name: str, texts: Sequence[Text], first: str = "") -> None:
        """`first` is the id of the step whose text is shown first."""
        super().__init__()
        self._name = name
        self._texts = tuple(texts)
        self._copied: set[int] = set()
        self._first = next((at for at, text in enumerate(self._texts) if first in text.steps), 0)

    def compose(self) -> ComposeResult:
        """Lay out header, titles, the chosen text, keys."""
        yield Header(f"{self._name}   texts to copy")
        yield OptionList(id="rows", markup=False, compact=True, classes="short")
        with VerticalScroll(id="detail", classes="tall"):
            yield PageText(() if self._texts else (PageLine("Nothing can be written by now: begin with step 1."),))
        yield KeyLine(KEYS)
        yield TooSmall()

    def on_mount(self) -> None:
        """Show the titles."""
        self.query_one(Header).show("", f"{len(self._texts)} texts")
        self._draw()
        self.query_one("#rows", OptionList).highlighted = self._first if self._texts else None

    def on_resize(self, _: events.Resize) -> None:
        """Fit the titles to the width."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        rows = self.query_one("#rows", OptionList)
        at = rows.highlighted
        width = max((rows.content_size.width or self.size.width - 4) - 1, 40)
        lines = [self._line(number, width) for number in range(len(self._texts))]
        if rows.option_count == len(lines):
            for number, line in enumerate(lines):
                rows.replace_option_prompt_at_index(number, line)
        else:
            rows.clear_options()
            rows.add_options(Option(line) for line in lines)
            rows.highlighted = at

    def _line(self, at: int, width: int) -> Content:
        text = self._texts[at]
        room = max(width - 2 - 26 - 2, 20)
        return Content.assemble(
            ("✓ " if at in self._copied else "  ", "$success"),
            fit(text.title, room),
            "  ",
            (fit(text.to, 26), "$muted"),
        )

    @on(OptionList.OptionHighlighted)
    def _read(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        text = self._texts[event.option_index]
        lines = [PageLine(text.to, head="To: "), *([PageLine(text.subject, head="Subject: ")] if text.subject else [])]
        self.query_one(PageText).show([*lines, PageLine(""), *map(_body_line, text.body.split("\n"))])
        self.query_one("#detail").scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def _copy(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        at = event.option_index
        self.app.copy_to_clipboard(self._texts[at].whole)
        self._copied.add(at)
        self._draw()
        self.query_one(Header).show("", f"copied: {self._texts[at].title}")

    def action_back(self) -> None:
        """Back to the step."""
        self.dismiss(None)


def _body_line(line: str) -> PageLine:
    """Return one line of a text, further lines of it indented as it is."""
    bare = line.lstrip(" ")
    mark = bare[:2] if bare.startswith("- ") else ""
    return PageLine(bare.removeprefix(mark), len(line) - len(bare), head=mark)
