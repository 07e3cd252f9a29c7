"""Glyph, word and colour for every state and finding; the word always stands there, so colour is never needed."""

from __future__ import annotations

from dataclasses import dataclass

from cxr_tui.guide.step import Stage
from cxr_tui.journal.gate import State
from cxr_tui.model.finding import Status


@dataclass(frozen=True)
class Look:
    """How one state is shown; `style` names a colour of the theme."""

    glyph: str
    word: str
    style: str

    @property
    def text(self) -> str:
        """Return glyph and word together."""
        return f"{self.glyph} {self.word}"


STATES = {
    State.LOCKED: Look("·", "locked", "$faint"),
    State.READY: Look("○", "ready", "$foreground"),
    State.DRAFT: Look("◊", "draft", "$foreground"),
    State.WAITING: Look("…", "waiting", "$warning"),
    State.FAILED: Look("✗", "failed", "$error"),
    State.PROVEN: Look("✓", "proven", "$success"),
    State.ATTESTED: Look("●", "attested", "$accent"),
    State.STALE: Look("≈", "stale", "$warning"),
}

STATUSES = {
    Status.PASS: Look("✓", "pass", "$success"),
    Status.FAIL: Look("✗", "fail", "$error"),
    Status.WARN: Look("!", "warn", "$warning"),
    Status.UNKNOWN: Look("?", "unknown", "$warning"),
}

STAGE_NAMES = {
    Stage.PREPARE: "Prepare",
    Stage.RESPONSYS: "Responsys",
    Stage.AUDIENCE: "Audience",
    Stage.PROFILES: "Profiles",
    Stage.LIVE: "Live",
}
"""Short names, for the one line that shows all five stages in 80 columns."""
