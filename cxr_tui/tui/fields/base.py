"""What all fields share: label above with where the value comes from, control, what is wrong under it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from cxr_tui.model.values import Value
from cxr_tui.setup.form import FieldView
from cxr_tui.tui.drawn import Drawn, hanging, wrap
from cxr_tui.tui.messages import FieldChanged, FieldDone


class Label(Drawn):
    """The label that the product's screen shows; behind it, quietly, where the value comes from."""

    def __init__(self, text: str) -> None:
        super().__init__(classes="label")
        self._text = text
        self._tail = ""

    def tell(self, tail: str) -> None:
        """Say something else behind the label."""
        if tail != self._tail:
            self._tail = tail
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the label, and its tail on the same line where that has room."""
        *full, last = wrap(self._text, width)
        lines = [Content(line) for line in full]
        tail = wrap(self._tail, width) if self._tail else []
        if not last:
            return [Content.styled(line, "$faint") for line in tail]
        if len(tail) == 1 and cell_len(last) + 3 + cell_len(tail[0]) <= width:
            return [*lines, Content.assemble(last, "   ", (tail[0], "$faint"))]
        return [*lines, Content(last), *(Content.styled(line, "$faint") for line in tail)]


class Hint(Drawn):
    """What is wrong with a field, under it; no line where nothing is."""

    def __init__(self) -> None:
        super().__init__(classes="hint")
        self.problem = ""

    def draw(self, width: int) -> list[Content]:
        """Return the problem."""
        return hanging(Content.styled("✗ ", "$error"), self.problem, width, "$error") if self.problem else []

    def complain(self, problem: str) -> None:
        """Say what is wrong; the empty text takes it back."""
        if problem != self.problem:
            self.problem = problem
            self.redraw()


class FieldWidget(Vertical):
    """One field. A subclass makes the control and translates between it and the value."""

    def __init__(self, view: FieldView, *, edited: bool = False) -> None:
        super().__init__(id=f"field-{view.field.name}", classes="field")
        self.view = view
        self.label = Label(self.label_text())
        self.hint = Hint()
        self.edited = edited

    def compose(self) -> ComposeResult:
        """Stack label, control and problem."""
        yield self.label
        yield self.control()
        yield self.hint

    def on_mount(self) -> None:
        """Show the value."""
        self.write(self.view.value)
        self.label.tell(self.provenance())

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

    @property
    def entrance(self) -> Widget | None:
        """The widget that takes the focus, None where nothing can be entered."""
        return next((widget for widget in self.query("*") if widget.can_focus), None)

    @property
    def name_of_field(self) -> str:
        """The field's name within its step."""
        return self.view.field.name

    def provenance(self) -> str:
        """Say where the value comes from and how it is entered."""
        parts = []
        if not self.edited and self.view.value not in (None, ""):
            if self.view.source == "carried":
                parts.append(f"from {self.view.came_from}")
            elif self.view.source == "default":
                parts.append("proposed" + (f": {self.view.came_from}" if self.view.came_from else ""))
        elif self.edited:
            parts.append("not confirmed yet")
        elif self.view.field.brought:
            parts.append("read this off the screen")
        if self.view.field.optional:
            parts.insert(0, "optional")
        return " · ".join(part for part in (*parts, self.how()) if part)

    def how(self) -> str:
        """Say how something is entered, where that is not plain."""
        return ""

    def sync(self, view: FieldView, entered: Mapping[str, Value]) -> None:
        """Take over what the setup says now, without disturbing what is being typed."""
        self.view = view
        self.edited = view.field.name in entered
        if not self.edited:
            self.write(view.value)
        self.label.tell(self.provenance())

    def changed(self) -> None:
        """Tell the screen what the control holds now."""
        self.edited = True
        self.label.tell(self.provenance())
        self.post_message(FieldChanged(self.view.field.name, self.read()))

    def done(self) -> None:
        """Go on to the next field."""
        self.post_message(FieldDone(self.view.field.name))
