"""Which hosts belong together: where a password or a token may travel, and where not."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

LOOPBACK = "this machine"
RESPONSYS = "Oracle Responsys"

_RESPONSYS_DOMAINS = ("responsys.net", "rsys8.net", "rsys9.net", "ocs.oraclecloud.com")
"""Login hosts of the pods and of global routing, and the hosts that logins return (facts A.1; documented, observed)."""

_SHORT_SECOND_LEVEL = 3
"""`co.uk`, `com.au`: under a two-letter country a second label this short is a registry's, not a company's."""


def host_of(url: str) -> str:
    """Return the host of a URL in lower case without port, `` where there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def provider(host: str) -> str:
    """Return who runs a host: this machine, Oracle Responsys, else the registrable domain (or the address itself)."""
    if is_loopback(host):
        return LOOPBACK
    if any(host == domain or host.endswith("." + domain) for domain in _RESPONSYS_DOMAINS):
        return RESPONSYS
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= _SHORT_SECOND_LEVEL
        return ".".join(labels[-3:] if country else labels[-2:])
    return host
