"""Oracle's own network: CX Audience reaches Responsys and its file server past the line that this machine uses.

What a bad line here does to a person's calls must not keep the two products from talking to each other.
"""

from __future__ import annotations

from urllib.parse import urlsplit

_ways: dict[int, int] = {}


def open_way(port: int, inside: int) -> None:
    """Let calls of one product to the other that name a port go to another one, of this machine as well."""
    _ways[port] = inside


def way(port: int) -> int:
    """Return the port that a product really calls."""
    return _ways.get(port, port)


def url(named: str) -> str:
    """Return the base URL that a product really calls."""
    parts = urlsplit(named)
    if parts.port not in _ways:
        return named
    return parts._replace(netloc=f"{parts.hostname}:{_ways[parts.port]}").geturl()
