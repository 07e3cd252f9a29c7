"""Faults of the way in: account, hosts, network, passwords, tokens, the service itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.scenarios.broken_hosts import NOWHERE, deaf_host, distrusted_host, refusing_port
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, product_state, scenario
from cxr_tui.sandbox.scenarios.mistakes import not_pressing
from cxr_tui.sandbox.scenarios.users import CHANGE_PASSWORD, PASSWORD, integration_users
from cxr_tui.sandbox.shared.rest import Outage
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_CONFIGURATION = ("Account", "Global settings", "Account configuration")
_LOGIN_HOST = "Login host"
_ANOTHER_NETWORK = "203.0.113.0/24"
"""A range for documentation (RFC 5737): no call ever comes from there."""
_BUSY = timedelta(minutes=4)
"""Longer than a check waits by itself, shorter than a person waits before looking again."""
_KEYRING_ITEM = "/responsys-password"


def _misread(label: str, text: str) -> Callable[[PageShows], PageShows]:
    """Return what is taken down where one value of a screen is misread."""
    return lambda shows: replace(shows, values={**shows.values, label: text})


@scenario("account-name-mismatch")
def _account_name_mismatch(builder: ScenarioBuilder) -> None:
    """Let the line below be taken: the display name."""

    def one_line_down(shows: PageShows) -> PageShows:
        return _misread("Account name", shows.values["Account display name"])(shows)

    builder.alter_screen("responsys", "Account", alter=one_line_down, until_explained="account-name-mismatch")


@scenario("account-name-mismatch-case")
def _account_name_case(builder: ScenarioBuilder) -> None:
    def capital(shows: PageShows) -> PageShows:
        return _misread("Account name", str(shows.values["Account name"]).capitalize())(shows)

    builder.alter_screen("responsys", "Account", alter=capital, until_explained="account-name-mismatch")


@scenario("identity-cloud-account")
def _identity_cloud_account(builder: ScenarioBuilder) -> None:
    async def move_users(sandbox: Sandbox) -> None:
        sandbox.responsys.account.identity_cloud = True

    builder.on_start(move_users)


@scenario("wrong-login-host")
def _wrong_login_host(builder: ScenarioBuilder) -> None:
    """Let the address be copied from the notes of another account, which lives on another pod."""
    other = builder.sandbox.responsys.urls().other_pod
    builder.alter_screen("responsys", *_CONFIGURATION, alter=_misread(_LOGIN_HOST, other))


@scenario("host-unreachable", "host-unreachable-dns")
def _host_unknown(builder: ScenarioBuilder) -> None:
    """Let the address be copied with a slip, so that no name service knows it."""
    builder.alter_screen("responsys", *_CONFIGURATION, alter=_misread(_LOGIN_HOST, NOWHERE))


@scenario("host-unreachable-refused")
def _host_refuses(builder: ScenarioBuilder) -> None:
    """Let the address lead to a firewall of the company that refuses every connection."""
    builder.alter_screen("responsys", *_CONFIGURATION, alter=_misread(_LOGIN_HOST, refusing_port()))


@scenario("host-unreachable-tls")
def _host_distrusted(builder: ScenarioBuilder) -> None:
    """Let the address lead to a proxy of the company that shows a certificate of its own making."""
    found: list[str] = []

    async def put_up(sandbox: Sandbox) -> None:
        found.append(await distrusted_host(sandbox.clock.now()))

    builder.on_start(put_up)
    builder.alter_screen("responsys", *_CONFIGURATION, alter=lambda shows: _misread(_LOGIN_HOST, found[0])(shows))


@scenario("host-unreachable-timeout")
def _host_deaf(builder: ScenarioBuilder) -> None:
    """Let the address lead to something that takes the call and never says a word."""
    found: list[str] = []

    async def put_up(_: Sandbox) -> None:
        found.append(await deaf_host())

    builder.on_start(put_up)
    builder.alter_screen("responsys", *_CONFIGURATION, alter=lambda shows: _misread(_LOGIN_HOST, found[0])(shows))


@scenario("temporary-password")
def _temporary_password(builder: ScenarioBuilder) -> None:
    """Somebody reads the mail, opens the link and leaves the page without a new password."""
    button = "Change password"
    builder.input_mistake("responsys", *CHANGE_PASSWORD, alter=not_pressing(button), needs=(button,))


@scenario("password-expired")
def _password_expired(builder: ScenarioBuilder) -> None:
    """Let all passwords of the account expire at once, as after an incident."""

    async def expire(sandbox: Sandbox) -> None:
        for user in integration_users(sandbox):
            user.password_expires = sandbox.clock.now()

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=expire, needs=CHANGE_PASSWORD, turn=PASSWORD)


@scenario("password-locked")
def _password_locked(builder: ScenarioBuilder) -> None:
    """Let a program of an earlier attempt log in under this name, with the password of that time."""

    async def lock(sandbox: Sandbox) -> None:
        for user in integration_users(sandbox):
            user.lock_out.lock(sandbox.clock.now())

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=lock, needs=CHANGE_PASSWORD, turn=PASSWORD)


@scenario("password-characters")
def _password_characters(builder: ScenarioBuilder) -> None:
    """Somebody replaces the password by one that his own generator made, in Responsys and in the keyring."""

    async def replace(sandbox: Sandbox) -> None:
        new = f"{make_password().reveal()}&a%b+c"
        for user in integration_users(sandbox):
            user.password = Secret(new)
        for service, name in list(sandbox.keyring):
            if service.endswith(_KEYRING_ITEM):
                sandbox.keyring[service, name] = new

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=replace, needs=CHANGE_PASSWORD, turn=PASSWORD)


@product_state("api-disabled")
async def _api_disabled(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Leave web services off, as Support has never enabled them for this account, until the person asks."""
    sandbox.responsys.account.web_services = False
    yield
    sandbox.responsys.account.web_services = True


@product_state("ip-restricted")
async def _ip_restricted(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let the account take logins from the office's network only, until Support adds this one."""
    sandbox.responsys.account.allowed_networks = (_ANOTHER_NETWORK,)
    yield
    sandbox.responsys.account.allowed_networks = (_ANOTHER_NETWORK, "127.0.0.0/8")


@scenario("throttled")
def _throttled(builder: ScenarioBuilder) -> None:
    """Another program of the account logs in anew for every call, for some minutes."""

    async def use_up(sandbox: Sandbox) -> None:
        sandbox.responsys.throttle.used_up["login"] = sandbox.clock.now() + _BUSY

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=use_up, needs=CHANGE_PASSWORD)


def _outage(builder: ScenarioBuilder, outage: Outage, calls: int) -> None:
    """Let the service fail at the first look at the user, as often as a check tries it."""

    async def fail(sandbox: Sandbox) -> None:
        sandbox.responsys.outages.plan(outage, calls, "/user/info")

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=fail, needs=CHANGE_PASSWORD)


@scenario("service-fault", "service-fault-503")
def _service_unavailable(builder: ScenarioBuilder) -> None:
    _outage(builder, Outage.UNAVAILABLE, 2)


@scenario("service-fault-500")
def _service_exception(builder: ScenarioBuilder) -> None:
    _outage(builder, Outage.EXCEPTION, 2)


@scenario("service-fault-cut")
def _service_cut(builder: ScenarioBuilder) -> None:
    _outage(builder, Outage.CUT, 2)


@scenario("service-fault-timeout")
def _service_silent(builder: ScenarioBuilder) -> None:
    _outage(builder, Outage.SILENT, 1)


@scenario("token-expired")
def _token_expired(builder: ScenarioBuilder) -> None:
    """Leave the wizard open over lunch: every token is old when the next screen is done."""

    async def age(sandbox: Sandbox) -> None:
        sandbox.responsys.tokens.expire_all()

    builder.after_visit("responsys", "Account", "CX Audience settings", change=age)
