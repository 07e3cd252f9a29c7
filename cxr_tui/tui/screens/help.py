"""Help for the focused field and for the step: beside the step where there is room, else on F1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from cxr_tui.guide.definition import Link, Step
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import UNDOCUMENTED
from cxr_tui.tui.actions.keymap import Keymap, keymap_of
from cxr_tui.tui.actions.table import Action
from cxr_tui.tui.dialogs.base import Dialog
from cxr_tui.tui.widgets.text_block import Block, Paragraph, TextBlock, fit

MOST_CHOICES = 12
"""Choices of a field that are explained at most."""


@dataclass(frozen=True)
class HelpText:
    """What help says right now."""

    step: Step
    number: int
    field: FieldView | None = None
    problem: str = ""
    carried: tuple[FieldView, ...] = ()
    """The read-only fields of the step, which take no focus."""


def help_blocks(text: HelpText, *, beside: bool) -> Iterator[Block]:
    """Yield help on the field, then on the step; `beside` the step, its purpose is not said again."""
    if text.field is not None:
        yield from field_blocks(text.field, text.problem)
        yield Paragraph()
    notes = [note for note in text.step.notes if not (beside and note.warning)]
    if beside and not (notes or text.step.links or text.step.usual_wait):
        return
    yield Paragraph(f"Step {text.number}, {text.step.title}", style="bold")
    if not beside:
        yield Paragraph(text.step.purpose)
    for note in notes:
        mark = Content.styled("! ", "$warning") if note.warning else Content.styled("• ", "$muted")
        yield from (Paragraph(), Paragraph(note.text, head=mark))
    if text.step.links:
        yield from (Paragraph(), *link_blocks(text.step.links))
    if text.step.usual_wait:
        yield from (Paragraph(), Paragraph(f"Usual wait: {text.step.usual_wait}", head="… "))
    if beside:
        return
    for view in text.carried:
        yield from (Paragraph(), Paragraph(view.field.label, style="bold"))
        yield Paragraph(f"{view.field.help} From {view.came_from}.".strip())
        if view.field.source:
            yield Paragraph(view.field.source, style="$faint")


def field_blocks(view: FieldView, problem: str) -> Iterator[Block]:
    """Yield what a field means, where its value comes from, what is wrong with it, and where it is documented."""
    field = view.field
    yield Paragraph(field.label, style="bold")
    if field.help:
        yield Paragraph(field.help)
    where = {"default": "Suggested; not saved yet.", "answered": "Saved."}.get(view.source, "")
    if where and view.value not in EMPTY:
        yield from (Paragraph(), Paragraph(where, style="$muted"))
    if problem:
        yield from (Paragraph(), Paragraph(problem, style="$error", head=Content.styled("✗ ", "$error")))
    for choice in [choice for choice in view.choices if choice.hint][:MOST_CHOICES]:
        yield from (Paragraph(), Paragraph(choice.label, style="$muted"), Paragraph(choice.hint, 2))
    if field.undocumented:
        yield from (Paragraph(), Paragraph(f"{UNDOCUMENTED}.", style="$muted"))
    if field.source:
        yield from (Paragraph(), Paragraph(field.source, style="$faint"))


def link_blocks(links: Sequence[Link]) -> Iterator[Paragraph]:
    """Yield where to learn more: each title with its address, which a terminal may open."""
    for link in links:
        yield Paragraph(link.title, style="$muted", head=Content.styled("→ ", "$faint"))
        yield Paragraph(link.url, 2, "$faint")


def key_blocks(actions: Sequence[Action], keys: Keymap, *, on_step: bool = True) -> Iterator[Block]:
    """Yield the current keys with what they do; Enter moves through fields only at a step."""
    yield Paragraph("Keys", style="bold")
    for action in actions:
        key = keys.shown(action)
        if key:
            yield Paragraph(action.tooltip, head=Content.styled(f"{key:<5} ", "$accent"))
    if on_step:
        yield Paragraph("Next field, then the main button", head=Content.styled("Enter ", "$accent"))


def state_blocks() -> Iterator[Block]:
    """Yield what the states mean."""
    yield Paragraph("States", style="bold")
    for look in STATES.values():
        yield Paragraph(look.meaning, head=Content.styled(fit(look.text, 15), look.style))


class HelpScreen(Dialog[None]):
    """Help over a screen; without a text, its keys alone."""

    WIDE: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark,enter,q", "dismiss", "Close", id="help.close", tooltip="Back to the step"),
        Binding("t", "app.tour", "Tour", show=False, id="help.tour", tooltip="Take the two-minute tour"),
    ]

    def __init__(self, text: HelpText | None, actions: Sequence[Action]) -> None:
        super().__init__("Help", "Esc closes, T takes the tour")
        self._text = text
        self._actions = actions

    def body(self) -> Iterable[Widget]:
        """Return help, then keys, then what the states mean."""
        blocks: list[Block] = []
        if self._text is not None:
            blocks += [*help_blocks(self._text, beside=False), Paragraph(), Paragraph()]
        blocks += key_blocks(self._actions, keymap_of(self.app), on_step=self._text is not None)
        if self._text is not None:
            blocks += [Paragraph(), Paragraph(), *state_blocks()]
        yield VerticalScroll(TextBlock(*blocks), classes="fitted")
