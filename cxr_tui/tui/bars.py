"""The lines at the edges: header, what is going on, buttons, keys."""

from __future__ import annotations

from itertools import accumulate
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Button

from cxr_tui.setup.situation import Main, Situation
from cxr_tui.tui.actions import ACTIONS, BUTTONS, BY_ID, MAIN_LABELS, Action, action_of
from cxr_tui.tui.drawn import Drawn, fit, wrap
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.sizes import COMFORTABLE, ROOMY, SMALLEST

_BREATH = ("•    ", "••   ", "•••  ", " ••• ", "  •••", "   ••", "    •", "     ")
_EVERY = 0.16
"""Seconds between two pictures of the indicator."""


def bar(share: float, width: int, style: str = "$accent") -> Content:
    """Return a bar of this many cells for a share from 0 to 1; full only where all is done."""
    cells = round(share * width)
    if 0 < share < 1:
        cells = min(max(cells, 1), width - 1)
    return Content.assemble(("━" * cells, style), ("─" * (width - cells), "$line"))


class TooSmall(Drawn):
    """Stands instead of everything else where the window is too small for it; nothing is lost meanwhile."""

    def draw(self, width: int) -> list[Content]:
        """Say what is needed and what is there."""
        there = self.app.size
        text = (
            f"This window has {there.width}x{there.height}; the screens need {SMALLEST[0]}x{SMALLEST[1]}, better "
            f"{COMFORTABLE[0]}x{COMFORTABLE[1]}. Make it larger: nothing is lost. Or: cxr-tui --plain"
        )
        return [Content(line) for line in wrap(text, width)]

    def on_resize(self) -> None:
        """Say it anew."""
        self.redraw()


class Header(Drawn):
    """Name of the integration at left; what wants attention, the sandbox's time and the progress at right."""

    def __init__(self, name: str, *, sandboxed: bool = False) -> None:
        super().__init__(id="header")
        self._integration = name
        self._sandboxed = sandboxed
        self._shown: tuple[str, str, str, float | None] = ("", "", "", None)

    def show(self, badge: str, progress: str, reminder: str = "", *, share: float | None = None) -> None:
        """Show other words at right, and a bar for a share from 0 to 1 where there is room."""
        if (badge, progress, reminder, share) != self._shown:
            self._shown = (badge, progress, reminder, share)
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        badge, progress, reminder, share = self._shown
        right = Content.assemble(
            (f"{reminder}   " if reminder else "", "$warning"), (f"{badge}   " if badge else "", "$muted"), progress
        )
        if share is not None and width >= ROOMY:
            right = Content.assemble(right[: -len(progress)], bar(share, 16), "  ", progress)
        room = width - right.cell_length - 2
        name = self._integration
        if self._sandboxed and name != "sandbox":
            name = f"{name}  sandbox"
        left = fit(f"cxr-tui   {name}", room)
        return [
            Content.assemble(
                (left[:7], "bold $accent"), (left[7:], "bold $warning" if self._sandboxed else "bold"), "  "
            )
            + right
        ]


class WorkLine(Drawn):
    """What is going on right now, or the newest notice; one line that is always there, so that nothing jumps."""

    def __init__(self) -> None:
        super().__init__(id="work")
        self._text = ""
        self._style = ""
        self._at = 0
        self._busy = False
        self._breath: Timer | None = None
        self._fade: Timer | None = None

    def on_mount(self) -> None:
        """Prepare the indicator."""
        self._breath = self.set_interval(_EVERY, self._breathe, pause=True)

    def busy(self, text: str) -> None:
        """Say what is being done."""
        self._busy, self._text = True, text
        if self._breath is not None and self.app.animation_level != "none":
            self._breath.resume()
        self.redraw()

    def rest(self) -> None:
        """Nothing is being done."""
        if self._busy:
            self._busy, self._text = False, ""
            if self._breath is not None:
                self._breath.pause()
            self.redraw()

    def tell(self, text: str, style: str = "$muted", seconds: float = 6.0) -> None:
        """Show a notice for a while."""
        if self._fade is not None:
            self._fade.stop()
        self._text, self._style = text, style
        self._fade = self.set_timer(seconds, self._forget)
        self.redraw()

    @property
    def told(self) -> str:
        """What stands there now."""
        return self._text

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        if not self._busy:
            return [Content.styled(fit(self._text, width), self._style)]
        tail = "Esc cancels"
        text = fit(self._text, width - 7 - len(tail) - 2)
        return [Content.assemble((f"{_BREATH[self._at]}  ", "$accent"), text, "  ", (tail, "$faint"))]

    def _breathe(self) -> None:
        self._at = (self._at + 1) % len(_BREATH)
        self.redraw()

    def _forget(self) -> None:
        if not self._busy:
            self._text = ""
            self.redraw()


class StepButton(Button, inherit_bindings=False):
    """A button of one line that carries out an action of the table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", "Press", show=False, id="button.press", tooltip="Press this button"),
    ]

    def __init__(self, action: Action, label: str, *, main: bool) -> None:
        text = Content.assemble(
            (label, "bold" if main else ""), (f"  {action.shown_key}" if action.shown_key else "", "")
        )
        super().__init__(
            text, compact=True, id=f"button-{action.id}", classes="main" if main else "", tooltip=action.tooltip
        )
        self.carries_out = action.id

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Tell the screen which action is meant."""
        event.stop()
        self.post_message(ActionPressed(self.carries_out))


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
        self._asked: tuple[Situation, str] | None = None

    def on_resize(self) -> None:
        """Choose the labels again: how many fit is known only now."""
        if self._asked is not None:
            self.call_later(self.show, *self._asked)

    async def show(self, now: Situation, blocker: str) -> None:
        """Show the buttons for a situation; `blocker` names the step that locks this one."""
        self._asked = (now, blocker)
        offered = fitting(_offered(now, blocker), self.content_size.width)
        if offered == self._shown:
            return
        self._shown = offered
        focused = self.screen.focused
        had_focus = isinstance(focused, StepButton)
        if had_focus:
            self.screen.set_focus(None)  # else Textual would hand the focus to some field and scroll there
        await self.remove_children()
        await self.mount_all(
            StepButton(BY_ID[action], label, main=at == 0) for at, (action, label) in enumerate(offered)
        )
        if had_focus or self.screen.focused is None:
            self.focus_main()

    def focus_main(self) -> None:
        """Put the focus on the main button."""
        main = self.query(".main")
        if main:
            self.screen.set_focus(main.first(), scroll_visible=False)

    def action_move(self, by: int) -> None:
        """Go to a neighbour."""
        buttons = list(self.query(StepButton))
        focused = self.screen.focused
        if isinstance(focused, StepButton) and focused in buttons:
            buttons[(buttons.index(focused) + by) % len(buttons)].focus(scroll_visible=False)

    def action_scroll_step(self, rows: int) -> None:
        """Scroll the step, so that it can be read with the focus down here."""
        self.screen.query_one("#body").scroll_relative(y=rows, animate=False)


def _offered(now: Situation, blocker: str) -> tuple[tuple[str, str], ...]:
    if now.working:
        return ()
    main = now.main
    label = MAIN_LABELS.get(main, action_of(main).label)
    if main is Main.JUMP and blocker:
        label = f"Go to {blocker}"
    if main is Main.PUT_RIGHT and now.fix is not None:
        label = now.fix.label
    offered = [(action_of(main).id, label)]
    for name in BUTTONS:
        action = BY_ID[name]
        already = name == offered[0][0]
        if already or not action.when(now) or (name == "next" and not now.state.holds):
            continue
        if name == "handover" and not now.last:
            continue
        if name == "preflight" and not now.reads_file:
            continue  # everywhere else it is a key
        offered.append((name, _label(action, now)))
    return tuple(offered)


def fitting(offered: tuple[tuple[str, str], ...], width: int) -> tuple[tuple[str, str], ...]:
    """Return the buttons with shorter labels, and at last fewer of them, where all are too wide for the line."""

    def wide(buttons: tuple[tuple[str, str], ...]) -> int:
        keys = [BY_ID[name].shown_key for name, _ in buttons]
        return sum(cell_len(label) + 5 + len(key) for (_, label), key in zip(buttons, keys, strict=True))

    if not width or wide(offered) <= width:
        return offered
    main, *others = offered
    buttons = (main, *((name, BY_ID[name].short or label) for name, label in others))
    while len(buttons) > 1 and wide(buttons) > width:
        buttons = buttons[:-1]
    if wide(buttons) > width:
        buttons = ((main[0], fit(main[1], width - wide(((main[0], ""),))).rstrip()),)
    return buttons


def _label(action: Action, now: Situation) -> str:
    if action.id == "check" and not now.changed and now.state.outcome is not None:
        return "Check again"
    return action.label


class KeyBar(Drawn):
    """Keys that can be pressed now; made from the actions table, and clickable."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._actions: tuple[Action, ...] = ()
        self._ends: list[int] = []

    def show(self, now: Situation) -> None:
        """Offer what makes sense in a situation."""
        actions = tuple(action for action in ACTIONS if action.in_bar and action.when(now))
        if actions != self._actions:
            self._actions = actions
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        parts = [Content.assemble((one.shown_key, "$accent"), " ", (one.label, "$muted")) for one in self._actions]
        room = (width - sum(part.cell_length for part in parts)) // max(len(parts) - 1, 1)
        gap = max(min(room, 3), 1)
        self._ends = list(accumulate(part.cell_length + gap for part in parts))
        return [Content(" " * gap).join(parts)]

    def on_click(self, event: events.Click) -> None:
        """Carry out what was clicked."""
        for action, end in zip(self._actions, self._ends, strict=False):
            if event.x < end:
                self.post_message(ActionPressed(action.id))
                return
