"""A number with its noun."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, in the plural where it is not one: `1 list`, `5,000 records`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
