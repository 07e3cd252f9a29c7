"""Fields of several lines: a list of values, and pairs of names."""

from __future__ import annotations

from textual import events, on
from textual.widgets import TextArea

from cxr_tui.domain.answers import Value
from cxr_tui.domain.text import visible
from cxr_tui.guided.parse_input import lines_of, one_line, pairs_of
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.fields.key_order_workaround import carried_out
from cxr_tui.tui.widgets.text_block import LONGEST


class PlainArea(TextArea):
    """Several lines without a frame; what is pasted loses what steers a terminal."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            compact=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False, id=id
        )

    async def _on_paste(self, event: events.Paste) -> None:
        text = "\n".join(one_line(line) for line in event.text.splitlines())
        self.replace(text, *self.selection)
        event.stop()
        event.prevent_default()


class Area(PlainArea):
    """The lines of a field; Enter on an empty last line goes on to the next one."""

    async def _on_key(self, event: events.Key) -> None:
        row, _ = self.cursor_location
        if event.key == "enter" and row == self.document.line_count - 1 and not self.document[row].strip():
            event.stop()
            event.prevent_default()
            field = next(one for one in self.ancestors if isinstance(one, LinesField))
            field.done()
            return
        await carried_out(self, event)  # what it leaves, Textual hands to the text area's own handler


class LinesField(FieldWidget):
    """Several values, one per line."""

    _reported = ""
    """The text when it was last written or reported: a different text was typed a moment ago."""

    def control(self) -> Area:
        """Return the text area."""
        self.area = Area()
        return self.area

    def read(self) -> Value | None:
        """Return the lines that hold something."""
        return lines_of(self.area.text.splitlines())

    def write(self, value: Value | None) -> None:
        """Show the values."""
        lines = [visible(line, LONGEST) for line in value] if isinstance(value, list) else []
        self._show(lines)

    def _show(self, lines: list[str]) -> None:
        text = "\n".join(lines)
        if self.area.text != self._reported:
            return
        if text != self.area.text:
            with self.prevent(TextArea.Changed):
                self.area.load_text(text)
            self._reported = self.area.text
        self.area.styles.height = max(2, min(len(lines) + 1, 7))

    def how(self) -> str:
        """Say how to leave the field."""
        return "one per line; Tab moves on"

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._reported = self.area.text
        self.area.styles.height = max(2, min(self.area.document.line_count + 1, 7))
        self.changed()


class MappingField(LinesField):
    """Pairs of names, one per line: incoming column, an arrow, column of the list."""

    def read(self) -> Value | None:
        """Return the pairs; a line without an arrow maps a name to itself."""
        return pairs_of(self.area.text.splitlines())

    def write(self, value: Value | None) -> None:
        """Show the pairs."""
        pairs = value if isinstance(value, dict) else {}
        wide = min(max((len(name) for name in pairs), default=0), 40)
        self._show([f"{visible(name, 200):<{wide}} → {visible(other, 200)}" for name, other in pairs.items()])

    def how(self) -> str:
        """Say how a pair is written."""
        return "incoming column -> column of the list, one pair per line; Tab moves on"
