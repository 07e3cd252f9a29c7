"""Everything that widgets tell the screen, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from cxr_tui.domain.answers import Value
from cxr_tui.tui.launcher import Choice


@dataclass
class FieldChanged(Message):
    """A person changed what a field holds; nothing is confirmed yet."""

    name: str
    value: Value | None


@dataclass
class SecretChanged(Message):
    """A person typed into a secret's field; the text itself stays in that field until it is confirmed."""

    name: str


@dataclass
class LinesDropped(Message):
    """Several lines were pasted where one can be entered: the first is there, these many others are not."""

    count: int


@dataclass
class FieldDone(Message):
    """Enter in a field: go on to the next one."""

    name: str


@dataclass
class StepChosen(Message):
    """A step was chosen in the list of steps, or found; perhaps with the field that was meant."""

    step_id: str
    field: str = ""


@dataclass
class CopyWanted(Message):
    """Asks to copy a value; a secret by its keyring item, because its text goes only to the clipboard."""

    label: str
    text: str
    item: str = ""


@dataclass
class ActionPressed(Message):
    """A button or a key of the bar was pressed with the mouse or Enter; `action` is an id of the actions table."""

    action: str


@dataclass
class Progressed(Message):
    """A check or the operator says what it does right now."""

    step_id: str
    text: str


@dataclass
class OpeningWanted(Message):
    """Asks to open an integration; `choice` None: asks to stop opening it."""

    choice: Choice | None
    name: str
