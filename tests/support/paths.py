"""Where the project's parts are, and how a module of the tests runs as a separate process."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
PACKAGE = ROOT / "cxr_tui"
DATA = TESTS / "data"


def program(module: str) -> list[str]:
    """Return the command that runs `module` (such as `soak.soak_session`) as a program, from any folder."""
    return [sys.executable, str(TESTS), module]
