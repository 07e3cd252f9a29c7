"""What lies between this machine and the products: credential store, TLS, proxy, clocks, SSH."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from cxr_tui.doctor.result import Health, absent, bad, good, poor
from cxr_tui.domain.errors import Flaw, OutsideError, Reach, StoreUnusableError, UnreachableError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.server_address import server_address

_SHA1_ONLY = "It may offer SHA-1 only, which is no longer spoken: ask Oracle Support about the server's algorithms."
SKEW_SECONDS = 60
"""From here on a clock is called wrong: schedules have quarter hours, tokens hours."""
CONNECT_SECONDS = 10.0
ANY_HOST = "login.responsys.net"
"""A host of the products, to see which proxy is on the way to them."""
REMEDIES: Mapping[Reach, str] = {
    Reach.DNS: "Check the name; ask the network people whether it resolves here.",
    Reach.REFUSED: "Ask the network people to let this machine reach it, or check the port.",
    Reach.TLS: "Ask the network people whether a proxy breaks TLS, and which authority it signs with.",
    Reach.TIMEOUT: "A firewall most likely drops the packets: ask the network people to open the way.",
    Reach.PROXY: "Compare the variable with what the network people give you, and ask them about the proxy.",
    Reach.ENVIRONMENT: "Correct the variable or unset it.",
    Reach.CUT: "Something between closes the line: ask the network people.",
}


async def credential_store(credentials: Credentials) -> Health:
    """Write, read, compare and remove a secret under a random name."""
    item = f"doctor-{secrets.token_hex(8)}"
    told = Secret(secrets.token_urlsafe(16))
    try:
        try:
            await credentials.put(item, told)
            same = await credentials.get(item) == told
        finally:
            await credentials.drop(item)
    except StoreUnusableError as error:
        return bad("credential-store", "no credential store can be used", visible(str(error), 1000))
    if not same:
        return bad("credential-store", f"{credentials.store} gave back something else", "Use another store.")
    return good("credential-store", f"{credentials.store}: written, read back, removed")


def certificates() -> Health:
    """Say whether there are authorities to verify servers by; blocking."""
    from cxr_tui.gateways.rest.tls import TrustError, trusted

    try:
        trusted()
    except TrustError as error:
        return bad("certificates", str(error), REMEDIES[Reach.ENVIRONMENT])
    return good("certificates", "the system's, and Mozilla's or those that SSL_CERT_FILE or SSL_CERT_DIR names")


async def proxy(environ: Mapping[str, str]) -> Health:
    """Say which proxy the connections go through and whether it answers; its user and password are left out."""
    from cxr_tui.gateways.rest.proxies import ProxySettingError, proxy_for, unread_exceptions

    unread = unread_exceptions(environ)
    if unread:
        shown = ", ".join(visible(one, 60) for one in unread)
        return poor("proxy", f"NO_PROXY: {shown} names no host and no network", "Correct it, or take it out.")
    try:
        found = proxy_for(ANY_HOST, environ)
    except ProxySettingError as error:
        return bad("proxy", str(error), REMEDIES[Reach.ENVIRONMENT])
    if found is None:
        return good("proxy", "no proxy is set")
    name, _, port = found.place.rpartition(":")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(name.strip("[]"), int(port))
        writer.close()
    except (OSError, UnicodeError) as error:
        return bad("proxy", f"{found}: {visible(str(error) or 'no answer in time')}", REMEDIES[Reach.PROXY])
    return good("proxy", str(found))


async def host(code: str, url: str, probe_host: Callable[[str], Awaitable[HostAnswer]]) -> list[Health]:
    """Say whether a host answers over TLS, and how far its clock is from this machine's."""
    if not url:
        return [absent(code, "not known yet; name an integration that is begun with -i")]
    try:
        answer = await probe_host(url)
    except UnreachableError as error:
        return [bad(code, visible(str(error)), REMEDIES[error.reach])]
    except OutsideError as error:
        return [bad(code, visible(str(error)), "Check the address.")]
    how = "over TLS, certificate verified" if answer.tls else "without TLS, on this machine"
    health = [good(code, f"{visible(url, 100)} answers in {answer.seconds * 1000:.0f} ms {how}")]
    # on this machine only sandboxes answer, and they keep a time of their own
    return [*health, clock(code, answer)] if answer.tls else health


def clock(code: str, answer: HostAnswer) -> Health:
    """Compare this machine's clock with a server's."""
    name = f"{code}-clock"
    if answer.date is None:
        return absent(name, "the server does not tell its time")
    skew = (datetime.now(UTC) - answer.date).total_seconds()
    if abs(skew) > SKEW_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        return poor(name, f"this clock is {abs(skew):.0f} s {way} the server's", "Let the system set its clock (NTP).")
    return good(name, f"within {SKEW_SECONDS} s of the server's")


async def file_server(server: str) -> Health:
    """Say whether the file server speaks SSH with this program, and which host key it shows; nobody logs in."""
    if not server:
        return absent("file-server", "not known yet; the wizard reads it off the screen at step 13")
    from cxr_tui.gateways.sftp.connection import shown_key

    address = server_address(server)
    if address is None:
        return bad("file-server", f"{visible(server, 100)} is no address of a server", "Correct it at step 13.")
    try:
        key = await shown_key(*address)
    except UnreachableError as error:
        too_old = error.flaw is Flaw.SSH_TOO_OLD
        return bad("file-server", visible(str(error)), _SHA1_ONLY if too_old else REMEDIES[error.reach])
    except OutsideError as error:
        return bad("file-server", visible(str(error)), "Check server and port.")
    return good("file-server", f"{visible(server, 100)}: host key {visible(key.kind, 40)} {key.fingerprint}")
