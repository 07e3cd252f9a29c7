"""A secret that does not show itself."""

from __future__ import annotations

import hmac

MASK = "********"
"""Fixed width, so that the length of a secret does not leak."""


class Secret:
    """A secret text whose `repr` and `str` are a mask, so that no log, traceback or screen can print it by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself; call it only where the secret leaves for its destination."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(Secret)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is never pickled")
