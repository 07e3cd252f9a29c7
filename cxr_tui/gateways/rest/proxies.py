"""Finds the proxy for a host from the environment; its user and password are never shown."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from cxr_tui.domain.text import visible

VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""By precedence; all calls to other computers use https."""
EXCEPTIONS = ("no_proxy", "NO_PROXY")
_SYSTEM = "the system's settings"
_PORTS = {"http": 80, "https": 443}
_AROUND_A_DOMAIN = re.compile(r"^(?:\w+://)?(?:\*?\.)?|\.?(?::443)?$")


class ProxySettingError(Exception):
    """A proxy setting cannot be used; the text names the variable and the problem."""


@dataclass(frozen=True)
class Proxy:
    """A proxy and the variable that sets it."""

    variable: str
    url: str = field(repr=False)
    """The address, with user and password if set."""
    place: str
    """`host:port`."""

    def __str__(self) -> str:
        return f"the proxy {visible(self.place, 100)} ({self.variable})"


def proxy_for(host: str, environ: Mapping[str, str]) -> Proxy | None:
    """Return the proxy for port 443 of a host; ProxySettingError."""
    variable, text = _setting(host, environ)
    if not text or _excepted(host, environ):
        return None
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port = None, None
    shown = visible(url.rpartition("@")[2].partition("://")[2] or url.rpartition("@")[2], 100)
    if not name or re.search(r"[\s\\]", name):
        raise ProxySettingError(f"{variable}: {shown} is not a valid proxy address")
    if parts.scheme not in _PORTS:
        kind = visible(parts.scheme, 20)
        raise ProxySettingError(f"{variable}: {shown} is a {kind} proxy; only http and https proxies can be used")
    place = f"[{name}]" if ":" in name else name
    return Proxy(variable, url, f"{place}:{port or _PORTS[parts.scheme]}")


def _setting(host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    for name in VARIABLES:
        if environ.get(name, "").strip():
            return name, environ[name].strip()
    if sys.platform in ("darwin", "win32") and not proxy_bypass(host):
        return _SYSTEM, getproxies().get("https", "")
    return "", ""


def _excepted(host: str, environ: Mapping[str, str]) -> bool:
    """Return whether NO_PROXY names a host or a domain above it, also as `*.domain` or as a URL, or is `*`."""
    text = next((environ[name] for name in EXCEPTIONS if environ.get(name)), "")
    domains = [_AROUND_A_DOMAIN.sub("", entry) for entry in re.split(r"[\s,]+", text.strip().lower())]
    return any(domain and (domain in ("*", host) or host.endswith(f".{domain}")) for domain in domains)
