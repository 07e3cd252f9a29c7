"""Checks of the credential store and the way to the products: TLS, proxy, hosts, clocks, SSH."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from cxr_tui.doctor.result import CheckResult, failed, passed, skipped, warned
from cxr_tui.domain.errors import Flaw, OutsideError, Reach, StoreUnusableError, UnreachableError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.validators import server_address

_SHA1_ONLY = "It may support only SHA-1, which is no longer accepted. Ask Oracle Support about the server's algorithms."
SKEW_SECONDS = 60
"""A larger difference counts as wrong: schedules have quarter hours, tokens hours."""
CONNECT_SECONDS = 10.0
ANY_HOST = "login.responsys.net"
"""A host of the products, to find the proxy on the way to them."""
REMEDIES: Mapping[Reach, str] = {
    Reach.DNS: "Check the name. If it is right, ask your network team why DNS does not resolve it here.",
    Reach.REFUSED: "Check the port, or ask your network team to allow the connection.",
    Reach.TLS: "Ask your network team whether a proxy inspects TLS, and which certificate authority it uses.",
    Reach.TIMEOUT: "A firewall probably drops the connection: ask your network team to allow it.",
    Reach.PROXY: "Ask your network team for the address of the proxy, and compare the variable with it.",
    Reach.ENVIRONMENT: "Correct or unset the variable.",
    Reach.CUT: "A device in between closes the connection: ask your network team.",
}


async def credential_store(credentials: Credentials) -> CheckResult:
    """Write, read, compare and remove a secret under a random name."""
    item = f"doctor-{secrets.token_hex(8)}"
    secret = Secret(secrets.token_urlsafe(16))
    try:
        try:
            await credentials.put(item, secret)
            same = await credentials.get(item) == secret
        finally:
            await credentials.drop(item)
    except StoreUnusableError as error:
        return failed("credential-store", "no usable credential store", visible(str(error), 1000))
    if not same:
        return failed(
            "credential-store", f"{credentials.store} returned a different value", "Use another credential store."
        )
    return passed("credential-store", f"{credentials.store}: written, read back, removed")


def certificates() -> CheckResult:
    """Check whether there are certificate authorities to verify servers with; blocking."""
    from cxr_tui.gateways.rest.tls import TrustError, trusted

    try:
        trusted()
    except TrustError as error:
        return failed("certificates", str(error), REMEDIES[Reach.ENVIRONMENT])
    return passed("certificates", "those of this system, and Mozilla's or those in SSL_CERT_FILE or SSL_CERT_DIR")


async def proxy(environ: Mapping[str, str]) -> CheckResult:
    """Check the proxy and whether it answers; its user and password are not shown."""
    from cxr_tui.gateways.rest.proxies import ProxySettingError, proxy_for

    try:
        found = proxy_for(ANY_HOST, environ)
    except ProxySettingError as error:
        return failed("proxy", str(error), REMEDIES[Reach.ENVIRONMENT])
    if found is None:
        return passed("proxy", "no proxy is set")
    name, _, port = found.place.rpartition(":")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(name.strip("[]"), int(port))
        writer.close()
    except (OSError, UnicodeError) as error:
        return failed("proxy", f"{found}: {visible(str(error) or 'no answer in time')}", REMEDIES[Reach.PROXY])
    return passed("proxy", str(found))


async def host(code: str, url: str, probe_host: Callable[[str], Awaitable[HostAnswer]]) -> list[CheckResult]:
    """Check whether a host answers over TLS, and compare its clock with this computer's."""
    if not url:
        return [skipped(code, "not checked: choose an integration with -i")]
    try:
        answer = await probe_host(url)
    except UnreachableError as error:
        return [failed(code, visible(str(error)), REMEDIES[error.reach])]
    except OutsideError as error:
        return [failed(code, visible(str(error)), "Check the address.")]
    how = "over TLS, certificate verified" if answer.tls else "without TLS, on this computer"
    health = [passed(code, f"{visible(url, 100)} answers in {answer.seconds * 1000:.0f} ms {how}")]
    # without TLS it is a sandbox, whose clock may have been moved
    return [*health, clock(code, answer)] if answer.tls else health


def clock(code: str, answer: HostAnswer) -> CheckResult:
    """Compare this computer's clock with a server's."""
    name = f"{code}-clock"
    if answer.date is None:
        return skipped(name, "the server does not send its time")
    skew = (datetime.now(UTC) - answer.date).total_seconds()
    if abs(skew) > SKEW_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        seen = f"this computer's clock is {timedelta(seconds=round(abs(skew)))} {way} the server's"
        return warned(name, seen, "Turn on automatic time (NTP).")
    return passed(name, f"within {SKEW_SECONDS} s of the server's")


async def file_server(server: str) -> CheckResult:
    """Check whether the file server accepts SSH connections, and show its host key; without a login."""
    if not server:
        return skipped("file-server", "not checked: the server is entered at step 13")
    from cxr_tui.gateways.sftp.client import SftpFileServer

    address = server_address(server)
    if address is None:
        return failed("file-server", f"{visible(server, 100)} is not a valid server name", "Correct it at step 13.")
    try:
        key = await SftpFileServer(*address).host_key()
    except UnreachableError as error:
        too_old = error.flaw is Flaw.SSH_TOO_OLD
        return failed("file-server", visible(str(error)), _SHA1_ONLY if too_old else REMEDIES[error.reach])
    except OutsideError as error:
        return failed("file-server", visible(str(error)), "Check the server name and port.")
    return passed("file-server", f"{visible(server, 100)}: host key {visible(key.kind, 40)} {key.fingerprint}")
