"""HTTP: sends one call and returns the answer, or raises an error that names the cause.

Certificates are always verified, redirects are never followed, plain HTTP is only for this computer, answers have a
size limit, every wait has a time limit, and URLs are never logged, because they contain email addresses.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx

from cxr_tui.domain.errors import Flaw, MalformedError, Reach, UnreachableError
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.domain.url_policy import host_of, is_loopback
from cxr_tui.gateways.rest.proxies import Proxy, ProxySettingError, proxy_for
from cxr_tui.gateways.rest.server_clock import ServerClock, read_date
from cxr_tui.gateways.rest.tls import TrustError, tls_defect, trusted

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

MOST_BYTES = 12 * 1024 * 1024
"""The largest accepted answer; the largest documented one (all lists with columns) is far smaller."""
_HEAD_TOO_LARGE = "Receive buffer too long"
"""The library's error for headers of more than 100 KB."""


@dataclass(frozen=True)
class Limits:
    """Time limits of one call in seconds."""

    connect: float = 10.0
    silent: float = 30.0
    whole: float = 120.0
    """Otherwise a server could send a byte now and then for ever."""


PROBE_LIMITS = Limits(silent=10.0, whole=15.0)
"""A probe costs the host no work; a host that answers later is too slow for calls too."""


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer, as it was received."""

    url: str
    status: int
    content_type: str
    location: str
    date: str | None
    body: bytes = field(repr=False)
    """Not shown in logs: it may hold a token, personal data, or what was sent."""


KEPT_SECONDS = 2.0
"""How long an idle connection is kept: shorter than servers keep it (5 and more), so that no call is lost."""


class HttpClient:
    """Sends calls over kept connections and sets the clock by the answers; belongs to one event loop."""

    def __init__(self, clock: ServerClock, limits: Limits | None = None) -> None:
        self._clock = clock
        self._limits = limits or Limits()
        self._clients: dict[str, httpx.AsyncClient] = {}
        """By the proxy on the way; empty: none."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str | Secret] | None = None,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str | Secret] | None = None,
        json: object = None,
        read_body: bool = True,
        on_sent: Callable[[], None] | None = None,
    ) -> HttpAnswer:
        """Send a call once and return the answer, errors and redirects included.

        Secrets are revealed only to build the request. Raises UnreachableError without an answer, and MalformedError
        for an answer that is too large or has a content encoding. Without `read_body`, only the head is read. `on_sent`
        is called when the first byte of the call leaves this computer.
        """
        where = _where(url)
        client, proxy = self._client(url, where)
        through, sent, began = proxy is None, False, False

        async def traced(event: str, info: Mapping[str, Any]) -> None:
            nonlocal through, sent
            sending = event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT"
            through = through or sending or event == "proxy.start_tls.started"
            if sending and not sent:
                sent = True
                if on_sent is not None:
                    on_sent()

        try:
            async with asyncio.timeout(self._limits.whole):
                request = client.build_request(
                    method,
                    url,
                    headers={name: _plain(value) for name, value in (headers or {}).items()},
                    params=dict(query) if query else None,
                    data={name: _plain(value) for name, value in form.items()} if form else None,
                    json=json,
                    extensions={"trace": traced},
                )
                answer = await client.send(request, stream=True)
                began = True
                try:
                    self._clock.learn(answer.headers.get("date"))
                    body = await _body(answer, where) if read_body else b""
                finally:
                    await answer.aclose()
        except TimeoutError:
            flaw = Flaw.ANSWER_ENDLESS if began else None
            error = UnreachableError(Reach.TIMEOUT, where, "the answer did not end in time", flaw=flaw, sent=sent)
        except (httpx.TransportError, httpx.InvalidURL, UnicodeError, OSError) as fault:
            if _HEAD_TOO_LARGE in str(fault):
                words = f"{where}: the headers of the answer do not end"
                raise MalformedError(words, flaw=Flaw.ANSWER_HEAD_TOO_LARGE) from None
            error = unreachable(fault, where, sent=sent)
        else:
            head = answer.headers
            content_type, location = head.get("content-type", ""), head.get("location", "")
            return HttpAnswer(str(answer.url), answer.status_code, content_type, location, head.get("date"), body)
        # raised outside of the handler: the library's error holds the request with the password
        if not through:
            error = UnreachableError(Reach.PROXY, where, f"{proxy}: {error.detail}", sent=False)
        raise error

    async def close(self) -> None:
        """Close all connections; the client may be used again."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    def _client(self, url: str, where: str) -> tuple[httpx.AsyncClient, Proxy | None]:
        """Return the client for a URL and the proxy on the way; none to this computer itself."""
        host, limits = host_of(url), self._limits
        proxy: Proxy | None = None
        try:
            if not is_loopback(host):
                proxy = proxy_for(host, os.environ)
            key = proxy.url if proxy is not None else ""
            if key not in self._clients:
                self._clients[key] = httpx.AsyncClient(
                    verify=trusted(),
                    follow_redirects=False,
                    timeout=httpx.Timeout(limits.silent, connect=limits.connect, pool=limits.connect),
                    limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS),
                    proxy=key or None,
                    trust_env=False,  # `proxies` reads the same variables and names their mistakes
                    headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "cxr-tui"},
                )
        except (ProxySettingError, TrustError) as error:
            raise UnreachableError(Reach.ENVIRONMENT, where, str(error), sent=False) from None
        except (httpx.InvalidURL, ValueError):
            words = f"{proxy} has an address that cannot be used"
            raise UnreachableError(Reach.ENVIRONMENT, where, words, sent=False) from None
        return self._clients[key], proxy


async def probe_host(http: HttpClient, url: str) -> HostAnswer:
    """Return how a host answers a GET without credentials, errors and redirects included; UnreachableError.

    The duration is in seconds until the head of the answer; the body is not read.
    """
    started = perf_counter()
    answer = await http.request("GET", url, read_body=False)
    seconds = perf_counter() - started
    tls = answer.url.startswith("https:")
    return HostAnswer(answer.url, answer.status, tls, read_date(answer.date), seconds, answer.location)


async def _body(answer: httpx.Response, where: str) -> bytes:
    """Return the body; MalformedError if it is too large or has a content encoding.

    The request asks for no encoding, and the library decompresses without a limit.
    """
    if answer.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        words = f"{where}: the answer has a content encoding, which was not asked for"
        raise MalformedError(words, flaw=Flaw.ANSWER_ENCODING)
    too_large = MalformedError(f"{where}: the answer is larger than {MOST_BYTES} bytes", flaw=Flaw.ANSWER_TOO_LARGE)
    announced = answer.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise too_large
    return bytes(body)


def unreachable(error: BaseException, where: str, *, sent: bool) -> UnreachableError:
    """Return how a connection failed, with the text of the system."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = visible(f"certificate: {cause.verify_message}")
            return UnreachableError(Reach.TLS, where, words, flaw=tls_defect(cause), sent=sent)
        if isinstance(cause, ssl.SSLError):
            words = visible(f"TLS: {cause.reason or cause}")
            return UnreachableError(Reach.TLS, where, words, flaw=tls_defect(cause), sent=sent)
        if isinstance(cause, socket.gaierror):
            words = visible(f"the name does not resolve: {cause.strerror}")
            return UnreachableError(Reach.DNS, where, words, sent=False)
        if isinstance(cause, ConnectionRefusedError):
            return UnreachableError(Reach.REFUSED, where, "the connection was refused", sent=False)
    words = visible(str(chain[0]) or type(chain[0]).__name__)
    if any(isinstance(cause, (httpx.TimeoutException, TimeoutError)) for cause in chain):
        return UnreachableError(Reach.TIMEOUT, where, "no answer in time", sent=sent)
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError)):
        return UnreachableError(Reach.DNS, where, f"this is no usable address: {words}", sent=sent)
    if isinstance(error, httpx.ProxyError):
        return UnreachableError(Reach.REFUSED, where, f"it answered {words}", sent=sent)
    if isinstance(error, httpx.ConnectError):
        return UnreachableError(Reach.REFUSED, where, words, sent=sent)
    return UnreachableError(Reach.CUT, where, f"the connection was cut: {words}", sent=sent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    together = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in dict.fromkeys((*together, error.__cause__, error.__context__)):
        if cause is not None:
            yield from _causes(cause)


def _where(url: str) -> str:
    host = host_of(url)
    scheme = url.split(":", 1)[0].lower()
    where = visible(host or url, 100)
    if scheme == "http" and not is_loopback(host):
        raise UnreachableError(Reach.TLS, where, "plain HTTP is spoken with this machine only; use https", sent=False)
    if scheme not in ("http", "https") or not host:
        raise UnreachableError(Reach.DNS, where, "this is no usable address", sent=False)
    return where


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value
