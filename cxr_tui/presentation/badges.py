"""Glyph, word and color of every state and status; the word is always shown, so color is never needed."""

from __future__ import annotations

from dataclasses import dataclass

from cxr_tui.domain.finding import Status
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.jobs.assessment import JobState
from cxr_tui.journal.gate import State


@dataclass(frozen=True)
class Look:
    """How a state is shown; `style` names a color of the theme."""

    glyph: str
    word: str
    style: str

    @property
    def text(self) -> str:
        """Return glyph and word together."""
        return f"{self.glyph} {self.word}"


STATES = {
    State.LOCKED: Look("·", "locked", "$faint"),
    State.READY: Look("○", "to do", "$foreground"),
    State.DRAFT: Look("◊", "in progress", "$foreground"),
    State.WAITING: Look("…", "waiting", "$warning"),
    State.FAILED: Look("✗", "needs fixing", "$error"),
    State.VERIFIED: Look("✓", "verified", "$success"),
    State.CONFIRMED: Look("●", "confirmed", "$accent"),
    State.STALE: Look("≈", "check again", "$warning"),
}

STATUSES = {
    Status.PASS: Look("✓", "OK", "$success"),
    Status.FAIL: Look("✗", "Problem", "$error"),
    Status.WARN: Look("!", "Warning", "$warning"),
    Status.UNKNOWN: Look("?", "Not checked", "$warning"),
}

JOBS = {
    JobState.ON_TIME: Look("✓", "on time", "$success"),
    JobState.RUNNING: Look("▸", "running", "$accent"),
    JobState.NOT_DUE: Look("○", "not due yet", "$foreground"),
    JobState.LATE: Look("✗", "late", "$error"),
    JobState.FAILED: Look("✗", "failed", "$error"),
    JobState.REJECTED: Look("✗", "rejected rows", "$error"),
    JobState.NEVER_RAN: Look("✗", "never ran", "$error"),
    JobState.GONE: Look("✗", "gone", "$error"),
    JobState.INACTIVE: Look("✗", "inactive", "$error"),
    JobState.WAITING_FOR_KEY: Look("…", "waiting for the SSH2 key", "$warning"),
    JobState.UNKNOWN: Look("?", "unknown", "$warning"),
}
RUNS = {
    RunStatus.SUCCEEDED: Look("✓", "succeeded", "$success"),
    RunStatus.FAILED: Look("✗", "failed", "$error"),
    RunStatus.ABORTED: Look("✗", "aborted", "$error"),
    RunStatus.RUNNING: Look("▸", "running", "$accent"),
    None: Look("?", "outcome unknown", "$warning"),
}

ROTATION_STEPS = {
    "verified": Look("✓", "verified", "$success"),
    "confirmed": Look("●", "confirmed", "$accent"),
    "recorded": Look("✓", "done", "$success"),
    "now": Look("▸", "now", "$accent"),
    "ahead": Look("○", "ahead", "$faint"),
    "refused": Look("✗", "refused", "$error"),
}
"""Verified and confirmed are never shown alike."""

OVERRULED = Look(STATES[State.CONFIRMED].glyph, "Overruled", STATES[State.CONFIRMED].style)
"""A finding that a person has overruled."""
