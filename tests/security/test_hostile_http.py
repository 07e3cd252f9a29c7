"""Hostile HTTP servers over real sockets: each trick ends in a finding of its own, soon, and in little memory."""

from __future__ import annotations

import gzip
import re
import socket
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import pytest
from starlette.responses import RedirectResponse

from cxr_tui.domain.errors import Flaw, ForeignEndpointError, OutsideError, Reach, UnreachableError
from cxr_tui.domain.finding import Finding, Report
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest import response_models
from cxr_tui.gateways.rest.http_client import MOST_BYTES, HttpClient, Limits
from cxr_tui.gateways.rest.responsys import ResponsysGateway
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.catalog.explanation import causes
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.steps.prepare.account import STEP as ACCOUNT
from cxr_tui.guide.steps.responsys.first_password import STEP as FIRST_PASSWORD
from support.processes.resource_limits import bounded
from support.servers.real_parts import LOOPBACK, http_service, probed, raw_server, silent
from support.worlds.fake_world import FakeWorld, codes, run

LOGIN = "https://login5.responsys.net"
BLOCK = b"x" * 65_536
CHUNK = b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK)
QUICK = Limits(connect=2, silent=2, whole=0.7)

Console = Callable[[socket.socket], None]


def test_every_flaw_has_its_meaning() -> None:
    assert {name for name in causes() if name.startswith("flaw.")} == {f"flaw.{flaw}" for flaw in Flaw}
    for flaw in Flaw:
        cause = causes()[f"flaw.{flaw}"]
        assert (cause.code, bool(cause.why), bool(cause.remedy)) == (flaw.value, True, True)


def hear(connection: socket.socket) -> None:
    """Take one request whole; what is left unread would break the line when it is closed."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += connection.recv(65_536)
    start, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", start)
    while length and len(body) < int(length[1]):
        body += connection.recv(65_536)


def answering(head: bytes, *parts: bytes, endless: bytes = b"") -> Console:
    """Return a server that sends a head, some parts, and one more for ever."""

    def talk(connection: socket.socket) -> None:
        hear(connection)
        connection.sendall(head)
        for part in parts:
            connection.sendall(part)
        while endless:
            connection.sendall(endless)

    return talk


def head(*lines: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *lines, "", "")).encode()


def whole(body: bytes, kind: str = "application/json", *lines: str) -> Console:
    return answering(head(f"Content-Type: {kind}", f"Content-Length: {len(body)}", *lines), body)


def packed(body: bytes, encoding: str = "gzip") -> Console:
    return whole(body, "application/json", f"Content-Encoding: {encoding}")


def dripping(connection: socket.socket) -> None:
    hear(connection)
    connection.sendall(head("Content-Type: application/json", "Connection: close") + b"[")
    for _ in range(100):
        connection.sendall(b"1,")
        time.sleep(0.05)


class Trick(NamedTuple):
    """What a server does, and the code of the finding in which that ends."""

    name: str
    talk: Console
    code: str


JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
TRICKS = (
    Trick("gigabytes announced", answering(head(JSON, "Content-Length: 5000000000"), BLOCK), "answer-too-large"),
    Trick("a length of many digits", answering(head(JSON, f"Content-Length: {'9' * 19}")), "answer-too-large"),
    Trick("chunks without end", answering(head(JSON, CHUNKED), endless=CHUNK), "answer-too-large"),
    Trick("no length and no end", answering(head(JSON, "Connection: close"), endless=BLOCK), "answer-too-large"),
    Trick("JSON without end", answering(head(JSON, CHUNKED), endless=b"8000\r\n" + b"[1,2,3, " * 4096 + b"\r\n"),
          "answer-too-large"),
    Trick("very many empty lists", whole(b"[" + b"[]," * 4_000_000 + b"[]]"), "answer-malformed"),
    Trick("very many objects", whole(b"[" + b'{"a":1},' * 1_400_000 + b"{}]"), "answer-malformed"),
    Trick("one text of the largest size", whole(b'"' + b"x" * (MOST_BYTES - 6) + "\U0001f600".encode() + b'"'),
          "answer-malformed"),
    Trick("drop by drop without end", dripping, "answer-endless"),
    Trick("headers without end", answering(b"HTTP/1.1 200 OK\r\n", endless=b"X-More: " + b"x" * 1000 + b"\r\n"),
          "answer-head-too-large"),
    Trick("one header without end", answering(b"HTTP/1.1 200 OK\r\nX: ", endless=BLOCK), "answer-head-too-large"),
    Trick("a status without end", answering(b"HTTP/1.1 200 ", endless=BLOCK), "answer-head-too-large"),
    Trick("trailers without end", answering(head(JSON, CHUNKED) + b"2\r\n[]\r\n0\r\n", endless=b"X-More: y\r\n" * 100),
          "answer-head-too-large"),
    Trick("gzip", packed(gzip.compress(b"[]")), "answer-encoding"),
    Trick("an encoding nobody asked for", packed(b"[]", "br"), "answer-encoding"),
    Trick("nested 100,000 lists", whole(b"[" * 100_000 + b"]" * 100_000), "answer-malformed"),
    Trick("nested 100,000 objects", whole(b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "answer-too-deep"),
    Trick("nested beside what is read", whole(b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "answer-too-deep"),
    Trick("nested and never closed", whole(b'{"x": ' + b"[" * 400_000), "answer-too-deep"),
    Trick("a whole number of 1e6 digits", whole(b'{"count": ' + b"9" * 1_000_000 + b"}"), "answer-malformed"),
    Trick("a fraction of 1e6 digits", whole(b'{"count": 0.' + b"1" * 1_000_000 + b"}"), "answer-malformed"),
    Trick("a number beyond all", whole(b'{"count": 1e999999}'), "answer-malformed"),
    Trick("no number", whole(b'{"count": NaN}'), "answer-malformed"),
    Trick("infinity", whole(b'{"count": -Infinity}'), "answer-malformed"),
    Trick("bytes that are no UTF-8", whole(b'{"name": "caf\xe9"}'), "answer-not-utf8"),
    Trick("UTF-16", whole('{"name": "x"}'.encode("utf-16")), "answer-not-utf8"),
    Trick("half a character", whole(b'{"name": "\\ud800"}'), "answer-malformed"),
    Trick("JSON announced as a picture", whole(b"{}", "image/png"), "answer-type"),
    Trick("JSON announced as binary data", whole(b"{}", "application/octet-stream"), "answer-type"),
    Trick("a page in the place of data", whole(b"<html>Sign in", "text/html"), "service-fault"),
    Trick("something that is no JSON", whole(b"{'a': 1}"), "answer-malformed"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _in_bounds() -> Iterator[None]:
    """Hold every test here, whatever it says itself, to what anything hostile may cost at most."""
    with bounded(seconds=30, megabytes=200):
        yield


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


async def password() -> Secret:
    return Secret("Tr0ub4dor")


async def login_at(url: str, limits: Limits | None = None) -> list[Finding]:
    """Log in at a host and return what is found of it, as every step finds it."""
    clock = ServerClock()
    gateway = ResponsysGateway(url, "jane", password, clock, http=HttpClient(clock, limits))
    report = Report()
    try:
        await gateway.login()
    except OutsideError as error:
        report_error(report, error, "Logging in")
    finally:
        await gateway.close()
    return list(report.verified().findings)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
async def test_a_trick_of_a_server_ends_in_a_finding(trick: Trick) -> None:
    limits = QUICK if trick.code == "answer-endless" else None
    with raw_server(trick.talk) as port, bounded(seconds=5, megabytes=150):
        found = await login_at(f"http://{LOOPBACK}:{port}", limits)
    last = found[-1]
    assert last.code == trick.code, found
    assert last.status in ("fail", "unknown")
    assert len(last.seen) < 400


def test_every_flaw_of_an_answer_is_tried() -> None:
    tried = {trick.code for trick in TRICKS}
    assert {flaw.value for flaw in Flaw if flaw.value.startswith("answer-")} <= tried


async def test_interim_answers_without_end_are_a_time_out() -> None:
    talk = answering(b"", endless=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
    with raw_server(talk) as port, bounded(seconds=3, megabytes=20):
        (found,) = await login_at(f"http://{LOOPBACK}:{port}", QUICK)
    assert found.code == "login-unanswered"


async def test_a_probe_meets_headers_without_end_as_well() -> None:
    talk = answering(b"HTTP/1.1 200 OK\r\nX: ", endless=BLOCK)
    with raw_server(talk) as port, bounded(seconds=3, megabytes=20), pytest.raises(OutsideError) as caught:
        await probed(f"http://{LOOPBACK}:{port}")
    assert caught.value.flaw is Flaw.ANSWER_HEAD_TOO_LARGE


# --- redirects --------------------------------------------------------------------------------------------------------


async def test_a_redirect_is_said_and_never_followed() -> None:
    token = "POST /rest/api/v1.3/auth/token"
    with http_service() as other, http_service() as first:
        places = (
            other.url + "/rest",
            "/elsewhere",
            "https://evil.example/x",
            "//evil.example",
            "",
            "\x1b[31m",
            "http://[",
        )
        for number, (status, location) in enumerate(product((301, 302, 303, 307, 308), places), 1):
            first.answers[token] = RedirectResponse(location, status)
            (found,) = await login_at(first.url)
            assert (found.code, found.status) == ("redirected", "unknown")
            assert ("another provider" in found.seen) is ("evil" in location)
            assert (len(first.asked), other.asked) == (number, [])


async def test_a_probe_says_where_browsers_are_sent_and_stays() -> None:
    class Knocking(FakeWorld):
        async def probe_host(self, url: str) -> HostAnswer:
            return await probed(url)

    with http_service() as other, http_service() as first:
        first.answers["GET /"] = RedirectResponse(other.url + "/\x1b]0;x", 302)
        known = {"account.login_url": first.url, "account.login_host": "other", "account.sign_in": "responsys"}
        outcome = await run(ACCOUNT, Knocking(), {**known, "account.audience_token": first.url})
        assert other.asked == []
    assert all(f"redirects to {other.url}/" in one.seen and "does not follow" in one.seen for one in outcome.findings)
    assert codes(outcome, "pass") == ["login-host-answers", "audience-host-answers"]


async def test_a_redirect_of_a_later_call_takes_no_token_along() -> None:
    with http_service() as other, http_service() as first:
        first.answers["POST /rest/api/v1.3/auth/token"] = {"authToken": "tok-1", "issuedAt": 1, "endPoint": first.url}
        first.answers["GET /rest/api/v1.3/user/info"] = RedirectResponse(other.url, 307)
        gateway = ResponsysGateway(first.url, "jane", password, ServerClock())
        world = FakeWorld(user=gateway)  # type: ignore[arg-type]  # a real gateway in the place of the fake
        world.credentials.items["responsys-password"] = "Tr0ub4dor"
        outcome = await run(FIRST_PASSWORD, world, {"add-user.login_name": "jane", "account.account_name": "acme"})
        await gateway.close()
        assert other.asked == []
    assert codes(outcome, "unknown") == ["redirected"]


# --- endPoint ---------------------------------------------------------------------------------------------------------

ELSEWHERE = (
    "https://evil.example",
    "https://api5-009.responsys.net.evil.example",
    "https://evilresponsys.net",
    "https://responsys.net-evil.example",
    "https://xn--rsponsys-i1a.net",
    "https://login5.respоnsys.net",  # a Cyrillic letter
    "https://login5.responsys.net。evil.example",  # an ideographic full stop
    "https://api.responsys.ne\u212a.example",
    "https://93.184.216.34",
    "https://127.0.0.1",
    "https://localhost",
    "https://[::1]",
    "https://[::ffff:127.0.0.1]",
    "https://2130706433",
    "https://0x7f.1",
    "https://login5.responsys.net@evil.example",
    "https://evil.example@login5.responsys.net",
    "https://user:pw@login5.responsys.net",
    "https://@login5.responsys.net",
    "https://login5.responsys.net:443@evil.example",
    "https://login5.responsys.net\\@evil.example",
    "https://evil.example\\.responsys.net",
    "https://evil.example#.responsys.net",
    "https://evil.example?.responsys.net",
    "https://evil.example/.responsys.net",
    "https://evil.example%2f.responsys.net",
    "https://evil.example%00.responsys.net",
    "https://evil.example\x00.responsys.net",
    "https://evil.example .responsys.net",
    "https://.responsys.net",
    "https://login5..responsys.net",
    "https://login5.responsys.net..",
    "https://login5.responsys.net:8443",
    "https://login5.responsys.net:0",
    "https://login5.responsys.net:99999",
    "https://login5.responsys.net:x",
    "http://login5.responsys.net",
    "ftp://login5.responsys.net",
    "javascript://login5.responsys.net",
    "//login5.responsys.net",
    "login5.responsys.net",
    "https:login5.responsys.net",
    "https://",
    "\x1b]0;PWNED\x07",
    "x" * 1_000_000,
)


def pointed_at(found: str, login: str = LOGIN) -> str:
    return response_models.end_point(login, found)


@pytest.mark.parametrize("found", ELSEWHERE, ids=lambda found: repr(found[:60]))
def test_an_end_point_elsewhere_is_refused(found: str) -> None:
    with pytest.raises(ForeignEndpointError) as caught:
        pointed_at(found)
    report = Report()
    report_error(report, caught.value, "Logging in")
    (finding,) = report.verified().findings
    assert (finding.code, finding.status) == ("foreign-endpoint", "fail")
    assert "\x1b" not in finding.seen
    assert len(finding.seen) < 400


@pytest.mark.parametrize(
    ("found", "base"),
    [
        ("https://api5-009.responsys.net", "https://api5-009.responsys.net"),
        ("https://API5-009.Responsys.NET/", "https://api5-009.responsys.net"),
        ("https://api5-009.responsys.net.", "https://api5-009.responsys.net"),
        ("https://api5-009.responsys.net:443", "https://api5-009.responsys.net:443"),
        ("https://acme-api.responsys.ocs.oraclecloud.com", "https://acme-api.responsys.ocs.oraclecloud.com"),
        ("https://login.rsys8.net", "https://login.rsys8.net"),
    ],
)
def test_an_end_point_of_the_provider_is_taken_in_its_plain_form(found: str, base: str) -> None:
    assert pointed_at(found) == base


def test_a_port_that_was_entered_is_taken_and_no_other() -> None:
    assert pointed_at("https://rest.acme.example:8443", "https://login.acme.example:8443")
    with pytest.raises(ForeignEndpointError):
        pointed_at("https://rest.acme.example:8444", "https://login.acme.example:8443")


async def test_after_a_login_that_points_elsewhere_nothing_more_is_sent() -> None:
    with http_service() as other, http_service() as first:
        token = "POST /rest/api/v1.3/auth/token"
        first.answers[token] = {"authToken": "t", "issuedAt": 1, "endPoint": "https://evil.example"}
        gateway = ResponsysGateway(first.url, "jane", password, ServerClock())
        for _ in range(2):
            with pytest.raises(ForeignEndpointError):
                await gateway.user_info()
        await gateway.close()
        assert set(first.asked) == {token}
        assert other.asked == []


async def test_a_time_out_before_any_answer_is_no_endless_one() -> None:
    with raw_server(silent) as port:
        client = HttpClient(ServerClock(), QUICK)
        with pytest.raises(UnreachableError) as caught:
            await client.request("GET", f"http://{LOOPBACK}:{port}")
        await client.close()
    assert (caught.value.reach, caught.value.flaw) == (Reach.TIMEOUT, None)
