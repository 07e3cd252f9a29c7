"""The step's buttons: the sensible next thing first, then the others that make sense now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Button

from cxr_tui.guided.action_context import ActionContext, PrimaryAction
from cxr_tui.presentation.action_labels import LABELS
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.actions.table import BUTTONS, BY_ID, CONFIRM_ANYWAY, Action, label_of
from cxr_tui.tui.widgets.text_block import fit

BUTTON = "button-"
"""What the id of a button has before the id of its action."""

MAIN_ACTIONS = {PrimaryAction.AGAIN: "check", PrimaryAction.FINISH: "quit"}
"""The actions of main buttons whose name is not an action's id."""


class StepButton(Button, inherit_bindings=False):
    """A button of one line that carries out an action of the table."""

    virtual_size = Reactive(Size(0, 0))
    """As in `Line`: without a second layout of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", "Press", show=False, id="button.press", tooltip="Press this button"),
    ]

    def __init__(self, action: Action) -> None:
        super().__init__("", compact=True, id=f"{BUTTON}{action.id}", tooltip=action.tooltip)
        self.table_action = action
        self.active_effect_duration = 0  # while it lasts, Textual ignores a second Enter

    def show(self, label: str | None, key: str, *, main: bool) -> None:
        """Show the button with this label; None hides it."""
        self.display = label is not None
        self.set_class(main, "main")
        self.label = Content.assemble((label or "", "bold" if main else ""), f"  {key}" if key else "")
        self.refresh(layout=True)  # a label alone does not change the width


class Buttons(Horizontal):
    """The main button and the others that make sense now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Left", show=False, id="buttons.left", tooltip="The button at left"),
        Binding("right", "move(1)", "Right", show=False, id="buttons.right", tooltip="The button at right"),
        Binding("up", "scroll_step(-3)", "Up", show=False, id="buttons.up", tooltip="Scroll the step up"),
        Binding("down", "scroll_step(3)", "Down", show=False, id="buttons.down", tooltip="Scroll the step down"),
    ]

    def __init__(self) -> None:
        super().__init__(id="buttons")
        self._shown: tuple[tuple[str, str], ...] = ()
        self._asked: tuple[ActionContext, str] | None = None
        self._placing = asyncio.Lock()
        """Held while buttons come and go: a new size and the screen can both show them."""

    def on_resize(self) -> None:
        """Choose the labels again: how many fit is known only now."""
        if self._asked is not None:
            self.call_later(self.show, *self._asked)

    async def show(self, now: ActionContext, main_label: str) -> None:
        """Show the buttons for what can be done now."""
        self._asked = (now, main_label)
        keys = keymap_of(self.app)
        offered = fitting(_offered(now, main_label), self.content_size.width, keys.shown)
        if offered == self._shown:
            return
        self._shown = offered
        had_focus = isinstance(self.screen.focused, StepButton)
        if had_focus:
            self.screen.set_focus(None)  # else Textual would hand the focus to some field and scroll there
        async with self._placing:
            labels = dict(offered)
            main = next(iter(labels), None)
            there = {one.table_action.id for one in self.query(StepButton)}
            if not self.is_attached:
                return  # the program is ending
            await self.mount_all(StepButton(BY_ID[name]) for name in labels if name not in there)
            places = {f"{BUTTON}{name}": at for at, name in enumerate(labels)}
            self.sort_children(key=lambda one: places.get(one.id or "", len(places)))
            for one in self.query(StepButton):
                action = one.table_action
                one.show(labels.get(action.id), keys.shown(action), main=action.id == main)
        if had_focus or self.screen.focused is None:
            self.focus_main()

    @property
    def offered(self) -> list[StepButton]:
        """The buttons that are shown, in order."""
        return [one for one in self.query(StepButton) if one.display]

    def focus_main(self) -> None:
        """Put the focus on the main button."""
        for main in self.offered[:1]:
            self.screen.set_focus(main, scroll_visible=False)

    def action_move(self, by: int) -> None:
        """Go to a neighbor."""
        buttons = self.offered
        at = next(at for at, button in enumerate(buttons) if button.has_focus)
        buttons[(at + by) % len(buttons)].focus(scroll_visible=False)

    def action_scroll_step(self, rows: int) -> None:
        """Scroll the step, so that it can be read with the focus down here."""
        self.screen.query_one("#body").scroll_relative(y=rows, animate=False)


def _offered(now: ActionContext, main_label: str) -> tuple[tuple[str, str], ...]:
    """Return the buttons' actions and labels, the main one first."""
    if now.working:
        return ()
    main = MAIN_ACTIONS.get(now.main, now.main.value)
    # everywhere else these are keys, or in the palette
    in_place = {"next": now.state.done, "handover": now.last, "preflight": now.reads_file}
    others = [BY_ID[name] for name in BUTTONS if name != main and in_place.get(name, True)]
    return ((main, main_label), *((one.id, _label(one, now)) for one in others if one.possible(now)))


def fitting(
    offered: tuple[tuple[str, str], ...], width: int, shown: Callable[[Action], str] = lambda action: action.shown_key
) -> tuple[tuple[str, str], ...]:
    """Return the buttons with shorter labels, and at last fewer of them, where all are too wide for the line."""

    def wide(buttons: tuple[tuple[str, str], ...]) -> int:
        return sum(cell_len(label) + 5 + len(shown(BY_ID[name])) for name, label in buttons)

    if not width or wide(offered) <= width:
        return offered
    main, *others = offered
    buttons = (
        main,
        *((name, label if label == CONFIRM_ANYWAY else BY_ID[name].short or label) for name, label in others),
    )
    while len(buttons) > 1 and wide(buttons) > width:
        buttons = buttons[:-1]
    if wide(buttons) > width:
        buttons = ((main[0], fit(main[1], width - wide(((main[0], ""),))).rstrip()),)
    return buttons


def _label(action: Action, now: ActionContext) -> str:
    if action.id == "check" and not now.changed and now.state.outcome is not None:
        return LABELS["again"]
    return label_of(action, now)
