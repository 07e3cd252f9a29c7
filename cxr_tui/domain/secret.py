"""A secret that is never shown by accident."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn
from weakref import WeakValueDictionary

MASK = "********"
"""Fixed width, so that the length of a secret does not leak."""


class Secret:
    """A secret text whose `repr`, `str` and format are a mask, so that no code can print it by accident.

    It cannot be changed, ordered, iterated, pickled or written as JSON; a copy of it is the same object.
    """

    __slots__ = ("__weakref__", "_text")
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)
        _LIVE[id(self)] = self

    def reveal(self) -> str:
        """Return the text; call it only to send the secret to its destination."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        # whatever the width: raising would turn a harmless message into a crash
        return MASK

    def __eq__(self, other: object) -> bool:
        import hmac  # imported here, because every start of the program imports this module

        return isinstance(other, Secret) and hmac.compare_digest(_octets(self), _octets(other))

    def __hash__(self) -> int:
        return hash(Secret)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret is never changed")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled")


_LIVE: WeakValueDictionary[int, Secret] = WeakValueDictionary()
"""By identity, because all secrets have the same hash."""


def live_secrets() -> Iterator[Secret]:
    """Yield all secrets in this process's memory, so that output can mask them."""
    for reference in _LIVE.valuerefs():  # an atomic copy: other threads create secrets meanwhile
        secret = reference()
        if secret is not None:
            yield secret


def _octets(secret: Secret) -> bytes:
    # terminals in another encoding produce lone surrogates; an error would show a character of the secret
    return secret.reveal().encode("utf-8", "surrogatepass")
