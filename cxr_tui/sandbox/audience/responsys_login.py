"""CX Audience's login to the Responsys account, really made over HTTP as the integration user."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.faults import inside

_TIMEOUT = httpx.Timeout(10.0)


class ResponsysError(Exception):
    """Responsys cannot be used; the text is in the voice of CX Audience's page."""


class LoginRefusedError(ResponsysError):
    """Responsys answered, and refused the user or the password."""


@dataclass(frozen=True)
class SignedIn:
    """What Responsys says of the user that logged in (facts A.7; documented)."""

    account_name: str
    user_name: str
    email: str


async def sign_in(url: str, user_name: str, password: Secret) -> SignedIn:
    """Log in at the login URL and read /user/info at the endPoint that it names; ResponsysError.

    Redirects are not followed, and nothing beyond this machine is ever asked: the sandbox stays on loopback.
    """
    base = url.strip().rstrip("/")
    _require_loopback(base, "Account URL")
    base = inside.url(base)
    # no proxy and no netrc of the environment: both would leave the machine or add a credential
    async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, verify=_trust()) as client:
        form = {"user_name": user_name, "password": password.reveal(), "auth_type": "password"}
        answer = await _ask(client.build_request("POST", f"{base}/rest/api/v1.3/auth/token", data=form), client)
        if answer.status_code != 200:
            raise LoginRefusedError(f"Responsys refused the login of {user_name}: {_reason(answer)}")
        login = _body(answer)
        end_point = str(login.get("endPoint", "")).rstrip("/")
        _require_loopback(end_point, "endPoint")
        end_point = inside.url(end_point)
        headers = {"Authorization": str(login.get("authToken", ""))}
        answer = await _ask(
            client.build_request("GET", f"{end_point}/rest/api/v1.3/user/info", headers=headers), client
        )
        if answer.status_code != 200:
            raise ResponsysError(f"Responsys did not tell about the user: {_reason(answer)}")
        info = _body(answer)
    return SignedIn(*(str(info.get(name, "")) for name in ("accountName", "userName", "userEmail")))


@functools.cache
def _trust() -> ssl.SSLContext:
    """Return the certificates to trust, read once: reading them takes longer than a login on loopback."""
    return ssl.create_default_context()


async def _ask(request: httpx.Request, client: httpx.AsyncClient) -> httpx.Response:
    try:
        return await client.send(request)
    except httpx.HTTPError as error:
        kind = type(error).__name__
        raise ResponsysError(f"Responsys could not be reached at the Account URL ({kind})") from None


def _body(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ResponsysError("The Account URL does not answer like Responsys")
    return body


def _reason(answer: httpx.Response) -> str:
    if answer.is_redirect:
        return "the Account URL answers with a redirect"
    try:
        body = _body(answer)
    except ResponsysError:
        return f"HTTP {answer.status_code}"
    words = [str(body.get(part, "")) for part in ("errorCode", "title", "detail")]
    return " - ".join(word for word in words if word) or f"HTTP {answer.status_code}"


def _require_loopback(url: str, what: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host:
        raise ResponsysError(f"{what}: enter the login URL of Responsys, beginning with https://")
    if not is_loopback(host):
        raise ResponsysError(f"{what}: {host} could not be reached")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine by its very name; nothing is resolved."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
