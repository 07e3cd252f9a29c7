"""JSON from outside, read with limits: what no product sends is named and never becomes a value.

Python's own reader takes more than JSON is: numbers without end, NaN, one member twice, half characters. Each of those
would turn up later, somewhere else, as a wrong value or an error of the program.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from cxr_tui.domain.anomalies import Flaw
from cxr_tui.domain.errors import MalformedError

MOST_VALUES = 500_000
"""Values and containers of one answer: 900 lists of 180 columns. In memory one can take thirty times its text."""
MOST_DEPTH = 64
"""Nested containers; the documented answers have five."""
MOST_DIGITS = 40
"""Of a whole number; the largest documented ones, times in milliseconds and record ids, have thirteen."""
MOST_FLOAT_SIGNS = 400
"""The longest way in which a number that a computer can hold is ever written without an exponent."""

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


class _FlawError(ValueError):
    def __init__(self, flaw: Flaw, words: str) -> None:
        super().__init__(words)
        self.flaw = flaw


def read_json(text: bytes, where: str) -> object:
    """Return what a JSON text says; MalformedError names what it is instead, `where` in front of it."""
    try:
        return _read(text)
    except _FlawError as error:
        raise MalformedError(f"{where}: {error}", flaw=error.flaw) from None
    except (ValueError, RecursionError):
        raise MalformedError(f"{where}: the answer is not JSON") from None


def _read(text: bytes) -> object:
    if sum(text.count(sign) for sign in (b",", b"[", b"{")) > MOST_VALUES:
        raise _FlawError(Flaw.ANSWER_TOO_LARGE, f"the answer holds more than {MOST_VALUES} values")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _FlawError(Flaw.ANSWER_NOT_UTF8, f"byte {error.start} of the answer is no UTF-8") from None
    try:
        value: object = json.loads(
            decoded, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except RecursionError:
        raise _FlawError(Flaw.ANSWER_TOO_DEEP, "the answer is nested too deep to be read") from None
    if _depth(value) > MOST_DEPTH:
        raise _FlawError(Flaw.ANSWER_TOO_DEEP, f"the answer is nested deeper than {MOST_DEPTH}")
    if _HALF_CHARACTER.search(decoded) and not _is_text(value):
        raise _FlawError(Flaw.ANSWER_NOT_UTF8, "the answer holds half a character")
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _FlawError(Flaw.ANSWER_AMBIGUOUS, "an object of the answer has two members of one name")
    return made


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _FlawError(Flaw.ANSWER_NUMBER, f"a number of the answer has {len(digits)} digits")
    return int(digits)


def _float(signs: str) -> float:
    value = float(signs) if len(signs) <= MOST_FLOAT_SIGNS else float("inf")
    if value in (float("inf"), float("-inf")):
        raise _FlawError(Flaw.ANSWER_NUMBER, f"a number of {len(signs)} signs in the answer cannot be held")
    return value


def _constant(word: str) -> NoReturn:
    raise _FlawError(Flaw.ANSWER_NUMBER, f"{word} is no number of JSON")


def _depth(value: object) -> int:
    depth, level = 0, _containers([value])
    while level and depth <= MOST_DEPTH:
        depth += 1
        inner: list[object] = []
        for one in level:
            inner.extend(one.values() if isinstance(one, dict) else one)
        level = _containers(inner)
    return depth


def _containers(values: list[object]) -> list[dict[str, object] | list[object]]:
    return [one for one in values if isinstance(one, (dict, list))]


def _is_text(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
