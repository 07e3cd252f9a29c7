"""Decides which hosts belong together, so that passwords and tokens go only to them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = "this machine"
RESPONSYS = "Oracle Responsys"

_RESPONSYS_DOMAINS = ("responsys.net", "rsys8.net", "rsys9.net", "ocs.oraclecloud.com")
"""Login hosts of the pods and of global routing, and the hosts that logins return (facts A.1; documented, observed)."""

_SHORT_SECOND_LEVEL = 3
"""As in `co.uk` and `com.au`: below a two-letter country, so short a label belongs to a registry."""

HTTPS_PORT = 443
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
"""Letters, digits and hyphens (RFC 1123); programs disagree about other characters."""


@dataclass(frozen=True)
class Address:
    """The parts of a URL that decide where a call goes; an empty host: none that all programs agree on."""

    scheme: str
    host: str
    port: int | None
    user_info: bool
    more: bool
    """Whether anything follows the host."""

    @property
    def base(self) -> str:
        """Return a URL of only scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port is not None else "")


def split(url: str) -> Address:
    """Return the parts of a URL; a host with characters other than letters, digits and hyphens counts as none."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return Address("", "", None, user_info=False, more=False)
    if not _HOST_NAME.fullmatch(host) and not _is_address(host):
        host = ""
    more = bool(parts.path or parts.query or parts.fragment)
    return Address(parts.scheme.lower(), host, port, "@" in parts.netloc, more)


def host_of(url: str) -> str:
    """Return the host of a URL in lower case without port; empty: there is none that all programs agree on."""
    return split(url).host


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer: localhost, 127.0.0.0/8 or ::1.

    Names below localhost do not count: some resolvers ask the network for them.
    """
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def provider(host: str) -> str:
    """Return the provider of a host: this machine, Oracle Responsys, else the registrable domain or the address."""
    if is_loopback(host):
        return LOOPBACK
    if any(host == domain or host.endswith("." + domain) for domain in _RESPONSYS_DOMAINS):
        return RESPONSYS
    if _is_address(host):
        return host
    labels = host.split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= _SHORT_SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:])


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
