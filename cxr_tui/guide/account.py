"""Step 1: the two accounts, and whether their hosts answer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cxr_tui.guide.clock_difference import report_clock
from cxr_tui.guide.evidence import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, outside, shown_on_screen
from cxr_tui.guide.hosts import GLOBAL, OTHER, PODS, audience_url, chosen_host, host_choice, login_url
from cxr_tui.guide.login_causes import login_cause
from cxr_tui.guide.rules import https_url, one_line, shown
from cxr_tui.guide.step import Check, Choice, Field, Kind, Note, Part, Product, Step
from cxr_tui.model.counting import counted
from cxr_tui.model.errors import (
    LoginBudgetSpentError,
    LoginRefusedError,
    OutsideError,
    ServiceFaultError,
)
from cxr_tui.model.finding import Outcome, Status
from cxr_tui.model.foreign import visible
from cxr_tui.model.logins import Result, result_of
from cxr_tui.model.values import Known, Value
from cxr_tui.model.visit import Site, Visit

RESPONSYS_SIGN_IN = "responsys"
IDENTITY_CLOUD = "identity-cloud"
_SERVER_ERROR = 500
_ADD_USER = ("Account", "User identity management", "Add user")
_DOCUMENTED_HOSTS = "Responsys REST API, Authentication endpoints (documented)"


def _sign_in_choices(_: Known) -> tuple[Choice, ...]:
    return (
        Choice(RESPONSYS_SIGN_IN, "Responsys", "Users are made under Account > User identity management"),
        Choice(IDENTITY_CLOUD, "Oracle Identity Cloud", "Users are made in Oracle Identity Cloud, not in Responsys"),
    )


def _host_choices(_: Known) -> tuple[Choice, ...]:
    pods = tuple(Choice(pod.id, f"Pod {pod.number}", pod.login) for pod in PODS)
    return (
        *pods,
        Choice(GLOBAL, "Global routing", "A host of the account's own, made from its routing token"),
        Choice(OTHER, "Another URL", "As the Account configuration page shows it"),
    )


def _host_from_url(known: Known) -> Value | None:
    return chosen_host(known) or None


def _url_applies(known: Known) -> bool:
    choice, read = chosen_host(known), known.text("account.login_url")
    return choice in ("", OTHER) or (read != "" and host_choice(read) == choice)


def _routing_token(value: Value, known: Known) -> str | None:
    return one_line(63)(value, known) or (
        None
        if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", str(value))
        else f"{shown(value)} cannot be part of a host name. Enter the token alone: letters, digits and hyphens."
    )


def _account_token(value: Value, known: Known) -> str | None:
    return https_url(value, known) if "://" in str(value) else _routing_token(value, known)


def _web_page(value: Value, known: Known) -> str | None:
    problem = one_line(300)(value, known)
    try:
        parts = urlsplit(str(value))
    except ValueError:
        parts = None
    if problem or parts is None or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return problem or f"{shown(value)} is no address of a page. Copy it from the browser, with https:// in front."
    return None


def _visits(known: Known) -> tuple[Visit, ...]:
    choice = chosen_host(known)
    reads_url = choice in ("", OTHER)
    return (
        Visit(
            Site.RESPONSYS,
            ("Account",),
            brings={"Account name": "account_name"},
            note="The summary shows the account name and the pod. The display name is something else.",
        ),
        Visit(
            Site.RESPONSYS,
            ("Account", "Global settings", "Account configuration"),
            brings={"Login host": "login_url"} if reads_url else {},
            note="Compare the login host with your choice; its number is the number of the pod.",
        ),
        Visit(
            Site.AUDIENCE,
            ("Account",),
            brings={"Account token": "audience_token"},
            note="The token is also the first part of the address at which you open CX Audience.",
        ),
        Visit(
            Site.COLLEAGUE,
            ("Ask for", "CX Audience API user"),
            brings={"User name": "audience_api_user", "Password": f"secret:{AUDIENCE_API_PASSWORD}"},
            note="Optional. With it the lists of CX Audience are read by machine; else you compare them yourself.",
        ),
        Visit(
            Site.COLLEAGUE,
            ("Ask for", "Responsys Connect API user"),
            brings={"User name": "connect_api_user", "Password": f"secret:{CONNECT_API_PASSWORD}"},
            note="Optional. With it jobs and runs are seen by machine. Never use the integration user for it.",
        ),
    )


async def _check(c: Check) -> Outcome:
    report = c.report
    if await _identity_cloud(c):
        report.fail(
            "identity-cloud-account",
            "The users of this account sign in through Oracle Identity Cloud.",
            "The Add user page that the next steps describe does not exist there, so they would lead nowhere.",
            "Let an identity administrator create the integration user in Oracle Identity Cloud and assign it to "
            "Responsys; then an Account Administrator gives it the roles. Ask Oracle Support how API users are set up "
            "for this account, and come back with a user that signs in with a Responsys password.",
        )
        return report.verified()
    url = login_url(c.known)
    c.progress(f"Calling {url}")
    login_answers = await _knock(c, "login-host", "The login host", url)
    report_clock(c)
    report.learn("url", url)
    address = audience_url(c.known.text("account.audience_token"))
    c.progress(f"Calling {address}")
    # Only an API user of CX Audience, which is optional, is ever logged in there.
    audience_answers = await _knock(c, "audience-host", "The host of CX Audience", address, Status.WARN)
    if audience_answers:
        await _audience_user(c)
    if login_answers:
        await _connect_user(c)
    return report.verified()


async def _identity_cloud(c: Check) -> bool:
    if c.known.text("account.sign_in") == IDENTITY_CLOUD:
        return True
    page = await shown_on_screen(c, Site.RESPONSYS, _ADD_USER)
    return page is not None and "Login name" not in page


async def _knock(c: Check, code: str, what: str, url: str, optional: Status | None = None) -> bool:
    """Report whether a host answers, and return it."""
    try:
        answer = await c.world.knock(url)
        if answer.status >= _SERVER_ERROR:
            raise ServiceFaultError(answer.status, f"{what} answered with an error")
    except OutsideError as error:
        outside(c.report, error, f"Calling {url}", first_contact=True, optional=optional)
        return False
    how = "over TLS" if answer.tls else "on this machine, as rehearsals do"
    onwards = f"; it sends browsers on to {visible(answer.location, 100)}, which is not followed"
    c.report.passed(f"{code}-answers", f"{what} answers {how}: {visible(url)}{onwards if answer.location else ''}")
    return True


async def _audience_user(c: Check) -> None:
    audience = c.world.audience()
    if audience is None:
        return
    doing = "Logging in as the CX Audience API user"
    c.progress(doing)
    try:
        await audience.login()
        doing = "Reading the lists of CX Audience"
        lists = await audience.lists()
    except OutsideError as error:
        outside(c.report, error, doing, product=Product.AUDIENCE, optional=Status.WARN)
        return
    names = [one.name for one in lists]
    c.report.passed(
        "audience-user-accepted",
        f"The CX Audience API user sees {counted(len(names), 'list')}: {visible(', '.join(names))}",
    )
    c.report.learn("audience_lists", names)


async def _connect_user(c: Check) -> None:
    connect = c.world.connect()
    if connect is None:
        return
    doing = "Logging in as the Connect API user"
    c.progress(doing)
    try:
        await connect.login()
        doing = "Reading the Connect jobs"
        jobs = await connect.connect_jobs()
    except (LoginRefusedError, LoginBudgetSpentError) as error:
        # Only a warning: this user is optional, and a wrong pod shows at the integration user for certain.
        why = "The name, the password or the login host is not right."
        remedy = "Compare all three with whoever gave them to you, or leave this user out."
        if isinstance(error, LoginRefusedError) and result_of(error) is not Result.REFUSED:
            cause = login_cause(error, Product.RESPONSYS)
            why, remedy = cause.why, cause.remedy
        seen = f"Logging in as the Connect API user: {visible(str(error))}"
        c.report.warn("connect-user-refused", seen, f"Jobs and runs will not be seen by machine. {why}", remedy)
    except OutsideError as error:
        outside(c.report, error, doing, optional=Status.WARN)
    else:
        c.report.passed("connect-user-accepted", f"The Connect API user sees {counted(len(jobs), 'Connect job')}.")


STEP = Step(
    id="account",
    title="Your two accounts",
    part=Part.PREPARE,
    product=Product.NONE,
    purpose="Say which Responsys account and which CX Audience account are to be joined, and where they are reached.",
    check=_check,
    fields=(
        Field(
            "account_name",
            "Account name",
            help="The exact name of the Responsys account, as the Account summary shows it. CX Audience compares it "
            "letter by letter.",
            source="Integrating with Responsys, Integration settings: Account Name (documented)",
            rule=one_line(100),
            brought=True,
        ),
        Field(
            "sign_in",
            "How do users of this account sign in?",
            Kind.CHOICE,
            help="Accounts that sign in through Oracle Identity Cloud create users there. If Add user under User "
            "identity management asks for a Login name, it is Responsys.",
            source="Responsys Help, Adding users with Oracle Identity Cloud (documented)",
            default=lambda _: RESPONSYS_SIGN_IN,
            choices=_sign_in_choices,
        ),
        Field(
            "login_host",
            "Login host",
            Kind.CHOICE,
            help="The pod on which the account lives; the Account summary shows its number. A right password at the "
            "wrong pod is refused as a wrong password.",
            source=_DOCUMENTED_HOSTS,
            default=_host_from_url,
            choices=_host_choices,
        ),
        Field(
            "routing_token",
            "Account token for global routing",
            help="The first part of the account's own host, before -api.responsys.ocs.oraclecloud.com.",
            source=_DOCUMENTED_HOSTS,
            rule=_routing_token,
            shown=lambda known: chosen_host(known) == GLOBAL and not known.has("account.login_url"),
        ),
        Field(
            "login_url",
            "Login URL",
            help="The login host as Account > Global settings > Account configuration shows it. The host alone, with "
            "https:// in front.",
            source=_DOCUMENTED_HOSTS,
            rule=https_url,
            shown=_url_applies,
            brought=True,
        ),
        Field(
            "audience_token",
            "CX Audience account token",
            help="It stands in the address of CX Audience. Its REST interface is at "
            "https://<token>-api.prod.cxaudience.ocs.oraclecloud.com.",
            source="CX Audience REST API, Send requests (documented)",
            rule=_account_token,
            brought=True,
        ),
        Field(
            "audience_api_user",
            "CX Audience API user",
            help="A user of CX Audience that may log in by REST. With it lists and members are compared by machine.",
            source="CX Audience REST API, Authentication (documented)",
            rule=one_line(100),
            optional=True,
            brought=True,
        ),
        Field(
            "audience_api_password",
            "Password of the CX Audience API user",
            Kind.SECRET,
            help="Kept in the keyring of this system only.",
            source="Asked by this wizard, to see what is otherwise hidden",
            rule=one_line(200),
            optional=True,
            brought=True,
            item=AUDIENCE_API_PASSWORD,
        ),
        Field(
            "connect_api_user",
            "Responsys Connect API user",
            help="A second API user that may use Connect, so that jobs and runs can be seen. The integration user "
            "itself must not have that role.",
            source="Responsys Advanced API, Connect jobs (documented); the role is inferred",
            rule=one_line(100),
            optional=True,
            brought=True,
        ),
        Field(
            "connect_api_password",
            "Password of the Connect API user",
            Kind.SECRET,
            help="Kept in the keyring of this system only.",
            source="Asked by this wizard, to see what is otherwise hidden",
            rule=one_line(200),
            optional=True,
            brought=True,
            item=CONNECT_API_PASSWORD,
        ),
        Field(
            "audience_page",
            "CX Audience in the browser",
            help="The address at which you open CX Audience, so that the wizard can open it at the steps there.",
            source="Asked by this wizard; Oracle documents no such address",
            rule=_web_page,
            optional=True,
        ),
    ),
    notes=(
        Note("You need an Account Administrator of Responsys and an account administrator of CX Audience."),
        Note("The three main tasks have to be done in the order in which they are shown here."),
        Note("Only addresses over TLS are used; the certificate is always verified."),
    ),
    visits=_visits,
)
