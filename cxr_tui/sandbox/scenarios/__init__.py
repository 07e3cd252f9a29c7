"""Mistakes of people and states of the products, by code, each the way it would really happen: one file a theme."""

from cxr_tui.sandbox.scenarios import (
    access,
    exports,
    files,
    go_live,
    hostile_names,
    imports,
    keys,
    settings,
    ssh_key_transfer,
    users,
)
from cxr_tui.sandbox.scenarios.builder import (
    InputMistake,
    PendingMistakes,
    ScenarioBuilder,
    UnknownScenarioError,
    check_scenarios,
    known_scenarios,
    plant,
    scenario,
)
from cxr_tui.sandbox.scenarios.mistakes import entering, leaving_out, not_pressing, with_line, without_line

THEMES = (access, users, settings, keys, exports, files, ssh_key_transfer, imports, go_live, hostile_names)
"""The files with scenarios; importing them registers these."""

__all__ = [
    "THEMES",
    "InputMistake",
    "PendingMistakes",
    "ScenarioBuilder",
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
