"""Step 6: Create, the welcome email, and the integration user's first password."""

from __future__ import annotations

from contextlib import suppress

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import LoginBudgetSpentError, LoginRefusedError, OutsideError
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.domain.password_policy import FORBIDDEN, defects, forbidden_characters
from cxr_tui.domain.schedule import UnknownZoneError, zone_of
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.catalog.errors import OF_THE_USER, budget_left, login_cause
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD, look, report_error
from cxr_tui.guide.checks.responsys_user import compare_account_name, compare_user, learn_existing
from cxr_tui.guide.definition import Check, Fact, Field, Kind, Note, Part, Product, Step, keys_of
from cxr_tui.guide.forms.login_hosts import all_login_hosts
from cxr_tui.guide.forms.password import RESET_PATH, RESET_SUBJECT, password_by_email
from cxr_tui.guide.forms.schedule import zone_unknown
from cxr_tui.guide.screens import ADD_USER, user_page


def password_rule(value: Value, known: Known) -> str | None:
    """Return what is wrong with a new password, without showing it."""
    if not isinstance(value, str) or not value:
        return "Enter the password as text."
    if wanting := defects(Secret(value)):
        return f"The password needs: {', '.join(wanting)}."
    login_name = known.text("add-user.login_name").casefold()
    if login_name and value.casefold() in (login_name, login_name[::-1]):
        return "The password is the user name or its reverse. Choose another."
    return None


def _visits(known: Known) -> tuple[Visit, ...]:
    login_name = known.text("add-user.login_name")
    if login_name and known.text("first-password.exists") == login_name:
        path, button, subject = user_page(login_name), "Reset password", RESET_SUBJECT
        note = (
            "The user already exists. An Account Administrator resets the password; the email lets you set a new one "
            "without logging in."
        )
    else:
        path, button, subject = ADD_USER, "Create", "Welcome to Oracle Responsys"
        note = "Go back to the top of the page: the Create button is there."
    first = Visit(Site.RESPONSYS, path, press=(button,), note=note)
    return password_by_email(first, subject, known.text("add-user.email"), login_name, RESPONSYS_PASSWORD)


async def _check(c: Check) -> Outcome:
    report, known = c.report, c.known
    login_name = known.text("add-user.login_name")
    await learn_existing(c, login_name)
    getting = c.world.credentials.get(RESPONSYS_PASSWORD)
    secret = await look(c, "Reading the password from the keyring", getting, optional=None)
    if secret is None:
        return report.verified()
    found = forbidden_characters(secret.reveal())
    if found:
        report.fail(
            "password-characters",
            f"The password contains {' '.join(found)}. No login was tried with it.",
            "API clients send passwords as form data, and these characters may be altered on the way.",
            f"Change it in Responsys to one without {' '.join(FORBIDDEN)}: {RESET_PATH}. Enter the new one here.",
        )
        return report.verified()
    doing = "Logging in as the integration user"
    c.progress(doing)
    user = c.world.responsys()
    try:
        await user.login()
        doing = "Reading the integration user's own data"
        info = await user.user_info()
    except LoginRefusedError as error:
        await _refused(c, error, login_name)
        return report.verified()
    except OutsideError as error:
        report_error(report, error, doing)
        return report.verified()
    report.learn("exists", login_name)
    accepted = info.user_name or login_name
    report.passed("login-accepted", f"Responsys accepts {accepted} with the stored password.")
    compare_account_name(report, known.text("account.account_name"), info.account_name)
    compare_user(report, known, info)
    try:
        zone_of(info.time_zone)
        report.passed("time-zone-known", f"Account time zone: {info.time_zone}")
    except UnknownZoneError:
        report.warn(
            "time-zone-unknown",
            zone_unknown(info.time_zone),
            "Jobs run in this time zone, so the wizard cannot predict when a run is due.",
            "Continue. Completed Jobs shows the times of the runs.",
        )
    for name in ("account_name", "time_zone", "email", "created"):
        report.learn(name, getattr(info, name))
    with suppress(OutsideError):  # step 4 checks the roles; later steps offer the names
        report.learn("lists", [one.name for one in await user.lists()])
    return report.verified()


async def _refused(c: Check, error: LoginRefusedError, login_name: str) -> None:
    """Report the cause of a refused login, without repeating it."""
    if result_of(error) is not Result.REFUSED:
        if login_cause(error, Product.RESPONSYS).code in OF_THE_USER:
            c.report.learn("exists", login_name)
        report_error(c.report, error, f"Logging in as {login_name}")
        return
    seen = f"Logging in as {login_name}: {error}"
    host_is_right = await _host_is_right(c)
    if host_is_right is False:
        c.report.fail(
            "wrong-login-host",
            f"{seen}. This host refuses the Connect API user too.",
            "Probably this is the host of another pod, which knows neither user and answers as to a wrong password. "
            f"{budget_left(error)}",
            "Compare the login host of step 1 with Account > Global settings > Account configuration. The hosts are "
            f"{all_login_hosts()}. If the host is right, check that the temporary password was replaced, then enter "
            "the password again.",
            at="account",
            hard_stop=True,
        )
    elif host_is_right is None or c.known.has("first-password.created"):
        report_error(c.report, error, f"Logging in as {login_name}")
    else:
        c.report.learn("exists", login_name)
        c.report.fail(
            "temporary-password",
            f"{seen}. The host is right: the Connect API user can log in there.",
            "Responsys refuses this password. Probably the temporary password from the email was never replaced; it "
            f"can only be used to set a new one. {budget_left(error)}",
            "Open the email, enter the temporary password on the Change password page, and click Change password. If "
            f"you get ui.authentication.login.browserLoginNotAllowed, or the email is gone: {RESET_PATH}. The new "
            "email lets you set a password without logging in.",
            hard_stop=True,
        )


async def _host_is_right(c: Check) -> bool | None:
    """Report whether the same host knows the Connect API user of the same account; None: no evidence."""
    connect = c.world.connect()
    if connect is None:
        return None
    try:
        await connect.login()
    except LoginBudgetSpentError as error:
        return False if error.refusals else None
    except OutsideError as error:
        return False if result_of(error) is Result.REFUSED else None
    return True


STEP = Step(
    id="first-password",
    title="First password",
    part=Part.RESPONSYS,
    product=Product.RESPONSYS,
    purpose="Create the user and replace the temporary password from the welcome email. From here on the wizard can "
    "log in as this user.",
    check=_check,
    source="Integrating with Responsys, create a CX Audience-specific user, steps 7 and 8 (documented)",
    fields=(
        Field(
            "new_password",
            "New password",
            Kind.SECRET,
            help="Stored only in this computer's keyring. Do not use + & or %. Your account may require lower and "
            "upper case letters, a number, a special character, no number first or last. The user name and its reverse "
            "are never allowed. Use at least 12 characters.",
            source="Responsys Help, Password requirements (documented); + & % after Oracle Integration, Responsys "
            "Adapter, Prerequisites (documented)",
            rule=password_rule,
            item=RESPONSYS_PASSWORD,
        ),
    ),
    notes=(
        Note(
            "Choose a password without + & or %. Many accounts require lower and upper case letters, a number and a "
            "special character, and no number first or last."
        ),
        Note("Make note of this password: you need it in CX Audience (step 8). The wizard keeps it in the keyring."),
        Note("The user cannot be used until the recipient of the email has changed the temporary password."),
        Note(
            "This user cannot open the Responsys interface, which shows "
            "ui.authentication.login.browserLoginNotAllowed. If you get this error while setting the password, ask an "
            "Account Administrator to reset it; the email then lets you set it without logging in."
        ),
        Note(
            "Five failed logins lock the user (by default for 60 minutes). The wizard never repeats a refused login.",
            warning=True,
        ),
        Note("When this password is changed in Responsys, it must be changed in CX Audience too.", warning=True),
    ),
    facts=(
        Fact("exists", "User that exists", "Responsys"),
        Fact("account_name", "Account name in Responsys", "Responsys"),
        Fact("time_zone", "Time zone of the account", "Responsys"),
        Fact("email", "Email address of the user", "Responsys"),
        Fact("created", "User created", "Responsys"),
        Fact("lists", "Lists that the user sees", "Responsys"),
    ),
    visits=_visits,
    rests_on=(
        *keys_of("account", "account_name", "url"),
        *keys_of("add-user", "login_name", "email"),
        *keys_of("first-password", "exists", "created"),
    ),
)
