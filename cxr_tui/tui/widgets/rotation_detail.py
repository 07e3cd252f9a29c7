"""A rotation in paragraphs: the stages, what was found, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.content import Content

from cxr_tui.domain.finding import Status
from cxr_tui.presentation.badges import ROTATION_STEPS
from cxr_tui.rotation.status import STAGE_WORDS, RotationStatus, StageProgress
from cxr_tui.tui.widgets.findings import finding_blocks
from cxr_tui.tui.widgets.instructions import MaskedSecret, todo_blocks
from cxr_tui.tui.widgets.text_block import Block, Paragraph, TextBlock


class RotationSheet(MaskedSecret, TextBlock):
    """The whole rotation, with the new secret or its mask."""

    scope = "rotation"


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
        yield from (Paragraph(), *finding_blocks(finding))
    if status.todo is not None:
        to_enter = [Paragraph(secret, 5, head="To enter: ")] if status.todo.secret else []
        yield Paragraph()
        yield from todo_blocks(status.todo, Paragraph(f"Who: {status.todo.actor}", 5, "$muted"), *to_enter)
    for finding in status.findings:
        if finding not in wrong:
            yield from (Paragraph(), *finding_blocks(finding))


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
