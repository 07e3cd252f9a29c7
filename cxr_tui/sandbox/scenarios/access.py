"""Scenarios of the way in: account, hosts, the integration user with its roles and passwords, tokens, the service."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.http_servers import LOOPBACK, bind, port_of
from cxr_tui.sandbox.responsys.account import ADMINISTRATOR, CONNECT_USER, SUSPENDED, User
from cxr_tui.sandbox.scenarios.builder import (
    Moment,
    ScenarioBuilder,
    change_after,
    entering,
    mistake,
    not_pressing,
    product_state,
    scenario,
    with_line,
    without_line,
)
from cxr_tui.sandbox.shared.rest import EXCEPTION, UNAVAILABLE, cut_off, no_answer

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_CONFIGURATION = Moment("responsys", ("Account", "Global settings", "Account configuration"))
_ACCOUNT = Moment("responsys", ("Account",), until_explained="account-name-mismatch")
_BUSY = timedelta(minutes=4)
"""Longer than a check waits, shorter than a person waits before looking again."""
_KEYRING_ITEM = "/responsys-password"
_ADD_USER = ("Account", "User identity management", "Add user")
_USER = ("Account", "User identity management", "User management", "*")
_ROLES, _LOCALE = "Functional roles", "User locale"
BUTTON = "Change password"
CHANGE_PASSWORD = Moment("responsys", (BUTTON,), (BUTTON,))
"""The page behind the link of the mail, and its button; with it the user begins to work."""
_NOWHERE = "https://login5.responsys.invalid"
"""No name service resolves this domain (RFC 6761)."""

_kept: list[object] = []
"""Sockets and servers, open until this process ends."""
PASSWORD = "password"  # nosec B105  # noqa: S105 - the name of a turn
"""What happens to a new password; a reset ends all of it at once, so each happens to another password."""


def integration_users(sandbox: Sandbox) -> list[User]:
    """Return the users that were made since the sandbox began."""
    account = sandbox.responsys.account
    return [user for user in account.users.values() if user.login_name not in (ADMINISTRATOR, CONNECT_USER)]


def replace_password(sandbox: Sandbox, user_name: str, password: Secret) -> None:
    """Replace a user's password in Responsys and in the keyring, as by another machine."""
    sandbox.responsys.account.users[user_name].password = password
    for service, name in list(sandbox.keyring):
        if service.endswith(_KEYRING_ITEM):
            sandbox.keyring[service, name] = password.reveal()


@scenario("account-name-mismatch")
async def _account_name_mismatch(builder: ScenarioBuilder) -> None:
    """Let the line below be taken: the display name."""
    builder.misread(_ACCOUNT, "Account name", lambda shows: str(shows.values["Account display name"]))


@scenario("account-name-mismatch-case")
async def _account_name_case(builder: ScenarioBuilder) -> None:
    """Let the name be written with a capital letter."""
    builder.misread(_ACCOUNT, "Account name", lambda shows: str(shows.values["Account name"]).capitalize())


@scenario("identity-cloud-account")
async def _identity_cloud_account(builder: ScenarioBuilder) -> None:
    builder.sandbox.responsys.account.identity_cloud = True


def _wrong_host(*codes: str) -> Callable[[Callable[[Sandbox], Awaitable[str]]], None]:
    """Register the scenario in which the person enters another login host, which is found when the sandbox starts."""

    def register(host: Callable[[Sandbox], Awaitable[str]]) -> None:
        @scenario(*codes)
        async def plant(builder: ScenarioBuilder) -> None:
            wrong = await host(builder.sandbox)
            builder.misread(_CONFIGURATION, "Login host", lambda _: wrong)

    return register


@_wrong_host("wrong-login-host")
async def _other_pod(sandbox: Sandbox) -> str:
    """Copy the address from the notes of another account, which is on another pod."""
    return sandbox.responsys.urls.other_pod


@_wrong_host("host-unreachable", "host-unreachable-dns")
async def _typing_error(_: Sandbox) -> str:
    """Copy the address with a typing error, so that no name service knows it."""
    return _NOWHERE


@_wrong_host("host-unreachable-refused")
async def _refusing_host(_: Sandbox) -> str:
    """Return the URL of a port of our own that refuses every connection, as a firewall does: bound, never listening."""
    _kept.append(bound := bind())
    return f"https://{LOOPBACK}:{port_of(bound)}"


@_wrong_host("host-unreachable-timeout")
async def _silent_host(_: Sandbox) -> str:
    """Return the URL of a host that takes a call and never answers: the system takes it, no program reads it."""
    _kept.append(bound := bind())
    bound.listen()
    return f"http://{LOOPBACK}:{port_of(bound)}"


@_wrong_host("host-unreachable-tls")
async def _distrusted_host(sandbox: Sandbox) -> str:
    """Return the URL of a company's proxy, with a self-signed certificate."""
    context = await asyncio.to_thread(_self_signed, sandbox.clock.now())
    bound = bind()
    _kept.append(await asyncio.start_server(lambda _, writer: writer.close(), sock=bound, ssl=context))
    return f"https://{LOOPBACK}:{port_of(bound)}"


def _self_signed(now: datetime) -> ssl.SSLContext:
    # imported here: every other sandbox starts without it
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proxy.acmeretail.example")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(LOOPBACK))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        chain = Path(directory) / "proxy.pem"
        chain.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(chain)
    return context


# The mail is read and its link opened, and the page is left without a new password.
mistake("temporary-password", "responsys", CHANGE_PASSWORD.path, BUTTON, not_pressing(BUTTON))


@change_after("password-expired", CHANGE_PASSWORD, PASSWORD)
async def _expire_passwords(sandbox: Sandbox) -> None:
    """Let all passwords of the account expire at once, as after an incident."""
    for user in integration_users(sandbox):
        user.password_expires = sandbox.clock.now()


@change_after("password-locked", CHANGE_PASSWORD, PASSWORD)
async def _lock_users(sandbox: Sandbox) -> None:
    """Let a program of an earlier attempt log in under this name, with the password of that time."""
    for user in integration_users(sandbox):
        user.lock(sandbox.clock.now())


@change_after("password-characters", CHANGE_PASSWORD, PASSWORD)
async def _use_own_generator(sandbox: Sandbox) -> None:
    """Let the person replace the password by one of a password manager, in Responsys and in the keyring."""
    for user in integration_users(sandbox):
        replace_password(sandbox, user.login_name, Secret(f"{make_password().reveal()}&a%b+c"))


@product_state("api-disabled")
async def _api_disabled(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Leave web services off, as Support has never enabled them for this account, until the person asks."""
    sandbox.responsys.account.web_services = False
    yield
    sandbox.responsys.account.web_services = True


@product_state("ip-restricted")
async def _ip_restricted(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let the account take logins from the office's network only, until Support adds this one."""
    sandbox.responsys.account.ip_restricted = True
    yield
    sandbox.responsys.account.ip_restricted = False


@change_after("throttled", CHANGE_PASSWORD)
async def _use_up_logins(sandbox: Sandbox) -> None:
    """Let another program of the account log in for every call, for some minutes."""
    sandbox.responsys.access.busy_until = sandbox.clock.now() + _BUSY


def _outage(answer: ASGIApp, calls: int, *codes: str) -> None:
    """Register the scenario of a service that fails at the first look at the user, as often as a check tries it."""

    async def fail(sandbox: Sandbox) -> None:
        sandbox.responsys.outages.plan(answer, calls, "/user/info")

    for code in codes:
        change_after(code, CHANGE_PASSWORD)(fail)


_outage(UNAVAILABLE, 2, "service-fault", "service-fault-503")
_outage(EXCEPTION, 2, "service-fault-500")
_outage(cut_off, 2, "service-fault-cut")
_outage(no_answer, 1, "service-fault-timeout")


@change_after("token-expired", Moment("responsys", ("Account", "CX Audience settings")))
async def _age_tokens(sandbox: Sandbox) -> None:
    """Leave the wizard open over lunch: every token is old when the next screen is done."""
    sandbox.responsys.access.expire_tokens()


_ASSIGNMENT, _ORGANIZATION = (*_ADD_USER, "Role Assignment"), (*_ADD_USER, "Organization Assignment")
mistake("missing-list-role", "responsys", _ASSIGNMENT, _ROLES, without_line(_ROLES, "List Web Services Manager"))
mistake("missing-table-role", "responsys", _ASSIGNMENT, _ROLES, without_line(_ROLES, "Table Web Services Manager"))
mistake("extra-role", "responsys", _ASSIGNMENT, _ROLES, with_line(_ROLES, "Campaign Web Services Manager"))
mistake("organization-not-root", "responsys", _ORGANIZATION, "Organization", entering("Organization", "Root/Outlet"))


@scenario("user-locale")
async def _user_locale(builder: ScenarioBuilder) -> None:
    """Let the person take the locale for that of the reader of the mail."""
    for path in (_ADD_USER, _USER):
        moment = Moment("responsys", path, (_LOCALE,), until_explained=builder.code)
        builder.input_mistake(moment, entering(_LOCALE, "German"))


@scenario("user-email-mismatch")
async def _user_email_mismatch(builder: ScenarioBuilder) -> None:
    """Let the password be set, and then an administrator give the user the address of the team's mailbox."""

    async def readdress(sandbox: Sandbox) -> None:
        for user in integration_users(sandbox):
            user.email = "crm.team@acmeretail.example"

    builder.after_visit(CHANGE_PASSWORD, readdress)
    builder.after_visit(Moment("responsys", _USER, ("Save",), until_explained=builder.code), readdress)


@change_after("api-disabled-suspended", CHANGE_PASSWORD)
async def _suspend(sandbox: Sandbox) -> None:
    """Let an administrator come across an unannounced user, and suspend it."""
    for user in integration_users(sandbox):
        user.status = SUSPENDED
