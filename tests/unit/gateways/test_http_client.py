"""HTTP over real sockets: how connections fail, and what an answer that is no result means."""

from __future__ import annotations

import asyncio
import datetime as dt
import html
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cxr_tui.domain.errors import (
    MalformedError,
    NoAccessError,
    NotFoundError,
    Reach,
    RedirectedError,
    RefusedError,
    ServiceFaultError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.secret import MASK, Secret
from cxr_tui.domain.url_policy import is_loopback, provider
from cxr_tui.gateways.keyring.backend import safe_message
from cxr_tui.gateways.rest.error_mapping import result_of
from cxr_tui.gateways.rest.http_client import HttpClient, Limits
from cxr_tui.gateways.rest.response_models import anything
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.gateways.rest.tls import trusted
from support.servers.real_parts import LOOPBACK, Fault, Service, free_port, http_service, probed, raw_server, silent

QUICK = Limits(connect=2, silent=0.3, whole=2)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


async def reach(url: str, limits: Limits | None = None) -> UnreachableError:
    client = HttpClient(ServerClock(), limits)
    try:
        with pytest.raises(UnreachableError) as caught:
            await client.request("GET", url)
        return caught.value
    finally:
        await client.close()


async def test_dns_failure() -> None:
    error = await reach("https://login5.responsys.invalid/rest")
    assert error.reach is Reach.DNS
    assert error.where == "login5.responsys.invalid"


async def test_refused() -> None:
    assert (await reach(f"http://{LOOPBACK}:{free_port()}")).reach is Reach.REFUSED


async def test_tls_against_a_plain_port(service: Service) -> None:
    assert (await reach(service.url.replace("http:", "https:"))).reach is Reach.TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate that signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


async def test_tls_with_a_certificate_that_nobody_vouches_for(certificate: Path) -> None:
    with http_service(ssl_certfile=str(certificate), ssl_keyfile=str(certificate)) as service:
        error = await reach(service.url.replace(f"http://{LOOPBACK}", "https://localhost"))
    assert error.reach is Reach.TLS
    assert "self-signed" in error.detail
    assert service.asked == []


async def test_silence_is_a_time_out() -> None:
    with raw_server(silent) as port:
        assert (await reach(f"http://{LOOPBACK}:{port}", QUICK)).reach is Reach.TIMEOUT


async def test_drop_by_drop_is_a_time_out_too() -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.05)

    with raw_server(drip) as port:
        error = await reach(f"http://{LOOPBACK}:{port}", Limits(connect=2, silent=1, whole=0.5))
    assert error.reach is Reach.TIMEOUT


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"nonsense\r\n\r\n"])
async def test_cut(said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(said)

    with raw_server(talk) as port:
        assert (await reach(f"http://{LOOPBACK}:{port}")).reach is Reach.CUT


async def test_plain_http_only_with_this_machine() -> None:
    error = await reach("http://login5.responsys.net")
    assert error.reach is Reach.TLS
    assert "plain HTTP" in error.detail


@pytest.mark.parametrize("url", ["ftp://localhost", "nonsense", "https://", "https://a b/", "https://[::1"])
async def test_no_usable_address(url: str) -> None:
    assert (await reach(url)).reach is Reach.DNS


async def test_answers_are_cut_off_at_a_size(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxr_tui.gateways.rest.http_client.MOST_BYTES", 4096)
    service.answers["GET /big"] = Response(b"x" * 5000)
    client = HttpClient(ServerClock())
    with pytest.raises(MalformedError, match="larger"):
        await client.request("GET", service.url + "/big")
    assert (await client.request("GET", service.url + "/big", read_body=False)).status == 200
    await client.close()


async def test_clock_learns_from_answers(service: Service) -> None:
    with http_service(date_header=False) as other:
        other.answers["GET /"] = Response(headers={"Date": "Thu, 10 Dec 2026 08:00:00 GMT"})
        clock = ServerClock(lambda: dt.datetime(2026, 12, 10, 7, tzinfo=dt.UTC))
        await probed(other.url, clock)
    assert clock.now() == dt.datetime(2026, 12, 10, 8, tzinfo=dt.UTC)


async def test_no_url_reaches_a_log(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client = HttpClient(ServerClock())
    await client.request("GET", service.url, query={"id": "jane@example.com"})
    await client.close()
    assert "jane" not in caplog.text


# --- probes -----------------------------------------------------------------------------------------------------------


async def test_a_probe_takes_any_answer(service: Service) -> None:
    service.answers["GET /"] = HTMLResponse("<html>maintenance", 503)
    answer = await probed(service.url)
    assert (answer.status, answer.tls) == (503, False)
    assert answer.date is not None
    assert 0 < answer.seconds < 5
    service.answers["GET /"] = RedirectResponse("https://elsewhere.example/")
    assert (await probed(service.url)).status == 307
    assert service.count("GET") == 2


# --- answers that are no result ---------------------------------------------------------------------------------------


async def meaning(service: Service, answer: object) -> Exception:
    service.answers["GET /x"] = answer
    client = HttpClient(ServerClock())
    try:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what the caller looks at
            result_of(await client.request("GET", service.url + "/x"), anything, LOOPBACK)
        return caught.value
    finally:
        await client.close()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(400, "INVALID_PARAMETER", "Invalid request parameters"), RefusedError),
        (Fault(401, "INSUFFICIENT_ACCESS"), NoAccessError),
        (Fault(401, "API_DISABLED_FOR_USER", "", "API is disabled for user"), NoAccessError),
        (Fault(401, "CONNECT_DISABLED_FOR_USER"), NoAccessError),
        (Fault(404, "CAMPAIGN_NOT_FOUND"), NotFoundError),
        (Fault(400, "LIST_NOT_FOUND", "List not found", "X List Not Found"), NotFoundError),
        (Fault(400, "API_LIMIT_EXCEEDED"), ThrottledError),
        (Fault(429, "WHATEVER"), ThrottledError),
    ],
)
async def test_error_codes(service: Service, fault: Fault, kind: type[RefusedError]) -> None:
    error = await meaning(service, fault)
    assert type(error) is kind
    assert isinstance(error, RefusedError)
    assert (error.status, error.code, error.title, error.detail) == (
        fault.status,
        fault.code,
        fault.title,
        fault.detail,
    )


async def test_service_faults(service: Service) -> None:
    for answer in (
        Fault(500, "UNEXPECTED_EXCEPTION", "Unexpected"),
        HTMLResponse("<html><body>Service Unavailable", 503),
        HTMLResponse("<!DOCTYPE html><title>Login", 200),
        Response("Bad gateway", 502, media_type="text/plain"),
        Response("nothing of the kind", 404, media_type="text/plain"),
    ):
        assert isinstance(await meaning(service, answer), ServiceFaultError)


async def test_no_json(service: Service) -> None:
    for body in (b"", b"{", b"\xff\xfe", b"[" * 100_000):
        assert isinstance(await meaning(service, Response(body, media_type="application/json")), MalformedError)


async def test_redirects(service: Service) -> None:
    for location in ("https://evil.example/rest", "/login", f"{service.url}/login"):
        error = await meaning(service, RedirectResponse(location, 302))
        assert isinstance(error, RedirectedError)
        assert (error.status, error.code) == (302, "REDIRECT")
        assert location in error.detail
        assert ("another provider's" in error.detail) is ("evil" in location)


async def test_foreign_words_are_visible_and_short(service: Service) -> None:
    error = await meaning(service, Fault(400, "INVALID_PARAMETER", "t", "\x1b[31mred\u202e " + "x" * 5000))
    assert isinstance(error, RefusedError)
    assert "\x1b" not in error.detail
    assert "\u202e" not in error.detail
    assert len(error.detail) < 400


SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    quote,
    quote_plus,
    html.escape,
    repr,
    lambda text: repr(text.encode()),
    json.dumps,
    lambda text: json.dumps(text, ensure_ascii=False),
)


@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
async def test_a_server_that_repeats_a_secret_in_any_spelling_is_masked(service: Service, spelling: int) -> None:
    secret = Secret("s3cr&t \"p\u00e4ss\\'+")
    said = SPELLINGS[spelling](secret.reveal())
    for fault in (Fault(400, "X", f"t {said}"), Fault(400, said, "t"), Fault(500, "X", "t", f"of {said}")):
        words = str(await meaning(service, fault))
        assert MASK in words
        assert "s3cr" not in words
    assert MASK in safe_message(RuntimeError(f"the store got {said}"))
    assert secret  # it lives while it is sent


def test_only_this_machine_counts_as_this_machine() -> None:
    for host in ("localhost", "127.0.0.1", "127.8.9.10", "::1"):
        assert is_loopback(host), host
    for host in ("evil.localhost", "a.b.localhost", "localhost.evil.example", "128.0.0.1", "::2"):
        assert not is_loopback(host), host


async def test_no_password_goes_over_plain_http_to_a_name_that_only_looks_like_this_machine() -> None:
    error = await reach("http://login.localhost:1")
    assert (error.reach, error.sent) == (Reach.TLS, False)


def test_providers() -> None:
    oracle = (
        "login2.responsys.net",
        "api5-009.responsys.net",
        "login.rsys8.net",
        "acme-api.responsys.ocs.oraclecloud.com",
    )
    assert {provider(host) for host in oracle} == {"Oracle Responsys"}
    assert provider("localhost") == provider("127.0.0.1") == provider("::1")
    assert provider("a.example.com") == provider("b.example.com") != provider("example.org")
    assert provider("a.acme.co.uk") != provider("b.other.co.uk")
    assert provider("responsys.net.evil.example") != provider("responsys.net")
    assert provider("evilresponsys.net") != provider("responsys.net")
    assert provider("10.1.2.3") != provider("10.9.2.3")
    assert provider("127.0.0.1.evil.example") != provider("127.0.0.1")


async def test_cancelling_ends_a_call_at_once() -> None:
    come = threading.Event()

    def talk(connection: socket.socket) -> None:
        come.set()
        silent(connection)

    with raw_server(talk) as port:
        client = HttpClient(ServerClock())
        task = asyncio.create_task(client.request("GET", f"http://{LOOPBACK}:{port}"))
        await asyncio.to_thread(come.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await client.close()


def test_tls_verification_is_never_off() -> None:
    context = trusted()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
