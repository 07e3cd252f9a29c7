"""A rotation in paragraphs: the stages, what was found, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.content import Content
from textual.selection import Selection

from cxr_tui.domain.finding import Status
from cxr_tui.domain.instruction import Instruction
from cxr_tui.domain.secret import MASK
from cxr_tui.presentation.badges import ROTATION_STEPS
from cxr_tui.rotation.status import STAGE_WORDS, RotationStatus, StageProgress
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.widgets.findings import finding_in_lines
from cxr_tui.tui.widgets.instructions import visit_blocks
from cxr_tui.tui.widgets.text_block import Block, Paragraph, TextBlock


class RotationSheet(TextBlock):
    """The whole rotation, with the new secret or its mask."""

    revealed = ""
    """The secret while it can be read."""

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return marked text, but none while the secret can be read: F7 copies it, for a time."""
        return None if self.revealed else super().get_selection(selection)

    def secret(self) -> str:
        """Return the secret, or its mask with the keys that copy and show it."""
        copies, shows = (shown_key(self.app, f"rotation.{act}") for act in ("copy", "reveal"))
        return self.revealed or f"{MASK}  ({copies} copies, {shows} shows)"


def rotation_blocks(status: RotationStatus, age: str, secret: str) -> Iterator[Block]:
    """Yield the stages, what needs fixing, what to do now, and what is in order."""
    yield Paragraph(status.secret.title, style="bold")
    if age:
        yield Paragraph(age, style="$muted")
    yield Paragraph()
    for one in status.stages:
        yield partial(_stage_line, one)
    wrong = [one for one in status.findings if one.status is not Status.PASS]
    for finding in wrong:
        yield from (Paragraph(), partial(finding_in_lines, finding))
    if status.todo is not None:
        yield Paragraph()
        yield from _todo_blocks(status.todo, secret)
    for finding in status.findings:
        if finding not in wrong:
            yield from (Paragraph(), partial(finding_in_lines, finding))


def _stage_line(one: StageProgress, width: int) -> list[Content]:
    look = ROTATION_STEPS[one.state]
    words = STAGE_WORDS[one.stage]
    when = one.at[:16].replace("T", " ")
    tail = f"  {when}" if when else ""
    room = max(width - 2 - len(words) - len(look.word) - len(tail), 1)
    line = Content.assemble(
        (f"{look.glyph} ", look.style),
        (words, "$faint" if one.state == "ahead" else "bold" if one.state == "now" else ""),
        " " * room,
        (look.word, look.style),
        (tail, "$muted"),
    )
    return [line]


def _todo_blocks(todo: Instruction, secret: str) -> Iterator[Block]:
    yield Paragraph(todo.title, style="bold", head=Content.styled("Now  ", "bold $accent"))
    yield Paragraph(f"Who: {todo.actor}", 5, "$muted")
    if todo.secret:
        yield Paragraph(secret, 5, head="To enter: ")
    for text in todo.lines:
        yield Paragraph(text, 5)
    for number, visit in enumerate(todo.visits, 1):
        yield from visit_blocks(number, visit)
