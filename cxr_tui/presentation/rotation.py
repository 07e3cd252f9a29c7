"""A rotation in words: its stages, what is found, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator

from cxr_tui.presentation.badges import ROTATION_STEPS
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.presentation.instructions import instruction_lines
from cxr_tui.rotation.status import STAGE_WORDS, RotationStatus


def rotation_lines(status: RotationStatus, store: str) -> Iterator[str]:
    """Yield the stages of a rotation, the findings of the last action, and the instruction."""
    stage = STAGE_WORDS[status.rotation.stage] if status.rotation else "no rotation has begun"
    yield f"{status.secret.title}: {stage}."
    for one in status.stages:
        when = f", {one.at[:16].replace('T', ' ')} UTC" if one.at else ""
        yield f"{STAGE_WORDS[one.stage]}: {ROTATION_STEPS[one.state].word}{when}"
    yield from finding_lines(status.findings)
    todo = status.todo
    if todo is None:
        return
    yield f"Now: {todo.title}. Who: {todo.actor}."
    yield from todo.lines
    if todo.secret:
        yield f"Enter the password stored in {store} as {todo.secret}."
    if todo.visits:
        yield from instruction_lines(todo.visits, {})
    if todo.next_step:
        yield f"Then: {todo.next_step}"
