"""The lines at the edges: header, current work, keys, and the message for a window that is too small."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from cxr_tui.system.terminal import COMFORTABLE, SMALLEST
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.actions.table import Action
from cxr_tui.tui.widgets.text_block import Drawn, clickable, fit

_BREATH = ("•    ", "••   ", "•••  ", " ••• ", "  •••", "   ••", "    •", "     ")
_PROGRAM = "cxr-tui"
_ROOMY = 96
"""Cells from which on the line has room for a bar beside words."""
_EVERY = 0.16
"""Seconds between two pictures of the indicator."""


def bar(share: float, width: int, style: str = "$accent") -> Content:
    """Return a bar of this many cells for a share from 0 to 1; full only where all is done."""
    cells = round(share * width)
    if 0 < share < 1:
        cells = min(max(cells, 1), width - 1)
    return Content.assemble(("━" * cells, style), ("─" * (width - cells), "$line"))


class TooSmall(Widget):
    """Stands instead of everything else where the window is too small for it; nothing is lost meanwhile."""

    warning = reactive("")
    """What is said first."""

    def render(self) -> Content:
        """Say what is needed and what is there."""
        there = self.app.size
        needed = (
            f"This window has {there.width}x{there.height}; the screens need {SMALLEST[0]}x{SMALLEST[1]}, better "
            f"{COMFORTABLE[0]}x{COMFORTABLE[1]}. Make it larger: nothing is lost. Or: cxr-tui --plain"
        )
        return Content(f"{self.warning} {needed}".strip())


class Header(Drawn):
    """Name of the integration at left; what wants attention, the sandbox's time and the progress at right."""

    def __init__(self, name: str, progress: str = "", *, sandboxed: bool = False) -> None:
        super().__init__(id="header")
        self._integration = name
        self._sandboxed = sandboxed
        self._shown: tuple[str, str, str, float | None] = ("", progress, "", None)

    def show(self, badge: str, progress: str, reminder: str = "", *, share: float | None = None) -> None:
        """Show other words at right, and a bar for a share from 0 to 1 where there is room."""
        self._shown = (badge, progress, reminder, share)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        badge, progress, reminder, share = self._shown
        parts = [Content.styled(reminder, "$warning"), Content.styled(badge, "$muted"), Content(progress)]
        right = Content("   ").join(part for part in parts if part.plain)
        if share is not None and width >= _ROOMY:
            right = Content.assemble(right[: -len(progress)], bar(share, 16), "  ", progress)
        room = width - right.cell_length - 2
        if room < len(_PROGRAM) and badge:  # the least of them
            right = Content("   ").join(part for part in (parts[0], parts[2]) if part.plain)
            room = width - right.cell_length - 2
        name = self._integration
        if self._sandboxed and not name.startswith("sandbox"):
            name = f"{name}  sandbox"
        left = fit(f"{_PROGRAM}   {name}", room)
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
        self._fade: Timer | None = None

    def busy(self, text: str) -> None:
        """Say what is being done."""
        if not self._busy and self.app.animation_level != "none":
            self.auto_refresh = _EVERY
        self._busy, self._text = True, text
        self.redraw()

    def rest(self) -> None:
        """Nothing is being done."""
        if self._busy:
            self._busy, self._text = False, ""
            self.auto_refresh = None
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
        """The text that the line shows."""
        return self._text

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        if not self._busy:
            return [Content.styled(fit(self._text, width), self._style)]
        tail = "Esc cancels"
        text = fit(self._text, width - 7 - len(tail) - 2)
        return [Content.assemble((f"{_BREATH[self._at]}  ", "$accent"), text, "  ", (tail, "$faint"))]

    def automatic_refresh(self) -> None:
        """Move the indicator."""
        self._at = (self._at + 1) % len(_BREATH)
        self.redraw()

    def _forget(self) -> None:
        if not self._busy:
            self._text = ""
            self.redraw()


class KeyBar(Drawn):
    """Offers actions with their keys; a click does what the key does."""

    def __init__(self, offered: Sequence[tuple[Action, str]] = ()) -> None:
        super().__init__(id="keys")
        self._offered = tuple(offered)

    def show(self, offered: Sequence[tuple[Action, str]]) -> None:
        """Show these actions with these labels."""
        self._offered = tuple(offered)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line; where not all actions have room, the last ones are dropped."""
        keys = keymap_of(self.app)
        parts = []
        for action, label in self._offered:
            part = Content.assemble((keys.shown(action), "$accent"), " ", (label, "$muted"))
            handler = action.handler if action.handler.startswith("app.") else f"screen.{action.handler}"
            parts.append(clickable(part, handler))
        while len(parts) > 1 and sum(part.cell_length + 1 for part in parts) - 1 > width:
            parts.pop()
        room = (width - sum(part.cell_length for part in parts)) // max(len(parts) - 1, 1)
        return [Content(" " * max(min(room, 3), 1)).join(parts)]
