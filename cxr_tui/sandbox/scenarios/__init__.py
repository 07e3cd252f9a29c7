"""Mistakes of people and states of the products, by code, each the way it would really happen: one file a theme.

Importing the themes registers their scenarios.
"""

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
from cxr_tui.sandbox.scenarios.builder import check_scenarios, known_scenarios, plant

__all__ = [
    "access",
    "check_scenarios",
    "exports",
    "files",
    "go_live",
    "hostile_names",
    "imports",
    "keys",
    "known_scenarios",
    "plant",
    "settings",
    "ssh_key_transfer",
    "users",
]
