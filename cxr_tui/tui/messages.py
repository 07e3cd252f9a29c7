"""Everything that widgets tell the screen, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class Notice(Message):
    """A sentence for the work line of the topmost screen that has one; the app shows it."""

    text: str
    style: str = "$muted"
    seconds: float = 6.0


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
