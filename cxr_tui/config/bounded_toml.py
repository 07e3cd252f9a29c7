"""Reads TOML from outside with limits: for some texts, Python's reader needs time and memory in the square of the size.

A key of 100,000 parts, 200 KB of text, took all the memory of a computer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cxr_tui.domain.text import visible

MOST_DOTS = 100
"""In one line; keys have at most one, and longer values can use several lines."""


class NotTomlError(ValueError):
    """A text is not TOML or exceeds a limit; the error text is safe to show."""


def read_toml(data: bytes) -> dict[str, Any]:
    """Return the tables of a TOML text; NotTomlError. The caller limits the size of `data`."""
    import tomllib  # loaded only where it is needed: start-up stays light

    for number, line in enumerate(data.split(b"\n"), 1):
        if line.count(b".") > MOST_DOTS:
            raise NotTomlError(f"line {number} has more than {MOST_DOTS} dots; spread its values over lines")
    try:
        tables = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:  # too many digits raise a plain ValueError
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
