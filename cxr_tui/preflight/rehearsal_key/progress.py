"""How far a rehearsal with a pair of our own can be, and the reminder while one is under way; light, for the wizard."""

from __future__ import annotations

from enum import StrEnum

from cxr_tui.journal.state import JournalState

WHAT = "rehearsal"
"""What the journal's records of it are called."""


class Stage(StrEnum):
    """How far a rehearsal is."""

    NONE = "none"
    """There is no pair."""
    MADE = "made"
    """The pair is there; no file that is encrypted to it was seen."""
    READ = "read"
    """A file to the pair was read; the export has to go back to the key of CX Audience."""
    REPLACED = "replaced"
    """A newer file is encrypted to the key of CX Audience; the pair can go."""

    @property
    def unsafe(self) -> bool:
        """Whether the export may write files that CX Audience cannot read."""
        return self in (Stage.MADE, Stage.READ)


def reminder(journal: JournalState) -> str:
    """Return a few words while the export may be written to the rehearsal key, nothing otherwise."""
    noted = journal.preflights.get(WHAT)
    return "rehearsal key in use" if noted is not None and noted.body["stage"] == Stage.READ else ""
