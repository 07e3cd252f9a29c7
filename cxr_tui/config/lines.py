"""On which line of a TOML text each key of its top level begins, so that a problem can be pointed at."""

from __future__ import annotations

import re
import tomllib

_COMMENT_OR_STRING = re.compile(
    r'#[^\n]*|"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_KEY = re.compile(r'[ \t]*(\[{0,2})[ \t]*("(?:[^"\\]|\\.)*"|\'[^\']*\'|[\w-]+)[ \t]*[=.\]]')


def lines_of(text: str) -> dict[str, int]:
    """Return the first line (from 1) of each key, for a text that is TOML as a whole.

    The parser of the standard library keeps no positions.
    """
    found: dict[str, int] = {}
    within_table = False
    for number, line in enumerate(_COMMENT_OR_STRING.sub(_without_lines, text).split("\n"), 1):
        key = _KEY.match(line)
        if key is None:
            continue
        within_table = within_table or bool(key[1])
        if key[1] or not within_table:
            quoted = key[2].startswith(("'", '"'))
            found.setdefault(next(iter(tomllib.loads(f"{key[2]}=0"))) if quoted else key[2], number)
    return found


def _without_lines(token: re.Match[str]) -> str:
    """Keep the line breaks alone of a comment or a string of several lines; a string of one line may be a key."""
    return "\n" * token[0].count("\n") if token[0].startswith(("#", '"""', "'''")) else token[0]
