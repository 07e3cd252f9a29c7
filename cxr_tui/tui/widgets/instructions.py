"""The instruction: one card per visit, with the click path and every value ready to copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.selection import Selection

from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.secret import MASK
from cxr_tui.presentation.instructions import Line, caveat, site_heading, visit_lines
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.messages import CopyWanted
from cxr_tui.tui.widgets.text_block import Drawn, Paragraph, hanging, heading, wrap

WIDEST_LABEL = 26
MARGIN = 2
"""Cells at left, where the cursor stands; the same as the bar beside a field that has the focus."""


def visit_blocks(number: int, visit: Visit) -> Iterator[Paragraph]:
    """Yield a visit as paragraphs, where it is read and not worked through card by card."""
    where = f"{site_heading(visit)}: {' ▸ '.join(visit.clicks)}"
    yield Paragraph(where, head=Content.styled(f"  {number}  ", "$accent"))
    for line in visit_lines(visit, {}):
        unknown = visit.site is Site.MAILBOX and line.label == "To" and not line.copied
        yield Paragraph("the user's own address" if unknown else line.shown, 5, head=f"{line.label}  ")
    if visit.note:
        yield Paragraph(visit.note, 5, "$muted")


class Card(Drawn, can_focus=True):
    """One visit. With the focus on it, the arrow keys move between the values and Enter copies."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Before", show=False, id="card.before", tooltip="The value before"),
        Binding("down", "move(1)", "Next", show=False, id="card.next", tooltip="The next value"),
        Binding("enter", "take", "Copy", show=False, id="card.copy", tooltip="Copy this value"),
    ]

    def __init__(
        self, number: int, visit: Visit, field_labels: Mapping[str, str], *, kept: bool, alone: bool, headed: bool
    ) -> None:
        """`kept` says whether the secret that the visit names is in the keyring."""
        super().__init__(classes="card")
        self._headed = headed
        self.visit = visit
        self._labels = field_labels
        self._number = "" if alone else f"{number}  "
        self._gutter = MARGIN + len(self._number)
        self._cursor = 0
        self._rows: list[Line | None] = []
        self._kept = kept
        self._revealed = ""

    def show(self, visit: Visit, *, kept: bool) -> None:
        """Show another state of the same visit."""
        if (visit, kept) != (self.visit, self._kept):
            self.visit, self._kept = visit, kept
            self.redraw()

    @property
    def secret_row(self) -> int | None:
        """The row of the secret that this card names, None where it names none."""
        return next((at for at, line in enumerate(self._rows) if line is not None and line.item), None)

    def reveal(self, text: str) -> None:
        """Show the secret instead of its mask; nothing: show the mask again."""
        self._revealed = text
        self.redraw()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Give text that is marked with the mouse, but none while the secret can be read."""
        return None if self._revealed else super().get_selection(selection)

    @property
    def _values(self) -> list[Line]:
        lines = visit_lines(self.visit, self._labels)
        return [line for line in lines if line.copied or (line.item and self._kept)]

    @property
    def current(self) -> Line | None:
        """The value under the cursor."""
        values = self._values
        return values[min(self._cursor, len(values) - 1)] if values else None

    def draw(self, width: int) -> list[Content]:
        """Return site, click path, one line a value, and the note."""
        lines = visit_lines(self.visit, self._labels)
        widest = min(WIDEST_LABEL, width // 2)
        column = max((cell_len(line.label) for line in lines if cell_len(line.label) <= widest), default=0)
        gutter = Content(" " * self._gutter)
        drawn: list[Content] = []
        if self._headed:
            place, sign_in = site_heading(self.visit), ""
            if cell_len(place) > width - 2 * MARGIN:
                place, _, sign_in = place.partition(", ")
            drawn.append(Content(" " * MARGIN) + heading(place, width - MARGIN))
            if sign_in:
                drawn += hanging(Content(" " * MARGIN), sign_in[:1].upper() + sign_in[1:], width, "$muted")
        number = Content.styled(f"{'':{MARGIN}}{self._number}", "$muted")
        # Where there is no value to put the cursor on, the click path shows that the focus is here.
        bare = self.has_focus and self.current is None
        drawn += hanging(number, " ▸ ".join(self.visit.clicks), width, "$accent bold underline" if bare else "bold")
        self._rows = [None] * len(drawn)
        current = self.current if self.has_focus else None
        for line in lines:
            rows = self._line(line, column, width, here=line is not None and line == current)
            drawn += rows
            self._rows += [line] * len(rows)
        for text in (self.visit.note, caveat(self.visit)):
            if text:
                drawn += hanging(gutter, text, width, "$muted")
        return drawn

    def _line(self, line: Line, column: int, width: int, *, here: bool) -> list[Content]:
        mark = Content.styled(f"{'▸':<{self._gutter}}", "$accent") if here else Content(" " * self._gutter)
        above: list[Content] = []
        label = line.label
        if cell_len(label) > column:
            above = [mark + Content.styled(part, "$muted") for part in wrap(label, width - self._gutter)]
            mark, label = Content(" " * self._gutter), ""
        head = mark + Content.styled(label + " " * (column - cell_len(label) + 2), "$muted")
        style = "$accent underline" if here else "$muted" if line.quiet else ""
        box = "" if line.ticked is None else "[x] " if line.ticked else "[ ] "
        return [
            *above,
            *hanging(head, box + (self._secret() if line.item and self._kept else line.shown), width, style),
        ]

    def _secret(self) -> str:
        copies, shows = (shown_key(self.app, f"wizard.{act}") for act in ("copy", "reveal"))
        return self._revealed or f"{MASK}  ({copies} copies, {shows} shows)"

    def on_focus(self) -> None:
        """Show the cursor."""
        self.redraw()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.redraw()

    def action_move(self, by: int) -> None:
        """Go to another value."""
        count = len(self._values)
        if count:
            self._cursor = (min(self._cursor, count - 1) + by) % count
            self.redraw()

    def action_take(self) -> None:
        """Copy the value under the cursor."""
        if self.current is not None:
            self._copy(self.current)

    def on_click(self, event: events.Click) -> None:
        """Copy what was clicked."""
        line = self._rows[event.y] if event.y < len(self._rows) else None
        if line is not None and line in self._values:
            self._copy(line)

    def _copy(self, line: Line) -> None:
        self.post_message(CopyWanted(line.label, line.copied, line.item))


class Instruction(Vertical):
    """The cards of a step."""

    def __init__(self) -> None:
        super().__init__(id="instruction")
        self._step_id = ""

    async def show(
        self, step_id: str, visits: tuple[Visit, ...], field_labels: Mapping[str, str], *, kept: bool
    ) -> None:
        """Show these visits; cards of the same screens stay and only take over new values."""
        cards = list(self.query(Card))
        same = step_id == self._step_id and [(card.visit.site, card.visit.path) for card in cards] == [
            (visit.site, visit.path) for visit in visits
        ]
        if same:
            for card, visit in zip(cards, visits, strict=True):
                card.show(visit, kept=kept)
            return
        self._step_id = step_id
        await self.remove_children()
        alone = len(visits) == 1
        before = ["", *map(site_heading, visits)]
        await self.mount_all(
            Card(at, visit, field_labels, kept=kept, alone=alone, headed=site_heading(visit) != before[at - 1])
            for at, visit in enumerate(visits, 1)
        )
        self.display = bool(visits)

    def reveal(self, text: str) -> None:
        """Show the secret that the instruction names; nothing: show its mask."""
        for card in self.query(Card):
            card.reveal(text)

    def scroll_to_secret(self) -> None:
        """Scroll the line of the secret into view where it is not."""
        body = self.screen.query_one("#body")
        for card in self.query(Card):
            row = card.secret_row
            if row is not None and not body.region.y <= card.region.y + row < body.region.bottom:
                middle = body.region.y + body.region.height // 2
                body.scroll_relative(y=card.region.y + row - middle, animate=False)
