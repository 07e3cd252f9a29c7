"""The address of a file server as shown on a screen or typed: a host, with or without a port."""

from __future__ import annotations

import ipaddress
import re

SSH_PORT = 22
MOST_PORT = 65_535

_HOST = re.compile(r"(?!-)(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_PORT = re.compile(r"[0-9]{1,5}")


def server_address(text: str, usual: int = SSH_PORT) -> tuple[str, int] | None:
    """Return host and port, None for anything else; an IPv6 address is in brackets where a port follows it."""
    if _is_ipv6(text):
        return text, usual
    host, colon, port = text.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = text, str(usual)
    if host.startswith("[") and host.endswith("]") and _is_ipv6(host[1:-1]):
        host = host[1:-1]
    elif not _HOST.fullmatch(host):
        return None
    if not _PORT.fullmatch(port) or not 0 < int(port) <= MOST_PORT:
        return None
    return host, int(port)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text
