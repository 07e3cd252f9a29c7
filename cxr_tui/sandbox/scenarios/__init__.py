"""Faults to plant in a sandbox, by code, each the way it would really happen: one file a theme.

`plant` has the ways in which something can go wrong, `hand` the slips of a hand; the other files register scenarios.
"""

from cxr_tui.sandbox.scenarios import access, exports, files, imports, keys, live, names, settings, transfer, users
from cxr_tui.sandbox.scenarios.hand import entering, leaving_out, not_pressing, with_line, without_line
from cxr_tui.sandbox.scenarios.plant import (
    Planting,
    Slip,
    Slips,
    UnknownScenarioError,
    check_scenarios,
    known_scenarios,
    plant,
    scenario,
)

THEMES = (access, users, settings, keys, exports, files, transfer, imports, live, names)
"""The files with scenarios; importing them registers these."""

__all__ = [
    "THEMES",
    "Planting",
    "Slip",
    "Slips",
    "UnknownScenarioError",
    "check_scenarios",
    "entering",
    "known_scenarios",
    "leaving_out",
    "not_pressing",
    "plant",
    "scenario",
    "with_line",
    "without_line",
]
