"""Values that steps ask for or learn, and a read-only view of the known ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

Value: TypeAlias = str | bool | int | list[str] | dict[str, str]
"""The types of values; JSON keeps each of them unchanged."""


def digest(value: Value | None) -> str:
    """Return a short fingerprint of a value, equal exactly if the values are equal (None: unknown)."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def leaves(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value."""
    match value:
        case str():
            yield value.strip()
        case list():
            for one in value:
                yield from leaves(one)
        case dict():
            for name, one in value.items():
                yield from leaves(name)
                yield from leaves(one)
        case _:
            return


_MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """Return the number in a text of digits, without surrounding blanks; None for any other text.

    `str.isdigit` alone accepts texts that `int` refuses: superscripts, and more digits than Python reads.
    """
    digits = text.strip(" \t\r\n")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None


class NotDeclaredError(LookupError):
    """A step read a value that it does not declare in `rests_on`, or learned a fact that is not in its `facts`."""


class Known:
    """Answers and facts by key `step.name`, limited to the keys that the reader has declared.

    A person enters answers, a check learns facts; both are read the same way.
    """

    def __init__(self, values: Mapping[str, Value], allowed: Iterable[str] | None = None) -> None:
        self._values = values
        self._allowed = None if allowed is None else frozenset(allowed)

    def limited_to(self, keys: Iterable[str]) -> Known:
        """Return a view that refuses every other key; `*` among the keys allows all."""
        keys = frozenset(keys)
        return Known(self._values, None if "*" in keys else keys)

    def updated(self, values: Mapping[str, Value]) -> Known:
        """Return a view with these values in place of the known ones, limited to the same keys."""
        return Known({**self._values, **values}, self._allowed)

    def value(self, key: str) -> Value | None:
        """Return the value of `step.name`, None if it is unknown; raises NotDeclaredError."""
        if self._allowed is not None and key not in self._allowed:
            raise NotDeclaredError(key)
        return self._values.get(key)

    def has(self, key: str) -> bool:
        """Return whether a non-empty value is known."""
        return self.value(key) not in (None, "", [], {})

    def text(self, key: str, otherwise: str = "") -> str:
        """Return the value as text, `otherwise` if it is unknown."""
        value = self.value(key)
        return otherwise if value is None else str(value)

    def flag(self, key: str) -> bool:
        """Return the value as a flag; False if unknown."""
        return self.value(key) is True

    def number(self, key: str, otherwise: int = 0) -> int:
        """Return the value as a whole number, `otherwise` if it is not a number."""
        value = self.value(key)
        if isinstance(value, int):
            return int(value)
        found = whole_number(value) if isinstance(value, str) else None
        return otherwise if found is None else found

    def lines(self, key: str) -> list[str]:
        """Return the value as a list of texts, empty if it is unknown."""
        value = self.value(key)
        return list(value) if isinstance(value, list) else []

    def pairs(self, key: str) -> dict[str, str]:
        """Return the value as a mapping, empty if it is unknown."""
        value = self.value(key)
        return dict(value) if isinstance(value, dict) else {}
