"""What all fields share: label at left (or above), control, where the value comes from, what is wrong under it."""

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
from cxr_tui.tui.widgets.text_block import Drawn, hanging, wrap

LABEL_ROWS = 3
"""Rows that a label at left may take; a longer one stands above its control."""

SHORT_TAIL = 22
"""Cells of what can be said behind a control of one row; more is said under the label."""

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


class Label(Drawn):
    """The label that the product's screen shows; with it, quietly, where the value comes from."""

    def __init__(self, text: str) -> None:
        super().__init__(classes="label")
        self.text = text
        self._tail = ""
        self._above = False

    def tell(self, tail: str, *, above: bool) -> None:
        """Say something else with the label; `above` the control there is room for it on the same line."""
        if (tail, above) != (self._tail, self._above):
            self._tail, self._above = tail, above
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the label, and its tail behind or under it."""
        lines = [Content(line) for line in wrap(self.text, width)] if self.text else []
        tail = wrap(self._tail, width) if self._tail else []
        if self._above and lines and len(tail) == 1 and lines[-1].cell_length + 3 + cell_len(tail[0]) <= width:
            return [*lines[:-1], Content.assemble(lines[-1], "   ", (tail[0], "$faint"))]
        return [*lines, *(Content.styled(line, "$faint") for line in tail)]


class Tail(Drawn):
    """A few quiet words behind a control of one row."""

    def __init__(self) -> None:
        super().__init__(classes="tail")
        self._text = ""

    def tell(self, text: str) -> None:
        """Say something else."""
        self.display = bool(text)
        if text != self._text:
            self._text = text
            self.styles.width = cell_len(text) + 1
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the words."""
        return [Content.styled(self._text, "$faint")]


class Hint(Drawn):
    """What stands under a field: where its value comes from if that has room nowhere else, and what is wrong."""

    def __init__(self) -> None:
        super().__init__(classes="hint")
        self.problem = ""
        self._tail = ""

    def draw(self, width: int) -> list[Content]:
        """Return the lines; none where there is nothing to say."""
        lines = [Content.styled(line, "$faint") for line in wrap(self._tail, width)] if self._tail else []
        return lines + (hanging(Content.styled("✗ ", "$error"), self.problem, width, "$error") if self.problem else [])

    def tell(self, tail: str) -> None:
        """Say something else about where the value comes from."""
        if tail != self._tail:
            self._tail = tail
            self.redraw()

    def complain(self, problem: str) -> None:
        """Say what is wrong; the empty text takes it back."""
        if problem != self.problem:
            self.problem = problem
            self.redraw()


class FieldWidget(Vertical):
    """One field. A subclass makes the control and translates between it and the value."""

    says_itself = False
    """Whether the empty control itself says that its value is read off a screen."""

    def __init__(self, view: FieldView, *, edited: bool = False) -> None:
        super().__init__(id=f"field-{view.field.name}", classes="field")
        self.view = view
        self.label = Label(self.label_text())
        self.tail = Tail()
        self.hint = Hint()
        self.edited = edited
        self._column = 0
        self._width = 0
        self.unheard = 0
        """How many changes the screen has not taken over yet."""

    def compose(self) -> ComposeResult:
        """Put the label beside or above a cell of control and tail, and under these what is wrong."""
        yield self.label
        with Vertical(classes="cell"):
            with Horizontal(classes="row"):
                yield self.control()
                yield self.tail
            yield self.hint

    def on_mount(self) -> None:
        """Show the value."""
        self.write(self.view.value)
        self.tell()

    def label_text(self) -> str:
        """Return the label; empty where the control shows it itself."""
        return self.view.field.label

    @abstractmethod
    def control(self) -> Widget:
        """Return the control; called once."""

    @abstractmethod
    def read(self) -> Value | None:
        """Return what the control holds, None where that is nothing."""

    @abstractmethod
    def write(self, value: Value | None) -> None:
        """Let the control hold a value, without telling anybody."""

    def rows(self, width: int) -> tuple[int, int]:
        """Return how many rows the control takes at this width, and the cells of its last one."""
        return 1, width - SHORT_TAIL - 1

    def place(self, column: int, width: int) -> None:
        """Stand label and control side by side with this many cells for the label, or one above the other (0)."""
        if (column, width) != (self._column, self._width):
            self._column, self._width = column, width
            self.tell()

    @property
    def beside(self) -> bool:
        """Whether the label stands beside the control."""
        return bool(self._column) and len(wrap(self.label.text, self._column - GUTTER - 1)) <= LABEL_ROWS

    def tell(self) -> None:
        """Say where the value comes from: behind the control or under the label where it has room, else under both."""
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
        self.tail.tell(tail if behind else "")
        self.label.tell(tail if with_label else "", above=not beside)
        self.hint.tell("" if behind or with_label else tail)
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
        """Say where the value comes from and how it is entered; that most are proposed is said once, above them all."""
        parts = []
        if not self.edited and self.view.value not in (None, ""):
            if self.view.source == "carried":
                parts.append(f"from {self.view.came_from}")
            elif self.view.source == "default" and self.view.came_from:
                parts.append(f"proposed: {self.view.came_from}")
        elif self.edited:
            parts.append("not saved yet")
        elif not self.says_itself:
            parts.append(brought_from(self.view))
        if self.view.field.optional:
            parts.insert(0, "optional")
        return " · ".join(part for part in (*parts, self.how()) if part)

    def how(self) -> str:
        """Say how something is entered, where that is not plain."""
        return ""

    def sync(self, view: FieldView, entered: Mapping[str, Value]) -> None:
        """Take over what the setup says now, without disturbing what is being typed."""
        self.view = view
        # what the screen has not heard of yet is newer than what it draws
        self.edited = bool(self.unheard) or view.field.name in entered
        if not self.edited:
            self.write(view.value)
        self.tell()

    def changed(self) -> None:
        """Tell the screen what the control holds now; what that changes is shown when the screen draws it."""
        self.edited = True
        self.unheard += 1
        self.post_message(FieldChanged(self.view.field.name, self.read()))

    def heard(self) -> None:
        """Note that the screen has taken over one change."""
        self.unheard = max(self.unheard - 1, 0)

    def leave(self) -> None:
        """Go to the next field at once, behind the last one as `done` does."""
        behind = self.parent.children[self.parent.children.index(self) + 1 :] if self.parent is not None else []
        fields = (one for one in behind if isinstance(one, FieldWidget))
        following = next((entrance for one in fields if (entrance := one.entrance) is not None), None)
        if following is None:
            self.done()
        else:
            self.screen.set_focus(following)

    def done(self) -> None:
        """Go on to the next field once it is known which fields there are."""
        self.post_message(FieldDone(self.view.field.name))
