"""TOML from outside, read with limits: Python's own reader needs the square of some sizes, in time and in memory.

A key of 100,000 parts, 200 KB of text, took all the memory of a machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxr_tui.domain.text import visible

MOST_DOTS = 100
"""In one line; keys have one at most, and values that have more can be spread over lines."""


class NotTomlError(ValueError):
    """A text that is no TOML, or none that is read here; says why, safe to show."""


def read_toml(data: bytes) -> dict[str, Any]:
    """Return the tables of a TOML text; NotTomlError. How large `data` may be is the caller's to say."""
    import tomllib  # loaded only where it is needed: start-up stays light

    for number, line in enumerate(data.split(b"\n"), 1):
        if line.count(b".") > MOST_DOTS:
            raise NotTomlError(f"line {number} has more than {MOST_DOTS} dots; spread its values over lines")
    try:
        tables = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:  # a number of too many digits is a plain ValueError
        raise NotTomlError(visible(str(error))) from None
    if not all(-(2**63) <= number < 2**63 for number in _whole_numbers(tables)):
        raise NotTomlError("a whole number of TOML has at most 64 bits")
    return tables


def _whole_numbers(tables: dict[str, Any]) -> Iterator[int]:
    open_values: list[object] = [tables]
    while open_values:
        match open_values.pop():
            case dict() as table:
                open_values.extend(table.values())
            case list() as array:
                open_values.extend(array)
            case int() as number:
                yield number
