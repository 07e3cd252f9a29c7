"""Sizes of a window at which the layout changes; the style sheets have the same widths."""

from __future__ import annotations

MEDIUM = 100
"""Columns from which on the list is beside the step."""

WIDE = 140
"""Columns from which on help is there too."""

TALL = 34
"""Rows from which on fields have blank lines between them."""

LIST_WIDTH, HELP_WIDTH = 42, 36
"""Columns that list and help take."""

ROOMY = 96
"""Cells from which on a line has room for a bar beside words."""


def step_width(columns: int) -> int:
    """Return how many columns a window leaves to the step."""
    return columns - (LIST_WIDTH if columns >= MEDIUM else 0) - (HELP_WIDTH if columns >= WIDE else 0)
