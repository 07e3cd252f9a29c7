"""Fields with given choices: one of several, any of several, yes or no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content

from cxr_tui.domain.answers import Value
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Choice
from cxr_tui.integration.form import FieldView
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.widgets.text_block import Drawn, clickable, hanging

ROWS = 8
"""Choices shown at once; longer lists scroll under the cursor."""


class Choices(Drawn, can_focus=True):
    """Choices as plain rows, or side by side where they fit; arrows move, Space chooses.

    Textual's RadioSet and SelectionList report a choice by a message that F5 right after it would overtake, cut labels
    that need a second row, and show what is chosen by color alone. Here a few short choices share one row, and every
    mark can be read without colors.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "move(-1)", "Before", show=False, id="choice.before", tooltip="The choice before"),
        Binding("down,right", "move(1)", "Next", show=False, id="choice.next", tooltip="The next choice"),
        Binding("space", "choose", "Choose", show=False, id="choice.choose", tooltip="Choose, or take back"),
        Binding("enter", "done", "Next field", show=False, id="choice.done", tooltip="Go to the next field"),
    ]

    def __init__(self, *, several: bool, chosen: Callable[[], None], done: Callable[[], None]) -> None:
        """`chosen` is called after each choice, `done` when Enter is pressed."""
        super().__init__(classes="choices")
        self._several = several
        self._report, self._go_on = chosen, done
        self._choices: tuple[Choice, ...] = ()
        self._cursor = 0
        self.chosen: tuple[str, ...] = ()

    def offer(self, choices: Sequence[Choice], chosen: Sequence[str]) -> None:
        """Show these choices, and what is chosen but no longer available."""
        known = {choice.value for choice in choices}
        gone = tuple(Choice(value, value, "not available here") for value in chosen if value not in known)
        if (*choices, *gone) == self._choices and tuple(chosen) == self.chosen:
            return
        self._choices = (*choices, *gone)
        self.chosen = tuple(chosen)
        at = next((at for at, one in enumerate(self._choices) if one.value in chosen), 0)
        self._cursor = at if not self._several else min(self._cursor, max(len(self._choices) - 1, 0))
        self.on_resize()
        self.redraw()

    def on_resize(self) -> None:
        """Leave a blank line below choices that are one below the other."""
        self.set_class(not self._gap(self.content_size.width) and len(self._choices) > 1, "-rows")

    def draw(self, width: int) -> list[Content]:
        """Return one line, or one row per choice."""
        between = self._gap(width)
        if between:
            return [Content(" " * between).join(map(self._one, range(len(self._choices))))]
        first, last = self._window()
        lines: list[Content] = []
        column = min(max((self._one(at).cell_length for at in range(first, last)), default=0), width // 2)
        # Hints are shown only where all of them fit; the help has them too.
        hints = all(column + 3 + cell_len(visible(choice.hint)) <= width for choice in self._choices)
        for at in range(first, last):
            choice, head = self._choices[at], self._one(at)
            gap = Content(" " * (max(column - head.cell_length, 0) + 3))
            if hints and choice.hint:
                rows = [head + gap + Content.styled(visible(choice.hint), "$faint")]
            else:
                rows = hanging(head[:4], head.plain[4:], width, self._style(at))
            lines += [clickable(row, f"choose_at({at})") for row in rows]
        if len(self._choices) > ROWS:
            lines.append(Content.styled(f"{self._cursor + 1} of {len(self._choices)}", "$faint"))
        return lines

    def _one(self, at: int) -> Content:
        choice = self._choices[at]
        on = choice.value in self.chosen
        mark = ("[x]" if on else "[ ]") if self._several else ("(•)" if on else "( )")
        text = visible(choice.label or choice.value, 200)
        line = Content.assemble((mark, "$accent bold" if on else "$muted"), " ", (text, self._style(at)))
        return clickable(line, f"choose_at({at})")

    def _style(self, at: int) -> str:
        here = self.has_focus and at == self._cursor
        on = self._choices[at].value in self.chosen
        return " ".join(word for word in ("bold" if on else "", "underline" if here else "") if word)

    def _gap(self, width: int) -> int:
        """Return the blanks between choices side by side, 0 where they are one below the other."""
        count = len(self._choices)
        if count > 4 or any(one.hint for one in self._choices):
            return 0
        total = sum(cell_len(visible(one.label or one.value, 200)) + 4 for one in self._choices)
        return next((gap for gap in (3, 2) if total + gap * (count - 1) <= width), 0)

    def _window(self) -> tuple[int, int]:
        first = max(0, min(self._cursor - ROWS // 2, len(self._choices) - ROWS))
        return first, min(first + ROWS, len(self._choices))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.redraw()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.redraw()

    def action_move(self, by: int) -> None:
        """Move the cursor; of one of several, choose it too."""
        if not self._choices:
            return
        if self._several or self.chosen:
            self._cursor = (self._cursor + by) % len(self._choices)
        if self._several:
            self.redraw()
        else:
            self.action_choose()

    def action_choose(self) -> None:
        """Choose what is at the cursor, or take it back."""
        if not self._choices:
            return
        value = self._choices[self._cursor].value
        if not self._several:
            self.chosen = (value,)
        else:
            order = [one.value for one in self._choices]
            self.chosen = tuple(sorted({*self.chosen} ^ {value}, key=order.index))
        self.redraw()
        self._report()

    def action_done(self) -> None:
        """Go on."""
        self._go_on()

    def action_choose_at(self, at: int) -> None:
        """Choose what was clicked."""
        self._cursor = at
        self.action_choose()


class ChoiceField(FieldWidget):
    """One of several."""

    several = False

    def control(self) -> Choices:
        """Return the choices."""
        self.choices = Choices(several=self.several, chosen=self.changed, done=self.done)
        return self.choices

    def read(self) -> Value | None:
        """Return the chosen value."""
        return self.choices.chosen[0] if self.choices.chosen else ""

    def options(self) -> Sequence[Choice]:
        """Return what can be chosen."""
        return self.view.choices

    def chosen(self, value: Value | None) -> list[str]:
        """Return a value as the choices that stand for it."""
        return [] if value in (None, "") else [str(value)]

    def write(self, value: Value | None) -> None:
        """Choose a value."""
        self.choices.offer(self.options(), self.chosen(value))

    def sync(self, view: FieldView, entered: Mapping[str, Value]) -> None:
        """Take over the choices too: they can depend on other fields."""
        super().sync(view, entered)
        if self.edited:
            self.choices.offer(self.options(), self.choices.chosen)


class ChecklistField(ChoiceField):
    """Any of several."""

    several = True

    def read(self) -> Value | None:
        """Return the chosen values in the order of the choices."""
        return list(self.choices.chosen)

    def chosen(self, value: Value | None) -> list[str]:
        """Return the values that are choices."""
        return [str(one) for one in value] if isinstance(value, list) else []

    def how(self) -> str:
        """Return the key that selects."""
        return "Space selects" if len(self.view.choices) > 1 else ""


_BOX = "selected"


class CheckboxField(ChecklistField):
    """Yes or no; the label is beside the box, as on the product's screen."""

    def label_text(self) -> str:
        """Return nothing: the box shows the label."""
        return ""

    def options(self) -> Sequence[Choice]:
        """Return the box."""
        return (Choice(_BOX, self.view.field.label),)

    def chosen(self, value: Value | None) -> list[str]:
        """Return the box where it is selected."""
        return [_BOX] if value is True else []

    def read(self) -> Value | None:
        """Return whether the box is selected."""
        return bool(self.choices.chosen)
