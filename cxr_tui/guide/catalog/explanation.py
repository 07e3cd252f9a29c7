"""The meaning of an outside error, as a finding without what was seen."""

from __future__ import annotations

from typing import NamedTuple

from cxr_tui.domain.certainty import Ground, ground_of
from cxr_tui.domain.finding import Finding, Status


class Cause(NamedTuple):
    """A finding without what was seen."""

    code: str
    status: Status
    why: str
    remedy: str
    at: str = ""
    """Id of the earlier step at which it is put right, where that is a step at all."""
    ground: Ground | None = None
    """How certain it is, where that is not what the table has for its code."""

    def finding(self, seen: str, why: str = "", *, at: str = "", within: str = "") -> Finding:
        """Return the finding of this cause; `why` replaces the cause's own."""
        ground = self.ground or ground_of(self.code)
        return Finding(self.code, self.status, seen, why or self.why, self.remedy, at=at, within=within, ground=ground)
