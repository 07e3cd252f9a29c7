"""Scenarios of the way in: account, hosts, network, passwords, tokens, the service itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.scenarios.broken_hosts import NOWHERE, distrusted_host, refusing_port, silent_host
from cxr_tui.sandbox.scenarios.builder import Moment, ScenarioBuilder, change_after, product_state, scenario
from cxr_tui.sandbox.scenarios.mistakes import mistake, not_pressing
from cxr_tui.sandbox.scenarios.users import BUTTON, CHANGE_PASSWORD, PASSWORD, integration_users
from cxr_tui.sandbox.shared.rest import EXCEPTION, UNAVAILABLE, cut_off, no_answer
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_CONFIGURATION = Moment("responsys", ("Account", "Global settings", "Account configuration"))
_ACCOUNT = Moment("responsys", ("Account",), until_explained="account-name-mismatch")
_BUSY = timedelta(minutes=4)
"""Longer than a check waits, shorter than a person waits before looking again."""
_KEYRING_ITEM = "/responsys-password"


def replace_password(sandbox: Sandbox, user_name: str, password: Secret) -> None:
    """Replace a user's password in Responsys and in the keyring, as by another machine."""
    sandbox.responsys.account.users[user_name].password = password
    for service, name in list(sandbox.keyring):
        if service.endswith(_KEYRING_ITEM):
            sandbox.keyring[service, name] = password.reveal()


def _misread(label: str, text: str) -> Callable[[PageShows], PageShows]:
    """Return a screen of which one value is misread."""
    return lambda shows: replace(shows, values={**shows.values, label: text})


@scenario("account-name-mismatch")
def _account_name_mismatch(builder: ScenarioBuilder) -> None:
    """Let the line below be taken: the display name."""
    builder.alter_screen(_ACCOUNT, lambda shows: _misread("Account name", shows.values["Account display name"])(shows))


@scenario("account-name-mismatch-case")
def _account_name_case(builder: ScenarioBuilder) -> None:
    """Let the name be written with a capital letter."""
    builder.alter_screen(
        _ACCOUNT, lambda shows: _misread("Account name", str(shows.values["Account name"]).capitalize())(shows)
    )


@scenario("identity-cloud-account")
def _identity_cloud_account(builder: ScenarioBuilder) -> None:
    builder.sandbox.responsys.account.identity_cloud = True


def _wrong_host(builder: ScenarioBuilder, host: str) -> None:
    builder.alter_screen(_CONFIGURATION, _misread("Login host", host))


@scenario("wrong-login-host")
def _wrong_login_host(builder: ScenarioBuilder) -> None:
    """Let the address be copied from the notes of another account, which is on another pod."""
    _wrong_host(builder, builder.sandbox.responsys.urls().other_pod)


@scenario("host-unreachable", "host-unreachable-dns")
def _host_unknown(builder: ScenarioBuilder) -> None:
    """Let the address be copied with a typing error, so that no name service knows it."""
    _wrong_host(builder, NOWHERE)


@scenario("host-unreachable-refused")
def _host_refuses(builder: ScenarioBuilder) -> None:
    """Let the address lead to a firewall of the company that refuses every connection."""
    _wrong_host(builder, refusing_port())


def _started_host(code: str, start: Callable[[datetime], Awaitable[str]]) -> None:
    """Register the scenario in which the address leads to a host that is started with the sandbox."""

    def plant(builder: ScenarioBuilder) -> None:
        async def start_host(sandbox: Sandbox) -> None:
            _wrong_host(builder, await start(sandbox.clock.now()))

        builder.on_start(start_host)

    scenario(code)(plant)


_started_host("host-unreachable-tls", distrusted_host)
_started_host("host-unreachable-timeout", silent_host)

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
        user.lock_out.lock(sandbox.clock.now())


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
