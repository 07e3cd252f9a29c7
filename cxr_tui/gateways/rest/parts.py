"""Reading a JSON answer part by part, so that a part of another shape is named and not stumbled over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.errors import MalformedError
from cxr_tui.domain.safe_text import visible
from cxr_tui.gateways.rest.server_clock import plausible

_MILLISECONDS_SINCE = 100_000_000_000
"""Epoch numbers above this are milliseconds (in seconds it would be the year 5138)."""


class Part:
    """One value of an answer and where it stands; parts that nobody asks for are no fault."""

    def __init__(self, value: object, where: str) -> None:
        self._value = value
        self._where = where

    def __getitem__(self, name: str) -> Part:
        """Return a member of this object; MalformedError names it where it is missing."""
        inner = self._object()
        if name not in inner:
            raise MalformedError(f"{self._where}.{name} is missing")
        return Part(inner[name], f"{self._where}.{name}")

    def optional(self, name: str) -> Part:
        """Return a member of this object that nothing depends on; a missing one reads as null."""
        return Part(self._object().get(name), f"{self._where}.{name}")

    def has(self, name: str) -> bool:
        """Say whether this is an object with such a member, null counting as none."""
        return isinstance(self._value, dict) and self._value.get(name) is not None

    def items(self, *names: str) -> Iterator[Part]:
        """Yield the elements of this array, or of the first member of `names` where this is an object around it.

        Documentation and samples disagree on whether arrays come bare or wrapped (facts A.7), so both are read.
        """
        array = self
        if isinstance(self._value, dict):
            array = next((self[name] for name in names if name in self._value), self)
        if not isinstance(array._value, list):
            raise MalformedError(f"{array._where} is not a list")
        for number, value in enumerate(array._value):
            yield Part(value, f"{array._where}[{number}]")

    def text(self, otherwise: str | None = None) -> str:
        """Return a text; null is `otherwise` where one is given."""
        if isinstance(self._value, str):
            return self._value
        if self._value is None and otherwise is not None:
            return otherwise
        raise MalformedError(f"{self._where} is not a text")

    def loose_text(self) -> str:
        """Return a text, number or truth value as text, null as the empty text."""
        if isinstance(self._value, bool):
            return "true" if self._value else "false"
        if isinstance(self._value, (int, float)):
            return str(self._value)
        return self.text("")

    def shown(self) -> str:
        """Return a text, number or truth value as it came, empty for anything else."""
        return "" if isinstance(self._value, (dict, list)) else self.loose_text()

    def number(self) -> int:
        """Return a whole number, also where it came as a text of digits."""
        value = self._value
        if isinstance(value, str):
            value = whole_number(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise MalformedError(f"{self._where} is not a whole number")
        return value

    def flag(self) -> bool:
        """Return a truth value, also where it came as the text `true` or `false`."""
        if isinstance(self._value, bool):
            return self._value
        if isinstance(self._value, str) and self._value.lower() in ("true", "false"):
            return self._value.lower() == "true"
        raise MalformedError(f"{self._where} is neither true nor false")

    def time(self) -> datetime | None:
        """Return a time (aware, UTC), None for nothing or for a form that does not say which moment it means.

        Epoch milliseconds as in `issuedAt` (facts A.2; observed), epoch seconds, and ISO 8601 with an offset are read.
        The form in Connect answers is not documented; a time without zone is not guessed at.
        """
        value = self._value
        counted = whole_number(value) if isinstance(value, str) else None
        value = value if counted is None else counted
        try:
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
                return plausible(datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_SINCE else value, UTC))
            if isinstance(value, str):
                read = datetime.fromisoformat(value.strip())
                return None if read.tzinfo is None else plausible(read.astimezone(UTC))
        except (ValueError, OverflowError, OSError):
            return None
        return None

    def members(self) -> dict[str, object]:
        """Return this object as it came."""
        return dict(self._object())

    def __repr__(self) -> str:
        return f"Part({visible(self._where)})"

    def _object(self) -> dict[str, object]:
        if not isinstance(self._value, dict):
            raise MalformedError(f"{self._where} is not an object")
        return self._value
