"""A secret that does not show itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn
from weakref import WeakValueDictionary

MASK = "********"
"""Fixed width, so that the length of a secret does not leak."""


class Secret:
    """A secret text whose `repr`, `str` and format are a mask, so that nothing can print it by accident.

    It cannot be changed, ordered, iterated, pickled or made into JSON; a copy of it is itself.
    """

    __slots__ = ("__weakref__", "_text")
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)
        _LIVING[id(self)] = self

    def reveal(self) -> str:
        """Return the text itself; call it only where the secret leaves for its destination."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        # whatever width was asked for: a format that raises would turn a harmless message into a crash
        return MASK

    def __eq__(self, other: object) -> bool:
        import hmac  # loaded where it is wanted: every start of the program passes through this file

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


_LIVING: WeakValueDictionary[int, Secret] = WeakValueDictionary()
"""By identity: equal ones are one more each, and the hash, which is the same for all, is not asked for."""


def living() -> Iterator[Secret]:
    """Yield every secret that this process holds at the moment, for whoever masks what is printed."""
    for reference in _LIVING.valuerefs():  # a list made in one go: other threads make secrets meanwhile
        secret = reference()
        if secret is not None:
            yield secret


def _octets(secret: Secret) -> bytes:
    # lone surrogates come from terminals in another encoding; an error here would name a character of the secret
    return secret.reveal().encode("utf-8", "surrogatepass")
