"""What a terminal can show: screens, colors, and from which size on."""

from __future__ import annotations

import os
from collections.abc import Mapping

WITHOUT_SCREENS = frozenset({"", "dumb", "unknown"})
"""Values of TERM for a terminal that cannot show screens."""

SMALLEST = (50, 14)
"""Columns and rows below which screens are not readable."""

COMFORTABLE = (80, 24)
"""Columns and rows at which every screen is complete."""


def few_colors(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal shows at most 16 colors, as Rich and Textual decide it."""
    many = os.name == "nt" or environ.get("COLORTERM") in ("truecolor", "24bit")
    return not many and environ.get("TERM", "").rpartition("-")[2] not in ("256color", "kitty")
