"""Glyph, word and color of every state and status; `words.toml` lists them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from cxr_tui.domain.finding import Status
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.journal.gate import State
from cxr_tui.presentation.values import WORDS

Enumerated = TypeVar("Enumerated", bound=StrEnum)


@dataclass(frozen=True)
class Look:
    """How a state is shown; `style` names a color of the theme."""

    glyph: str
    word: str
    style: str
    meaning: str = ""
    """A state in one sentence, for help and the tour."""

    @property
    def text(self) -> str:
        """Return glyph and word together."""
        return f"{self.glyph} {self.word}"


def looks(kind: type[Enumerated]) -> dict[Enumerated, Look]:
    """Return how each member of a type is shown."""
    return {kind(name): Look(*row) for name, row in WORDS[kind.__name__].items()}


STATES = looks(State)
STATUSES = looks(Status)
RUNS = looks(RunStatus) | {None: Look("?", "outcome unknown", "$warning")}
ROTATION_STEPS = {name: Look(*row) for name, row in WORDS["rotation"].items()}
OVERRULED = replace(STATES[State.CONFIRMED], word="Overruled")
"""A finding that a person has overruled."""
