"""Step 1: the two accounts, and whether their hosts answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlsplit

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import LoginBudgetSpentError, LoginRefusedError, OutsideError, ServiceFaultError
from cxr_tui.domain.finding import Outcome, Status
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.text import counted, quoted
from cxr_tui.domain.url_policy import host_of, is_loopback
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.guide.checks.clock_difference import report_clock
from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, look, report_error
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.checks.sftp_key import OWN_SSH_KEY
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind, Note, Part, Product, Step
from cxr_tui.guide.forms.login_hosts import (
    GLOBAL,
    OTHER,
    PODS,
    audience_token,
    audience_url,
    chosen_host,
    host_choice,
    login_url,
    plain,
    pod_of_browser,
)
from cxr_tui.guide.forms.validators import https_url, one_line, rule_of_line
from cxr_tui.guide.help_links import INTEGRATING
from cxr_tui.guide.screens import ADD_USER

RESPONSYS_SIGN_IN = "responsys"
IDENTITY_CLOUD = "identity-cloud"
_SERVER_ERROR = 500
_WARN = Status.WARN
"""How what is optional fails."""
_IN_THE_CLOUD = "The users of this account sign in through Oracle Identity Cloud."
_NO_ADD_USER = "Such an account has no Add user page as step 3 describes it."
_CLOUD_WAY = (
    "Continue: at step 3 an identity administrator creates the integration user in Oracle Identity Cloud and assigns "
    "it to Responsys; steps 4 and 5 stay with an Account Administrator of Responsys. Ask Oracle Support how API users "
    "of this account log in: Oracle does not document this for the integration."
)
_DOCUMENTED_HOSTS = "Responsys REST API, Authentication endpoints (documented)"


def _url_applies(known: Known) -> bool:
    choice, read = chosen_host(known), known.text("account.login_url")
    return choice == OTHER or (read != "" and host_choice(read) == choice)


def _login_url(value: Value, known: Known) -> str | None:
    pod = pod_of_browser(str(value))
    if pod is not None:
        return (
            f"{quoted(value)} is the address for the browser. The login host of this pod is {pod.login}: enter it, "
            f"or choose Pod {pod.number}."
        )
    return https_url(value, known)


@rule_of_line(63)
def _routing_token(text: str) -> str | None:
    if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", text):
        return None
    return f"{quoted(text)} cannot be part of a host name. Enter only the token: letters, digits and hyphens."


def _account_token(value: Value, known: Known) -> str | None:
    text = str(value)
    if not set(text) & set(".:@"):
        return _routing_token(value, known)
    if is_loopback(host_of(text)) or "@" in text:
        return https_url(value, known)
    token = audience_token(text)
    if token and plain(text) == audience_url(token):
        return https_url(value, known)
    if token:
        return (
            f"{quoted(value)} is the address for the browser. Enter only the account token, probably {quoted(token)}."
        )
    return f"{quoted(value)} is not a CX Audience address. Enter only the account token, the first part of the address."


@rule_of_line(300)
def _web_page(text: str) -> str | None:
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc:
            return None
    return f"{quoted(text)} is not a web address. Copy it from the browser, with https:// in front."


def _visits(known: Known) -> tuple[Visit, ...]:
    choice = chosen_host(known)
    reads_url = choice in ("", OTHER)
    return (
        Visit(
            Site.RESPONSYS,
            ("Account",),
            brings={"Account name": "account_name"},
            note="The summary shows the account name and the pod. Do not use the display name.",
        ),
        Visit(
            Site.RESPONSYS,
            ("Account", "Global settings", "Account configuration"),
            brings={"Login host": "login_url"} if reads_url else {},
            note="Oracle documents this page for the web services end point. Check that the host fits the pod you "
            "chose; if none of the pods fits, choose Another URL and enter the login host.",
            undocumented=("Login host",),
        ),
        Visit(
            Site.AUDIENCE,
            ("Account",),
            brings={"Account token": "audience_token"},
            note="Optional, for the two checks by API below. The token is the first part of the address at which you "
            "open CX Audience.",
            undocumented=("Account token",),
        ),
        Visit(
            Site.COLLEAGUE,
            ("CX Audience API user",),
            brings={"User name": "audience_api_user", "Password": f"secret:{AUDIENCE_API_PASSWORD}"},
            note="Optional. With this user the wizard reads the CX Audience lists; without it you compare them "
            "yourself. Oracle does not say which rights it needs.",
        ),
        Visit(
            Site.COLLEAGUE,
            ("Responsys Connect API user",),
            brings={"User name": "connect_api_user", "Password": f"secret:{CONNECT_API_PASSWORD}"},
            note="Optional. With this user the wizard sees jobs and runs. Do not use the integration user.",
        ),
    )


async def _check(c: Check) -> Outcome:
    report = c.report
    if c.known.text("account.sign_in") == IDENTITY_CLOUD:
        report.warn("identity-cloud-account", _IN_THE_CLOUD, _NO_ADD_USER, _CLOUD_WAY)
    elif (page := await shown_on_screen(c, Site.RESPONSYS, ADD_USER)) is not None and "Login name" not in page:
        remedy = f"Choose Oracle Identity Cloud here. {_CLOUD_WAY}"
        report.fail("identity-cloud-account", _IN_THE_CLOUD, _NO_ADD_USER, remedy)
        return report.verified()
    url = login_url(c.known)
    c.progress(f"Calling {url}")
    login_answers = await _probe_host(c, "login-host", "The login host", url)
    report_clock(c)
    report.learn("url", url)
    address = audience_url(c.known.text("account.audience_token"))
    if address:
        c.progress(f"Calling {address}")
        # Only the CX Audience API user, which is optional, logs in there.
        if await _probe_host(c, "audience-host", "The host of CX Audience", address, _WARN):
            await _audience_user(c)
    elif c.known.has("account.audience_api_user"):
        report.warn(
            "audience-token-missing",
            "There is a CX Audience API user, but no account token.",
            "The wizard cannot reach CX Audience without the token, so it does not use this user.",
            "Enter the CX Audience account token, or clear the user.",
        )
    if login_answers:
        await _connect_user(c)
    return report.verified()


async def _probe_host(c: Check, code: str, what: str, url: str, optional: Status | None = None) -> bool:
    """Report whether a host answers, and return it."""
    try:
        answer = await c.world.probe_host(url)
        if answer.status >= _SERVER_ERROR:
            raise ServiceFaultError(answer.status, f"{what} answered with an error")
    except OutsideError as error:
        report_error(c.report, error, f"Calling {url}", first_contact=True, optional=optional)
        return False
    how = "over TLS" if answer.tls else "on this computer, as in a rehearsal"
    onwards = f"; it redirects to {answer.location}, which the wizard does not follow"
    c.report.passed(f"{code}-answers", f"{what} answers {how}: {url}{onwards if answer.location else ''}")
    return True


async def _audience_user(c: Check) -> None:
    audience = c.world.audience()
    if audience is None or not await _logged_in(c, "CX Audience API user", audience.login, Product.AUDIENCE):
        return
    reading = look(c, "Reading the lists of CX Audience", audience.lists(), product=Product.AUDIENCE, optional=_WARN)
    if (lists := await reading) is not None:
        names = [one.name for one in lists]
        seen = f"The CX Audience API user sees {counted(len(names), 'list')}: {', '.join(names)}"
        c.report.passed("audience-user-accepted", seen)
        c.report.learn("audience_lists", names)


async def _connect_user(c: Check) -> None:
    connect = c.world.connect()
    if connect is not None and await _logged_in(c, "Connect API user", connect.login, refused="connect-user-refused"):
        jobs = await look(c, "Reading the Connect jobs", connect.connect_jobs(), optional=_WARN)
        if jobs is not None:
            seen = f"The Connect API user sees {counted(len(jobs), 'Connect job')}."
            c.report.passed("connect-user-accepted", seen)


async def _logged_in(
    c: Check,
    name: str,
    login: Callable[[], Awaitable[None]],
    product: Product = Product.RESPONSYS,
    *,
    refused: str = "",
) -> bool:
    """Return whether an optional API user can log in; a failure is only a warning.

    A refused login has the code `refused`, if given: whether its cause also stops the integration user shows at step 6.
    """
    doing = f"Logging in as the {name}"
    c.progress(doing)
    try:
        await login()
    except OutsideError as error:
        if refused and isinstance(error, LoginRefusedError | LoginBudgetSpentError):
            cause = cause_of(error, product, first_contact=False)
            c.report.warn(refused, f"{doing}: {error}", cause.why, cause.remedy)
        else:
            report_error(c.report, error, doing, product=product, optional=_WARN)
        return False
    return True


STEP = Step(
    id="account",
    title="Your two accounts",
    part=Part.PREPARE,
    product=Product.NONE,
    purpose="Name the Responsys account to integrate with CX Audience. You get campaign behavioral data for your "
    "Responsys-integrated Customer Data List, and publish audiences to Responsys for campaigns and programs.",
    check=_check,
    fields=(
        Field(
            "account_name",
            "Account name",
            help="The exact name of the Responsys account, as the Account summary shows it, not the display name. "
            "Upper and lower case matter.",
            source="Integrating with Responsys, Integration settings: Account Name (documented)",
            rule=one_line(100),
            brought=True,
        ),
        Field(
            "sign_in",
            "How do users sign in to Responsys?",
            Kind.CHOICE,
            help="If Account > User identity management > Add user has a Login name field, choose Responsys. Accounts "
            "that sign in through Oracle Identity Cloud create users there.",
            source="Responsys Help, Adding users with Oracle Identity Cloud (documented)",
            default=RESPONSYS_SIGN_IN,
            choices=(
                Choice(RESPONSYS_SIGN_IN, "Responsys", "Users are created under Account > User identity management"),
                Choice(
                    IDENTITY_CLOUD,
                    "Oracle Identity Cloud",
                    "Users are created in Oracle Identity Cloud; the wizard shows what differs",
                ),
            ),
        ),
        Field(
            "login_host",
            "Login host",
            Kind.CHOICE,
            help="The pod of the account. The Account summary shows its number, and so does the address at which you "
            "open Responsys in the browser. At the wrong pod even the correct password is probably refused.",
            source=_DOCUMENTED_HOSTS,
            default=chosen_host,
            choices=(
                *(
                    Choice(
                        pod.id, f"Pod {pod.number} ({host_of(pod.login)})", f"In the browser: {host_of(pod.browser)}"
                    )
                    for pod in PODS
                ),
                Choice(
                    GLOBAL, "Global routing", "The account has its own host: <token>-api.responsys.ocs.oraclecloud.com"
                ),
                Choice(OTHER, "Another URL", "Enter it below, as Account configuration shows it"),
            ),
        ),
        Field(
            "routing_token",
            "Account token for global routing",
            help="The first part of the account's host, before -api.responsys.ocs.oraclecloud.com.",
            source=_DOCUMENTED_HOSTS,
            rule=_routing_token,
            shown=lambda known: chosen_host(known) == GLOBAL and not known.has("account.login_url"),
        ),
        Field(
            "login_url",
            "Login URL",
            help="The login host as Account > Global settings > Account configuration shows it: https:// and the host, "
            "no path. The address for the browser (interact…) is different.",
            source=_DOCUMENTED_HOSTS,
            rule=_login_url,
            shown=_url_applies,
            brought=True,
        ),
        Field(
            "audience_token",
            "CX Audience account token",
            help="The first part of the address at which you open CX Audience. The procedure does not need it; the "
            "wizard reaches https://<token>-api.prod.cxaudience.ocs.oraclecloud.com with it.",
            source="CX Audience REST API, Send requests (documented)",
            rule=_account_token,
            optional=True,
            brought=True,
        ),
        Field(
            "audience_api_user",
            "CX Audience API user",
            help="A CX Audience user with REST API access. With it the wizard compares lists and profiles.",
            source="CX Audience REST API, Authentication (documented)",
            rule=one_line(100),
            optional=True,
            brought=True,
        ),
        Field(
            "audience_api_password",
            "Password of the CX Audience API user",
            Kind.SECRET,
            help="Stored only in this computer's keyring.",
            source="Not part of Oracle's procedure; lets the wizard verify more",
            rule=one_line(200),
            optional=True,
            brought=True,
            item=AUDIENCE_API_PASSWORD,
        ),
        Field(
            "connect_api_user",
            "Responsys Connect API user",
            help="A second API user with access to Connect (Data Director role). With it the wizard sees jobs and "
            "runs. Do not give this role to the integration user.",
            source="Responsys Advanced API, Connect jobs (documented); the role is inferred",
            rule=one_line(100),
            optional=True,
            brought=True,
        ),
        Field(
            "connect_api_password",
            "Password of the Connect API user",
            Kind.SECRET,
            help="Stored only in this computer's keyring.",
            source="Not part of Oracle's procedure; lets the wizard verify more",
            rule=one_line(200),
            optional=True,
            brought=True,
            item=CONNECT_API_PASSWORD,
        ),
        Field(
            "audience_page",
            "CX Audience in the browser",
            help="The address at which you open CX Audience. The wizard opens it at the steps there.",
            source="Not part of Oracle's procedure; Oracle documents no such address",
            rule=_web_page,
            optional=True,
        ),
    ),
    notes=(
        Note(
            "You need Account Administrator access to both products, a user with the Data Director role in Responsys "
            "(step 11 on), and access to My Oracle Support."
        ),
        Note(
            "Two service requests take days: Audience Designer (step 2), and the Responsys file server as External "
            "SFTP Server (step 18; its values are known at step 13)."
        ),
        Note(
            "Optional, and slow (7 to 10 business days): your own SSH key. With it the wizard looks at the exported "
            f"files from step 13 on. {OWN_SSH_KEY}"
        ),
        Note("The three main tasks must be completed in the order shown."),
        Note("The wizard connects only over TLS and always verifies certificates."),
    ),
    links=(INTEGRATING,),
    facts=(
        Fact("url", "Login URL that answers"),
        Fact("audience_lists", "Lists in CX Audience", "CX Audience"),
    ),
    visits=_visits,
)
