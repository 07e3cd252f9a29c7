"""What all fields share: label at left (or above), control, source of the value, and what is wrong."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Site
from cxr_tui.guide.definition import Kind
from cxr_tui.integration.form import FieldView
from cxr_tui.tui.messages import FieldChanged, FieldDone
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock, wrap

LABEL_ROWS = 3
"""Rows that a label at left may take; a longer one goes above its control."""

SHORT_TAIL = 22
"""Cells of a source that fits behind a control of one row; a longer one goes below the label."""

_BROUGHT = {
    Site.RESPONSYS: "copy it from Responsys",
    Site.AUDIENCE: "copy it from CX Audience",
    Site.SUPPORT: "copy it from the service request",
    Site.MAILBOX: "copy it from the email",
    Site.COLLEAGUE: "ask the colleague who has it",
}
"""Where an empty value comes from, by the place from which the instruction has it brought."""


def brought_from(view: FieldView) -> str:
    """Return where the value of an empty field comes from; empty: the instruction does not bring it."""
    if view.site not in _BROUGHT:
        return ""
    return "path of the downloaded file" if view.field.kind is Kind.FILE else _BROUGHT[view.site]


GUTTER = 2
"""Cells beside a label: the bar of the focus and a blank."""


class FieldLabel(TextBlock):
    """The label that the product's screen shows; where there is room, the source of the value below it."""

    def __init__(self, text: str) -> None:
        super().__init__(classes="label")
        self.text = text

    def show_source(self, source: str) -> None:
        """Show the source of the value below the label."""
        texts = ((self.text, ""), (source, "$faint"))
        self.show(Paragraph(text, style=style) for text, style in texts if text)


class Hint(TextBlock):
    """Below a field: the source of its value if that fits nowhere else, and what is wrong."""

    problem = ""
    _source = ""

    def show_source(self, source: str) -> None:
        """Show the source of the value."""
        self._source = source
        self._show()

    def complain(self, problem: str) -> None:
        """Show what is wrong; an empty text takes it back."""
        self.problem = problem
        self._show()

    def _show(self) -> None:
        parts = (
            Paragraph(self._source, style="$faint"),
            Paragraph(self.problem, style="$error", head=Content.styled("✗ ", "$error")),
        )
        self.show(part for part in parts if part.text)


class FieldWidget(Vertical):
    """One field. A subclass makes the control and translates between it and the value."""

    says_itself = False
    """Whether the empty control itself says where its value comes from."""

    def __init__(self, view: FieldView, *, edited: bool = False) -> None:
        super().__init__(id=f"field-{view.field.name}", classes="field")
        self.view = view
        self.label = FieldLabel(self.label_text())
        self.tail = TextBlock(classes="tail")
        self.hint = Hint(classes="hint")
        self.edited = edited
        self._column = 0
        self._width = 0
        self.unheard = 0
        """How many changes the screen has not handled yet."""

    def compose(self) -> ComposeResult:
        """Put the label beside or above control and source, and below these what is wrong."""
        yield self.label
        with Vertical(classes="cell"):
            with Horizontal(classes="row"):
                yield self.control()
                yield self.tail
            yield self.hint

    def on_mount(self) -> None:
        """Show the value."""
        self.write(self.view.value)
        self.show_source()

    def label_text(self) -> str:
        """Return the label; empty where the control shows it itself."""
        return self.view.field.label

    @abstractmethod
    def control(self) -> Widget:
        """Return the control; called once."""

    @abstractmethod
    def read(self) -> Value | None:
        """Return the value in the control, None where it is empty."""

    @abstractmethod
    def write(self, value: Value | None) -> None:
        """Put a value into the control, without a message."""

    def rows(self, width: int) -> tuple[int, int]:
        """Return how many rows the control takes at this width, and the cells of its last one."""
        return 1, width - SHORT_TAIL - 1

    def place(self, column: int, width: int) -> None:
        """Place label and control side by side with this many cells for the label, or one above the other (0)."""
        if (column, width) != (self._column, self._width):
            self._column, self._width = column, width
            self.show_source()

    @property
    def beside(self) -> bool:
        """Whether the label is beside the control."""
        return bool(self._column) and len(wrap(self.label.text, self._column - GUTTER - 1)) <= LABEL_ROWS

    def show_source(self) -> None:
        """Show the source of the value: behind the control or below the label where it has room, else below both."""
        tail, beside = self.provenance(), self.beside
        self.set_class(beside, "-beside")
        self.label.styles.width = self._column if beside else "1fr"
        room = self._width - self._column if beside else self._width
        rows, last = self.rows(room)
        column = self._column - GUTTER - 1
        label_rows = len(wrap(self.label.text, column)) if self.label.text else 0
        fits = not tail or (cell_len(tail) <= SHORT_TAIL and last + cell_len(tail) + 1 <= room)
        behind = beside and rows == 1 and fits
        with_label = not behind and (not beside or rows >= label_rows + len(wrap(tail, column)))
        self.tail.display = behind and bool(tail)
        self.tail.styles.width = cell_len(tail) + 1
        self.tail.show([Paragraph(tail, style="$faint")])
        self.label.show_source(tail if with_label else "")
        self.hint.show_source("" if behind or with_label else tail)
        self.set_class(not beside or max(rows, label_rows) > 1 or not (behind or with_label), "-many")

    @property
    def entrance(self) -> Widget | None:
        """The widget that takes the focus, None where nothing can be entered."""
        return next((widget for widget in self.query("*") if widget.can_focus), None)

    @property
    def name_of_field(self) -> str:
        """The field's name within its step."""
        return self.view.field.name

    def provenance(self) -> str:
        """Return the source of the value and how it is entered; the form's heading says that most are suggested."""
        parts = []
        if not self.edited and self.view.value not in (None, ""):
            if self.view.source == "carried":
                parts.append(f"from {self.view.came_from}")
            elif self.view.source == "default" and self.view.came_from:
                parts.append(f"suggested: {self.view.came_from}")
        elif self.edited:
            parts.append("not saved yet")
        elif not self.says_itself:
            parts.append(brought_from(self.view))
        if self.view.field.optional:
            parts.insert(0, "optional")
        return " · ".join(part for part in (*parts, self.how()) if part)

    def how(self) -> str:
        """Return how the value is entered, where that is not obvious."""
        return ""

    def sync(self, view: FieldView, entered: Mapping[str, Value]) -> None:
        """Take over the current value, without disturbing what is being typed."""
        self.view = view
        # a change that the screen has not handled yet is newer than what it draws
        self.edited = bool(self.unheard) or view.field.name in entered
        if not self.edited:
            self.write(view.value)
        self.show_source()

    def changed(self) -> None:
        """Report the new value to the screen, which then draws what changes."""
        self.edited = True
        self.unheard += 1
        self.post_message(FieldChanged(self.view.field.name, self.read()))

    def heard(self) -> None:
        """Note that the screen has handled one change."""
        self.unheard = max(self.unheard - 1, 0)

    def leave(self) -> None:
        """Go to the next field at once; after the last one as `done` does."""
        behind = self.parent.children[self.parent.children.index(self) + 1 :] if self.parent is not None else []
        fields = (one for one in behind if isinstance(one, FieldWidget))
        following = next((entrance for one in fields if (entrance := one.entrance) is not None), None)
        if following is None:
            self.done()
        else:
            self.screen.set_focus(following)

    def done(self) -> None:
        """Go to the next field once it is known which fields there are."""
        self.post_message(FieldDone(self.view.field.name))
