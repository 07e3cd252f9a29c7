"""The stages of a rehearsal with a key pair of our own, and the reminder that the wizard's header shows."""

from __future__ import annotations

from enum import StrEnum

from cxr_tui.journal.state import JournalState

WHAT = "rehearsal"
"""Name of the journal's records of a rehearsal."""


class Stage(StrEnum):
    """The stage of a rehearsal."""

    NONE = "none"
    """No pair exists."""
    MADE = "made"
    """The pair exists; no file encrypted to it was seen."""
    READ = "read"
    """A file encrypted to the pair was read; the export must go back to the key of CX Audience."""


def reminder(journal: JournalState) -> str:
    """Return a reminder while the export uses the rehearsal key, else an empty text."""
    noted = journal.preflights.get(WHAT)
    return "rehearsal key in use" if noted is not None and noted.body["stage"] == Stage.READ else ""
