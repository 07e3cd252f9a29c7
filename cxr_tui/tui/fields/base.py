"""What all fields share: label at left (or above), control, source of the value, and what is wrong."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Site
from cxr_tui.guide.definition import Kind
from cxr_tui.integration.form import FieldView
from cxr_tui.tui.widgets.text_block import Paragraph, TextBlock

if TYPE_CHECKING:
    from cxr_tui.tui.screens.wizard import WizardScreen


from cxr_tui.presentation.values import shown

WIDEST_LABEL = 24
"""Cells of a label that is not wrapped."""

SHORT_SOURCE = 22
"""Cells of a source that fits behind a control of one row; a longer one goes below."""

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


class FieldWidget(Vertical):
    """One field. A subclass makes the control and translates between it and the value; the styles place its parts."""

    says_itself = False
    """Whether the empty control itself says where its value comes from."""

    def __init__(self, view: FieldView, *, edited: bool = False) -> None:
        super().__init__(id=f"field-{view.field.name}", classes="field")
        self.view = view
        self.edited = edited
        self.label = TextBlock(Paragraph(self.label_text()), classes="label")
        self._source = TextBlock(classes="source")
        self._hint = TextBlock(classes="hint")
        self.problem = ""

    def compose(self) -> ComposeResult:
        """Put the label beside or above the control with its source, and below these what is wrong."""
        self.show_source()  # before the parts are there: a class that comes later styles them all again
        yield self.label
        with Vertical(classes="cell"):
            with Horizontal(classes="row"):
                yield self.control()
                yield self._source
            yield self._hint

    def on_mount(self) -> None:
        """Show the value."""
        self.write(self.view.value)

    def label_text(self) -> str:
        """Return the label; empty where the control shows it itself."""
        return self.view.field.label

    @property
    def label_width(self) -> int:
        """How many cells the label needs at left; a long one is wrapped into the column of the short ones."""
        width = cell_len(self.label_text())
        return width if width <= WIDEST_LABEL else WIDEST_LABEL * 2 // 3

    @abstractmethod
    def control(self) -> Widget:
        """Return the control; called once."""

    @abstractmethod
    def read(self) -> Value | None:
        """Return the value in the control, None where it is empty."""

    @abstractmethod
    def write(self, value: Value | None) -> None:
        """Put a value into the control, without a message."""

    def show_source(self) -> None:
        """Show the source of the value: behind the control where it is short, else below it."""
        source = self.provenance()
        width = cell_len(source)
        self._source.display = bool(source)
        self._source.styles.width = width + 1 if width <= SHORT_SOURCE else "1fr"
        self.update_classes({"-sourced": bool(source), "-below": width > SHORT_SOURCE})
        self._source.show([Paragraph(source, style="$faint")])

    def complain(self, problem: str) -> None:
        """Show what is wrong; an empty text takes it back."""
        self.problem = problem
        self._hint.display = bool(problem)
        self._hint.show([Paragraph(problem, style="$error", head=Content.styled("✗ ", "$error"))])

    @property
    def entrance(self) -> Widget | None:
        """The widget that takes the focus, None where nothing can be entered."""
        return next((widget for widget in self.query("*") if widget.can_focus), None)

    @property
    def wizard(self) -> WizardScreen:
        """The screen, which takes over what is entered."""
        return cast("WizardScreen", self.screen)

    def provenance(self) -> str:
        """Return the source of the value and how it is entered; the heading counts suggestions and unsaved entries."""
        parts = []
        if self.view.value in (None, ""):
            parts.append("" if self.says_itself else brought_from(self.view))
        elif self.view.source == "carried" and not self.edited:
            parts.append(f"from {self.view.came_from}")
        if self.view.field.optional:
            parts.insert(0, "optional")
        return " · ".join(part for part in (*parts, self.how()) if part)

    def how(self) -> str:
        """Return how the value is entered, where that is not obvious."""
        return ""

    def sync(self, view: FieldView, entered: Mapping[str, Value]) -> None:
        """Take over the current value, without disturbing what is being typed."""
        if self.wizard.draw_due:
            return  # something was typed since this view was taken; the next one has it
        self.view = view
        self.edited = view.field.name in entered
        if not self.edited:
            self.write(view.value)
        self.show_source()

    def changed(self) -> None:
        """Hand the new value to the screen, which then draws what changes."""
        self.edited = True
        self.wizard.take_entry(self.view.field.name, self.read())

    def leave(self) -> None:
        """Go to the next field at once; after the last one as `done` does."""
        following = self.wizard.pane.form.after(self.view.field.name)
        if following is None:
            self.done()
        else:
            self.screen.set_focus(following)

    def done(self) -> None:
        """Go to the next field once it is known which fields there are."""
        self.wizard.call_later(self.wizard.go_behind, self.view.field.name)


class CarriedField(FieldWidget):
    """A read-only field; it takes no focus, so that Enter and Tab skip it."""

    def control(self) -> TextBlock:
        """Return the text of the value."""
        return TextBlock(classes="carried")

    def read(self) -> Value | None:
        """Return the value."""
        return self.view.value

    def write(self, value: Value | None) -> None:
        """Show the value."""
        self.query_one(".carried", TextBlock).show([Paragraph(shown(value))])
