"""Certificate faults of every kind, shown by real TLS servers: each a finding of its own, and nothing secret sent.

That a certificate was revoked is not among them: no program of this kind looks (see `gateways/tls.py`).
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from cxr_tui.domain.errors import Flaw
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.gateways.rest.tls import trusted
from cxr_tui.guide.catalog.errors import UNREACHABLE
from cxr_tui.guide.steps.prepare.account import STEP as ACCOUNT
from support.processes.resource_limits import bounded
from support.servers.real_parts import LOOPBACK, probed, raw_server
from support.servers.tls_servers import DAY, NOW, authority, new_key, self_signed, tls_server
from support.worlds.fake_world import FakeWorld, run

TRUSTED = authority()
STRANGER = authority("Somebody else")
BELOW = TRUSTED.issue(names=(), is_authority=True)

SHOWN = {
    "certificate-expired": TRUSTED.issue(since=NOW - 2 * DAY, until=NOW - DAY),
    "certificate-not-yet-valid": TRUSTED.issue(since=NOW + DAY, until=NOW + 2 * DAY),
    "certificate-self-signed": self_signed(),
    "certificate-wrong-host": TRUSTED.issue(names=("login5.responsys.net", "localhost.evil.example", "*.localhost")),
    "certificate-unknown-authority": STRANGER.issue(),
    "certificate-weak": TRUSTED.issue(key=new_key(1024)),
    "certificate-unfit": TRUSTED.issue(purpose=ExtendedKeyUsageOID.CLIENT_AUTH),
}


@pytest.fixture(autouse=True)
def _in_bounds() -> Iterator[None]:
    """Hold every test here, whatever it says itself, to what anything hostile may cost at most."""
    with bounded(seconds=30, megabytes=200):
        yield


@pytest.fixture(autouse=True)
def _trust(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have this process trust the test's authority, as a system does where a company has installed its own."""
    path = tmp_path_factory.mktemp("authorities") / "trusted.pem"
    path.write_bytes(TRUSTED.own.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    trusted.cache_clear()
    yield
    trusted.cache_clear()


class Knocking(FakeWorld):
    """A world whose local hosts are probed for real."""

    async def probe_host(self, url: str) -> HostAnswer:
        return await (probed(url) if "localhost" in url or LOOPBACK in url else super().probe_host(url))


async def account_at(url: str) -> list[tuple[str, str]]:
    """Run the check of the first step against a host; return what it found of it, as code and evidence."""
    known = {
        "account.login_host": "other",
        "account.login_url": url,
        "account.audience_token": "acme",
        "account.sign_in": "responsys",
    }
    outcome = await run(ACCOUNT, Knocking(), known)
    within = {one.within for one in outcome.findings if one.code in set(Flaw)}
    assert within <= {"host-unreachable"}, "one thing, told twice"
    return [(one.code, one.seen) for one in outcome.findings if one.code != "audience-host-answers"]


async def test_a_certificate_in_order_is_taken(tmp_path: Path) -> None:
    with tls_server(TRUSTED.issue().written(tmp_path / "c.pem")) as server:
        found = await account_at(f"https://localhost:{server.port}")
    assert [code for code, _ in found] == ["login-host-answers"]
    assert server.requests == 1


@pytest.mark.parametrize("code", SHOWN)
async def test_a_certificate_at_fault_is_named(code: str, tmp_path: Path) -> None:
    with tls_server(SHOWN[code].written(tmp_path / "c.pem")) as server:
        found = await account_at(f"https://localhost:{server.port}")
    assert [one for one, _ in found] == ["host-unreachable", code]
    assert all("certificate" in seen for _, seen in found)
    assert server.requests == 0, "nothing may be sent before the certificate is found good"


def test_every_flaw_of_a_certificate_is_tried_and_counts_as_not_reached() -> None:
    flaws = {flaw.value for flaw in Flaw if flaw.value.startswith("certificate-")}
    assert flaws == set(SHOWN)
    assert flaws | {"tls-too-old", "host-unreachable"} <= UNREACHABLE


async def test_an_authority_that_is_sent_along_is_not_thereby_trusted(tmp_path: Path) -> None:
    with tls_server(STRANGER.issue(send_chain=True).written(tmp_path / "c.pem")) as server:
        found = await account_at(f"https://localhost:{server.port}")
    assert found[-1][0] == "certificate-unknown-authority"


async def test_whoever_is_no_authority_cannot_issue(tmp_path: Path) -> None:
    """Somebody with an ordinary certificate signs another one with it."""
    from support.servers.tls_servers import Authority

    ordinary = TRUSTED.issue(names=("shop.example",))
    with tls_server(Authority(ordinary).issue(send_chain=True).written(tmp_path / "c.pem")) as server:
        found = await account_at(f"https://localhost:{server.port}")
    assert found[-1][0] in ("certificate-unfit", "certificate-unknown-authority")
    assert server.requests == 0


async def test_a_name_in_the_subject_alone_does_not_count(tmp_path: Path) -> None:
    with tls_server(TRUSTED.issue(names=()).written(tmp_path / "c.pem")) as server:
        found = await account_at(f"https://localhost:{server.port}")
    assert found[-1][0] == "certificate-wrong-host"


async def test_an_address_needs_a_certificate_of_its_own(tmp_path: Path) -> None:
    with tls_server(TRUSTED.issue(names=("localhost", LOOPBACK)).written(tmp_path / "c.pem")) as server:
        found = await account_at(f"https://{LOOPBACK}:{server.port}")
    assert found[-1][0] == "certificate-wrong-host"


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
async def test_tls_before_1_2_is_not_spoken(version: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        server_of = tls_server(TRUSTED.issue().written(tmp_path / "c.pem"), ssl.TLSVersion[version])
        with server_of as server:
            found = await account_at(f"https://localhost:{server.port}")
    assert [code for code, _ in found] == ["host-unreachable", "tls-too-old"]
    assert server.requests == 0


async def test_ciphers_without_encryption_are_not_spoken(tmp_path: Path) -> None:
    certificate = TRUSTED.issue(key=new_key(2048)).written(tmp_path / "c.pem")
    with tls_server(certificate, ssl.TLSVersion.TLSv1_2, "NULL-SHA256:@SECLEVEL=0") as server:
        found = await account_at(f"https://localhost:{server.port}")
    assert found[-1][0] == "tls-too-old"


async def test_what_is_no_tls_at_all_has_no_certificate_to_blame() -> None:
    with raw_server(lambda line: line.sendall(b"220 mail.example ESMTP\r\n")) as port:
        found = await account_at(f"https://localhost:{port}")
    assert [code for code, _ in found] == ["host-unreachable"]
