"""The environment on the way to the products: proxies, their exceptions, certificates. Faults name their variable."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from cxr_tui.domain.errors import Reach, UnreachableError
from cxr_tui.gateways.rest import tls
from cxr_tui.gateways.rest.http_client import HttpClient, Limits
from cxr_tui.gateways.rest.proxies import proxy_for
from cxr_tui.gateways.rest.server_clock import ServerClock
from support.processes.cli_process import cxr_tui
from support.servers.real_parts import LOOPBACK, free_port, raw_server

HOST = "login5.responsys.invalid"
USER = "jane:canary-word"


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    tls.trusted.cache_clear()


async def reach() -> UnreachableError:
    client = HttpClient(ServerClock(), Limits(connect=2, silent=0.3, whole=2))
    try:
        with pytest.raises(UnreachableError) as caught:
            await client.request("GET", f"https://{HOST}/rest")
        assert "canary-word" not in str(caught.value)
        assert caught.value.where == HOST
        return caught.value
    finally:
        await client.close()


# Exceptions


@pytest.mark.parametrize(
    ("exceptions", "host", "direct"),
    [
        ("localhost,127.0.0.1,::1,fe80::/10", HOST, False),
        ("localhost, 10.1.2.3", "10.1.2.3", True),
        ("responsys.net", "login5.responsys.net", True),
        (".responsys.net", "login5.responsys.net", True),
        ("*.responsys.net:443", "login5.responsys.net", True),
        ("responsys.net:8080", "login5.responsys.net", False),
        ("https://Login5.Responsys.net", "login5.responsys.net", True),
        ("ponsys.net", "login5.responsys.net", False),
        ("*", HOST, True),
        ("fe80::/200,[::1,:::,%%,\x00,a b", HOST, False),
    ],
)
def test_each_form_of_an_exception_is_understood(exceptions: str, host: str, direct: bool) -> None:
    environ = {"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": exceptions}
    assert (proxy_for(host, environ) is None) is direct


# Settings that cannot be used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://[::1"),
        ("HTTPS_PROXY", f"http://{USER}@proxy.example:99999"),
        ("https_proxy", f"http://{USER}@"),
        ("HTTPS_PROXY", f"{USER}@a b:80"),
        ("HTTPS_PROXY", "http://\u2603..example:80"),
        ("ALL_PROXY", f"socks5h://{USER}@proxy.example:1080"),
        ("SSL_CERT_FILE", "/no/such/file.pem"),
        ("SSL_CERT_FILE", "EMPTY"),
        ("SSL_CERT_FILE", "FOLDER"),
        ("SSL_CERT_DIR", "/no/such/folder"),
    ],
)
async def test_a_variable_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    (tmp_path / "empty.pem").touch()
    value = {"EMPTY": str(tmp_path / "empty.pem"), "FOLDER": str(tmp_path)}.get(value, value)
    monkeypatch.setenv(name, value)
    error = await reach()
    assert (error.reach, error.sent) == (Reach.ENVIRONMENT, False)
    assert name in error.detail


# A proxy's own faults


Console = Callable[[socket.socket], None]


def answering(status: bytes) -> Console:
    def talk(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")

    return talk


def silent(line: socket.socket) -> None:
    line.recv(4096)
    line.recv(4096)


FAULTS: dict[str, tuple[Console, str]] = {
    "wants a password": (answering(b"407 Proxy Authentication Required"), "407"),
    "forbids it": (answering(b"403 Forbidden"), "403"),
    "does not reach the host": (answering(b"502 Bad Gateway"), "502"),
    "is silent": (silent, "no answer in time"),
    "hangs up": (lambda line: line.close(), "cut"),
    "is no proxy": (lambda line: line.sendall(b"SSH-2.0-x\r\n"), "cut"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_proxy_that_fails_is_named_and_not_the_host(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    talk, words = FAULTS[name]
    with raw_server(talk) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{USER}@{LOOPBACK}:{port}")
        error = await reach()
    assert (error.reach, error.sent) == (Reach.PROXY, False), error
    assert f"{LOOPBACK}:{port} (HTTPS_PROXY)" in error.detail
    assert words in error.detail


@pytest.mark.parametrize("place", ["proxy.corp.invalid:8080", f"{LOOPBACK}:{free_port()}"], ids=["name", "port"])
async def test_a_proxy_that_is_not_there_is_named_and_not_the_host(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("https_proxy", f"{USER}@{place}")
    error = await reach()
    assert (error.reach, error.sent) == (Reach.PROXY, False), error
    assert f"{place} (https_proxy)" in error.detail


async def test_what_fails_behind_the_tunnel_is_the_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        line.recv(4096)
        line.sendall(b"no TLS")

    with raw_server(talk) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{LOOPBACK}:{port}")
        assert (await reach()).reach is Reach.TLS


# The whole program


ANSWERS = """
[account]
account_name = "acme"
login_host = "other"
login_url = "https://login5.responsys.invalid"
sign_in = "responsys"
audience_token = "acme"
"""


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"HTTPS_PROXY": "http://proxy.corp.invalid:8080"}, "proxy.corp.invalid:8080 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://[::1"}, "HTTPS_PROXY: [::1"),
        ({"SSL_CERT_FILE": "/no/such.pem"}, "SSL_CERT_FILE"),
    ],
)
def test_the_finding_names_the_variable_and_the_exit_code_is_that_of_an_outside_system(
    tmp_path: Path, environ: dict[str, str], words: str
) -> None:
    (tmp_path / "a.toml").write_text(ANSWERS)
    environ = {"NO_PROXY": "localhost,127.0.0.1,::1,fe80::/10", **environ}
    done = cxr_tui("apply", str(tmp_path / "a.toml"), "--until", "account", home=tmp_path, environ=environ)
    assert done.code == 3, done.out + done.err
    assert words in done.out
    doctor = cxr_tui("doctor", home=tmp_path, environ=environ)
    assert doctor.code in (3, 4), doctor.err
    assert words in " ".join(doctor.out.split())
