"""The meaning of an outside error, as a finding without what was seen."""

from __future__ import annotations

from typing import NamedTuple

from cxr_tui.model.finding import Status


class Cause(NamedTuple):
    """A finding without what was seen."""

    code: str
    status: Status
    why: str
    remedy: str
    at: str = ""
    """Id of the earlier step at which it is put right, where that is a step at all."""
