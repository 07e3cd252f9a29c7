"""On which line of a TOML text each key of its top level begins, so that a problem can be pointed at."""

from __future__ import annotations

import tomllib


def lines_of(text: str) -> dict[str, int]:
    """Return the first line (from 1) of each key, for a text that is TOML as a whole.

    The parser of the standard library keeps no positions. It is asked about ever longer beginnings of the text
    instead: the statement that brings a key begins right after the last beginning that could be read without it. That
    takes the grammar from the one place that knows it; a configuration file is small enough.
    """
    lines = text.split("\n")
    found: dict[str, int] = {}
    begins = 1
    for count, line in enumerate(lines, 1):
        if not line.strip():
            begins += begins == count
            continue
        try:
            keys = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        for key in keys:
            found.setdefault(key, begins)
        begins = count + 1
    return found
