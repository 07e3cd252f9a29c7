"""The instruction: what to do at each place, with the click path and every value ready to copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.selection import Selection

from cxr_tui.domain.instruction import Instruction as Todo
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.secret import MASK
from cxr_tui.presentation.instructions import Line, caveat, site_heading, visit_lines
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.messages import CopyWanted
from cxr_tui.tui.widgets.text_block import Drawn, Paragraph, hanging, heading, wrap

WIDEST_LABEL = 26
MARGIN = 2
"""Cells at left; the same as the bar beside a field that has the focus."""


def visit_blocks(number: int, visit: Visit) -> Iterator[Paragraph]:
    """Yield a visit as paragraphs, where it is read and nothing is copied from it."""
    where = f"{site_heading(visit)}: {' ▸ '.join(visit.clicks)}"
    yield Paragraph(where, head=Content.styled(f"  {number}  ", "$accent"))
    for line in visit_lines(visit, {}):
        unknown = visit.site is Site.MAILBOX and line.label == "To" and not line.copied
        yield Paragraph("the user's own address" if unknown else line.shown, 5, head=f"{line.label}  ")
    if visit.note:
        yield Paragraph(visit.note, 5, "$muted")


def todo_blocks(todo: Todo, *first: Paragraph) -> Iterator[Paragraph]:
    """Yield an instruction to follow now: its title, some first words, then lines and visits."""
    yield Paragraph(todo.title, style="bold", head=Content.styled("Now  ", "bold $accent"))
    yield from first
    yield from (Paragraph(text, 5) for text in todo.lines)
    for number, visit in enumerate(todo.visits, 1):
        yield from visit_blocks(number, visit)


class MaskedSecret(Drawn):
    """Text with a stored secret, which is masked until a person asks for it."""

    scope = ""
    """The scope of the actions that copy and show the secret."""
    revealed = ""
    """The secret while it can be read."""

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return marked text, but none while the secret can be read: F7 copies it, for a time."""
        return None if self.revealed else super().get_selection(selection)

    def secret(self) -> str:
        """Return the secret, or its mask with the keys that copy and show it."""
        copies, shows = (shown_key(self.app, f"{self.scope}.{act}") for act in ("copy", "reveal"))
        return self.revealed or f"{MASK}  ({copies} copies, {shows} shows)"


class Instruction(MaskedSecret):
    """The visits of a step. F7 offers their values; a click on one copies it."""

    scope = "wizard"

    def __init__(self) -> None:
        super().__init__(id="instruction")
        self._visits: tuple[Visit, ...] = ()
        self._labels: Mapping[str, str] = {}
        self._kept = False
        self._rows: list[Line | None] = []
        """The value in each row."""

    def show(self, visits: tuple[Visit, ...], labels: Mapping[str, str], *, kept: bool) -> None:
        """Show these visits; `kept` says whether the secret that they name is in the keyring."""
        self._visits, self._labels, self._kept = visits, labels, kept
        self.display = bool(visits)
        self.redraw()

    def reveal(self, text: str) -> None:
        """Show the secret instead of its mask; nothing: show the mask again."""
        self.revealed = text
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return all visits, a blank line between them."""
        drawn: list[Content] = []
        self._rows = []
        place = ""
        for number, visit in enumerate(self._visits, 1):
            drawn += [Content("")] if drawn else []
            if site_heading(visit) != place:
                place = site_heading(visit)
                drawn += _heading_lines(place, width)
            count = f"{number}  " if len(self._visits) > 1 else ""
            self._draw_visit(visit, f"{'':{MARGIN}}{count}", width, drawn)
        return drawn

    def _draw_visit(self, visit: Visit, head: str, width: int, drawn: list[Content]) -> None:
        """Add click path, one line a value, and the note."""
        drawn += hanging(Content.styled(head, "$muted"), " ▸ ".join(visit.clicks), width, "bold")
        lines = visit_lines(visit, self._labels)
        widest = min(WIDEST_LABEL, width // 2)
        column = max((cell_len(line.label) for line in lines if cell_len(line.label) <= widest), default=0)
        for line in lines:
            rows = self._value_lines(line, len(head), column, width)
            self._rows += [None] * (len(drawn) - len(self._rows)) + [line] * len(rows)
            drawn += rows
        for text in (visit.note, caveat(visit)):
            if text:
                drawn += hanging(Content(" " * len(head)), text, width, "$muted")

    def _value_lines(self, line: Line, gutter: int, column: int, width: int) -> list[Content]:
        """Return a value behind its label, or below a long one."""
        label, margin = line.label, Content(" " * gutter)
        above: list[Content] = []
        if cell_len(label) > column:
            above = [margin + Content.styled(part, "$muted") for part in wrap(label, width - gutter)]
            label = ""
        head = margin + Content.styled(label + " " * (column - cell_len(label) + 2), "$muted")
        box = "" if line.ticked is None else "[x] " if line.ticked else "[ ] "
        text = self.secret() if line.item and self._kept else line.shown
        return [*above, *hanging(head, box + text, width, "$muted" if line.quiet else "")]

    def on_click(self, event: events.Click) -> None:
        """Copy what was clicked."""
        line = self._rows[event.y] if event.y < len(self._rows) else None
        if line is not None and (line.copied or (line.item and self._kept)):
            self.post_message(CopyWanted(line.label, line.copied, line.item))

    def scroll_to_secret(self) -> None:
        """Scroll the line of the secret into view where it is not."""
        body = self.screen.query_one("#body")
        row = next((at for at, line in enumerate(self._rows) if line is not None and line.item), None)
        if row is not None and not body.region.y <= self.region.y + row < body.region.bottom:
            middle = body.region.y + body.region.height // 2
            body.scroll_relative(y=self.region.y + row - middle, animate=False)


def _heading_lines(place: str, width: int) -> list[Content]:
    """Return where the following visits are; the sign-in below where the line has no room for it."""
    margin, sign_in = Content(" " * MARGIN), ""
    if cell_len(place) > width - 2 * MARGIN:
        place, _, sign_in = place.partition(", ")
    lines = [margin + heading(place, width - MARGIN)]
    return lines + (hanging(margin, sign_in[:1].upper() + sign_in[1:], width, "$muted") if sign_in else [])
