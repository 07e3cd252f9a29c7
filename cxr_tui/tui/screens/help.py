"""Help for the field that has the focus and for the step: beside the step where there is room, else on F1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from cxr_tui.guide.definition import Link, Step
from cxr_tui.integration.form import FieldView
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import STATE_MEANINGS, UNDOCUMENTED
from cxr_tui.tui.actions.action import Action
from cxr_tui.tui.actions.keymap import Keymap, keymap_of
from cxr_tui.tui.widgets.text_block import Drawn, fit, hanging, wrap


@dataclass(frozen=True)
class HelpText:
    """What help says right now."""

    step: Step
    number: int
    field: FieldView | None = None
    problem: str = ""
    carried: tuple[FieldView, ...] = ()
    """The read-only fields of the step, which take no focus."""


def help_lines(text: HelpText, width: int, *, beside: bool) -> list[Content]:
    """Return help on the field first, then on the step; `beside` the step, its purpose need not be said again."""
    lines: list[Content] = []
    if text.field is not None:
        field = text.field.field
        lines += [Content.styled(line, "bold") for line in wrap(field.label, width)]
        if field.help:
            lines += [Content(line) for line in wrap(field.help, width)]
        said = {"default": "Proposed; not saved yet.", "answered": "Saved."}
        where = f"From {text.field.came_from}." if text.field.came_from else said.get(text.field.source, "")
        if where:
            lines += [Content(""), *(Content.styled(line, "$muted") for line in wrap(where, width))]
        if text.problem:
            lines += [Content(""), *hanging(Content.styled("✗ ", "$error"), text.problem, width, "$error")]
        hinted = [choice for choice in text.field.choices if choice.hint][:12]
        for choice in hinted:
            lines += [Content(""), *(Content.styled(line, "$muted") for line in wrap(choice.label, width))]
            lines += hanging(Content("  "), choice.hint, width)
        if field.undocumented:
            lines += [Content(""), *(Content.styled(line, "$muted") for line in wrap(f"{UNDOCUMENTED}.", width))]
        if field.source:
            lines += [Content(""), *(Content.styled(line, "$faint") for line in wrap(field.source, width))]
        lines += [Content("")]
    notes = [note for note in text.step.notes if not (beside and note.warning)]
    if beside and not (notes or text.step.links or text.step.usual_wait):
        return lines
    lines += [Content.styled(line, "bold") for line in wrap(f"Step {text.number}, {text.step.title}", width)]
    if not beside:
        lines += [Content(line) for line in wrap(text.step.purpose, width)]
    for note in notes:
        mark = Content.styled("! ", "$warning") if note.warning else Content.styled("• ", "$muted")
        lines += [Content(""), *hanging(mark, note.text, width)]
    if text.step.links:
        lines += [Content(""), *link_lines(text.step.links, width)]
    if text.step.usual_wait:
        lines += [Content(""), *hanging(Content.styled("… ", "$muted"), f"Usual wait: {text.step.usual_wait}", width)]
    return lines if beside else lines + carried_lines(text.carried, width)


def carried_lines(views: Sequence[FieldView], width: int) -> list[Content]:
    """Return help on read-only fields: what each is, where its value comes from, and where that is documented."""
    lines: list[Content] = []
    for view in views:
        lines += [Content(""), *(Content.styled(line, "bold") for line in wrap(view.field.label, width))]
        lines += [Content(line) for line in wrap(f"{view.field.help} From {view.came_from}.".strip(), width)]
        lines += [Content.styled(line, "$faint") for line in wrap(view.field.source, width) if view.field.source]
    return lines


def link_lines(links: Sequence[Link], width: int) -> list[Content]:
    """Return where to learn more: each title with its address, which a terminal may open."""
    lines: list[Content] = []
    for link in links:
        lines += hanging(Content.styled("→ ", "$faint"), link.title, width, "$muted")
        lines += [Content(" " * 2) + Content.styled(line, "$faint") for line in wrap(link.url, width - 2)]
    return lines


def key_lines(actions: Sequence[Action], width: int, keys: Keymap, *, on_step: bool = True) -> list[Content]:
    """Return the keys in force with what they do; Enter goes through the fields of a step alone."""
    lines: list[Content] = [Content.styled("Keys", "bold")]
    for action in actions:
        key = keys.shown(action)
        if key:
            lines += hanging(Content.styled(f"{fit(key, max(5, len(key)))} ", "$accent"), action.tooltip, width)
    if on_step:
        lines += hanging(Content.styled("Enter ", "$accent"), "Next field; behind the last one, the main button", width)
    return lines


def sign_lines(width: int) -> list[Content]:
    """Return what the states mean."""
    lines: list[Content] = [Content.styled("Signs", "bold")]
    for state, meaning in STATE_MEANINGS.items():
        look = STATES[state]
        lines += hanging(Content.styled(fit(look.text, 15), look.style), meaning, width)
    return lines


class HelpPane(Drawn):
    """Help beside the step."""

    text: HelpText | None = None
    actions: tuple[Action, ...] = ()

    def show(self, text: HelpText, actions: tuple[Action, ...]) -> None:
        """Show other help; where there is none to give, the keys."""
        if (text, actions) != (self.text, self.actions):
            self.text, self.actions = text, actions
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the help's lines."""
        if self.text is None:
            return []
        return help_lines(self.text, width, beside=True) or key_lines(self.actions, width, keymap_of(self.app))


class HelpSheet(Drawn):
    """Help with all keys and signs, for the overlay."""

    def __init__(self, text: HelpText | None, actions: Sequence[Action]) -> None:
        super().__init__()
        self._text = text
        self._actions = actions

    def draw(self, width: int) -> list[Content]:
        """Return help, then keys, then what the signs mean."""
        lines = [*help_lines(self._text, width, beside=False), Content(""), Content("")] if self._text else []
        lines += key_lines(self._actions, width, keymap_of(self.app), on_step=self._text is not None)
        return [*lines, Content(""), Content(""), *sign_lines(width)] if self._text else lines


class HelpScreen(ModalScreen[None], inherit_bindings=False):
    """Help over a screen; without a text, its keys alone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,enter,q", "close", "Close", id="help.close", tooltip="Back to the step"),
        Binding("t", "tour", "Tour", show=False, id="help.tour", tooltip="Take the tour of two minutes"),
        Binding("up", "scroll(-1)", "Up", show=False, id="help.up", tooltip="Scroll up"),
        Binding("down", "scroll(1)", "Down", show=False, id="help.down", tooltip="Scroll down"),
        Binding("pageup", "scroll(-10)", "Page up", show=False, id="help.page_up", tooltip="Scroll up a page"),
        Binding(
            "pagedown,space", "scroll(10)", "Page down", show=False, id="help.page_down", tooltip="Scroll down a page"
        ),
    ]

    def __init__(self, text: HelpText | None, actions: Sequence[Action]) -> None:
        super().__init__()
        self._text = text
        self._actions = actions

    def compose(self) -> ComposeResult:
        """Lay the sheet over the screen."""
        with VerticalScroll(classes="overlay wide-overlay", can_focus=False) as scroll:
            scroll.border_title = Content("Help")
            scroll.border_subtitle = Content("Esc closes, T takes the tour")
            yield HelpSheet(self._text, self._actions)

    def action_scroll(self, rows: int) -> None:
        """Scroll by some rows."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)

    async def action_tour(self) -> None:
        """Close, and take the tour instead."""
        self.dismiss(None)
        await self.app.run_action("tour")
