"""Everything that widgets tell the screen, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class LinesDropped(Message):
    """Several lines were pasted where one can be entered: the first is there, these many others are not."""

    count: int


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
