"""How a rotation is drawn: the stages, what was found, and what to do now, in whose browser."""

from __future__ import annotations

from textual.content import Content
from textual.selection import Selection

from cxr_tui.domain.finding import Status
from cxr_tui.domain.instruction import Carried, SecretRef, Typed, Visit
from cxr_tui.domain.secret import MASK
from cxr_tui.presentation.badges import ROTATION_STEPS
from cxr_tui.presentation.instructions import site_heading
from cxr_tui.rotation.instructions import Instruction
from cxr_tui.rotation.status import STAGE_WORDS, RotationStatus, StageProgress
from cxr_tui.tui.actions.keymap import shown_key
from cxr_tui.tui.widgets.findings import finding_in_lines
from cxr_tui.tui.widgets.text_block import Drawn, hanging, wrap


class RotationSheet(Drawn):
    """The whole of a rotation as lines."""

    def __init__(self) -> None:
        super().__init__(id="rotation-sheet")
        self._status: RotationStatus | None = None
        self._rules: tuple[str, ...] = ()
        self._age = ""
        self._revealed = ""

    def show(self, status: RotationStatus, rules: tuple[str, ...], age: str) -> None:
        """Show where the rotation is."""
        self._status, self._rules, self._age = status, rules, age
        self.redraw()

    def reveal(self, text: str) -> None:
        """Show the secret instead of its mask; nothing: show the mask again."""
        self._revealed = text
        self.redraw()

    @property
    def revealed(self) -> bool:
        """Whether the secret can be read now."""
        return bool(self._revealed)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Give text that is marked with the mouse, but none while the secret can be read: F7 copies it, for a time."""
        return None if self._revealed else super().get_selection(selection)

    def draw(self, width: int) -> list[Content]:
        """Return the lines."""
        status = self._status
        if status is None:
            return []
        lines = [Content.styled(status.secret.title, "bold"), *_plain(self._age, width, "$muted"), Content("")]
        lines += [_stage_line(one, width) for one in status.stages]
        if status.rotation is None or status.rotation.stage.closed:
            lines += _plain("The new one must have: " + ", ".join(self._rules) + ".", width, "$muted")
        wrong = [one for one in status.findings if one.status is not Status.PASS]
        for finding in wrong:
            lines += [Content(""), *finding_in_lines(finding, width)]
        if status.todo is not None:
            lines += [Content(""), *_todo_lines(status.todo, width, self._revealed or self._masked())]
        for finding in status.findings:
            if finding not in wrong:
                lines += [Content(""), *finding_in_lines(finding, width)]
        return lines

    def _masked(self) -> str:
        copies, shows = (shown_key(self.app, f"rotation.{act}") for act in ("copy", "reveal"))
        return f"{MASK}  ({copies} copies, {shows} shows)"


def _plain(text: str, width: int, style: str) -> list[Content]:
    return [Content.styled(line, style) for line in wrap(text, width)] if text else []


def _stage_line(one: StageProgress, width: int) -> Content:
    look = ROTATION_STEPS[one.state]
    words = STAGE_WORDS[one.stage]
    when = one.at[:16].replace("T", " ")
    tail = f"  {when}" if when else ""
    room = max(width - 2 - len(words) - len(look.word) - len(tail), 1)
    return Content.assemble(
        (f"{look.glyph} ", look.style),
        (words, "$faint" if one.state == "ahead" else "bold" if one.state == "now" else ""),
        " " * room,
        (look.word, look.style),
        (tail, "$muted"),
    )


def _todo_lines(todo: Instruction, width: int, secret: str) -> list[Content]:
    lines = [
        Content.assemble(("Now  ", "bold $accent"), (todo.title, "bold")),
        *hanging(Content("     "), f"In whose browser: {todo.actor}", width, "$muted"),
    ]
    if todo.secret:
        lines += hanging(Content.styled("     To enter: ", "$muted"), secret, width)
    for text in todo.lines:
        lines += hanging(Content("     "), text, width)
    for number, visit in enumerate(todo.visits, 1):
        lines += _visit_lines(number, visit, width)
    return lines


def _visit_lines(number: int, visit: Visit, width: int) -> list[Content]:
    where = f"{site_heading(visit)}: {' ▸ '.join(visit.clicks)}"
    lines = hanging(Content.styled(f"  {number}  ", "$accent"), where, width)
    for label, value in visit.entries.items():
        head = Content.assemble("     ", (f"{label}  ", "$muted"))
        lines += hanging(head, _entry(value), width)
    if visit.press:
        lines += hanging(Content("     "), f"Press {', '.join(visit.press)}", width)
    if visit.note:
        lines += hanging(Content("     "), visit.note, width, "$muted")
    return lines


def _entry(value: Typed) -> str:
    match value:
        case SecretRef():
            return MASK
        case Carried(label):
            return f"the {label.lower()} of the mail"
        case "":
            return "the user's own address"
        case _:
            return str(value)
