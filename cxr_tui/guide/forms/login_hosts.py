"""Pods and hosts: the addresses that belong to the answers of the account step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cxr_tui.domain.answers import Known
from cxr_tui.domain.url_policy import host_of, is_loopback

GLOBAL = "global"
OTHER = "other"


@dataclass(frozen=True)
class Pod:
    """One Responsys pod: its id, the host for logins by program, and the host for a browser."""

    id: str
    login: str
    """Login URL (facts A.1; documented)."""
    browser: str
    """URL of the user interface (facts A.1; documented by third parties only)."""

    @property
    def number(self) -> str:
        """Return the pod's number as the Account page shows it."""
        return self.id.removeprefix("interact")


PODS = (
    Pod("interact2", "https://login2.responsys.net", "https://interact2.responsys.net"),
    Pod("interact5", "https://login5.responsys.net", "https://interact5.responsys.net"),
    Pod("interact8", "https://login.rsys8.net", "https://interact.rsys8.net"),
    Pod("interact9", "https://login.rsys9.net", "https://interact.rsys9.net"),
)

_GLOBAL_HOST = re.compile(r"https://(?P<token>[A-Za-z0-9-]+)-api\.responsys\.ocs\.oraclecloud\.com")


def plain(url: str) -> str:
    """Return a URL without a trailing slash, scheme and host in lower case."""
    parts = urlsplit(url.strip())
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}" if parts.netloc else url.strip()


def host_choice(login_url: str) -> str:
    """Return the choice of login host that a URL belongs to: a pod, `global` or `other`."""
    url = plain(login_url)
    of_no_pod = GLOBAL if _GLOBAL_HOST.fullmatch(url) else OTHER
    return next((pod.id for pod in PODS if pod.login == url), of_no_pod)


def chosen_host(known: Known) -> str:
    """Return the choice of login host: as answered, else the choice that fits the login URL, else ``.

    No pod is suggested without a URL: a wrong pod looks like a wrong password.
    """
    answered = known.text("account.login_host")
    read = known.text("account.login_url")
    return answered or (host_choice(read) if read else "")


def login_url(known: Known) -> str:
    """Return the login URL that follows from the account step's answers, `` while one is missing."""
    choice, read = chosen_host(known), known.text("account.login_url")
    if choice == GLOBAL and (token := known.text("account.routing_token").strip()):
        return f"https://{token}-api.responsys.ocs.oraclecloud.com"
    if choice == GLOBAL:
        return plain(read) if _GLOBAL_HOST.fullmatch(plain(read)) else ""
    return next((pod.login for pod in PODS if pod.id == choice), None) or plain(read)


def audience_url(token: str) -> str:
    """Return the address of CX Audience's REST API (facts C.1; documented), `` without a token.

    The token identifies the host; a rehearsal gives the whole address of its sandbox instead.
    """
    token = token.strip()
    if not token:
        return ""
    return plain(token) if "://" in token else f"https://{token}-api.prod.cxaudience.ocs.oraclecloud.com"


def audience_token(address: str) -> str:
    """Return the account token in an address of CX Audience, `` for any other address.

    The token is the first part of the branded address for the browser and of the REST host (facts C.1; documented).
    """
    host = host_of(address if "://" in address else f"https://{address}")
    first, _, rest = host.partition(".")
    return first.removesuffix("-api") if rest.endswith("cxaudience.ocs.oraclecloud.com") else ""


def pod_of_browser(address: str) -> Pod | None:
    """Return the pod whose user interface an address opens, with or without https:// and a path."""
    host = host_of(address if "://" in address else f"https://{address}")
    return next((pod for pod in PODS if host == host_of(pod.browser)), None)


def browser_url(url: str) -> str:
    """Return the address of Responsys in a browser for a login URL, `` where it is unknown."""
    if is_loopback(host_of(url)):
        return ""
    return next((pod.browser for pod in PODS if pod.login == plain(url)), "")


def all_login_hosts() -> str:
    """Return the documented login hosts in one line."""
    return ", ".join(f"{pod.id}: {pod.login}" for pod in PODS)
