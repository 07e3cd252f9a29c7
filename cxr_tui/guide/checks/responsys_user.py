"""What Responsys tells of the integration user, compared with what was answered; several steps ask for it."""

from __future__ import annotations

from collections.abc import Mapping

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import LoginBudgetSpentError, LoginRefusedError, OutsideError
from cxr_tui.domain.finding import Fix, Report, Status
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import UserInfo
from cxr_tui.domain.text import quoted
from cxr_tui.guide.checks.common import compare, integration_user, not_reported, report_error
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.definition import Check
from cxr_tui.guide.screens import USER_MANAGEMENT, user_page


async def learn_existing(c: Check, login_name: str) -> Mapping[str, Value]:
    """Learn, where an operator can look, that the user was created: then the instruction corrects it instead.

    Return what the user's page shows, nothing where nobody can look.
    """
    page = await shown_on_screen(c, Site.RESPONSYS, user_page(login_name))
    if page:
        c.report.learn("exists", login_name)
    return page or {}


async def logged_in_user(c: Check) -> Responsys | None:
    """Return Responsys as the integration user once a login works, else None.

    The steps before the password rest on a person's word until then. A refused login, or a call that does not get
    through, is for the step of the password to judge, so here it takes no word back. The user is asked for, not a
    login: the gateway may answer from memory then instead of spending another refusal.
    """
    user = await integration_user(c)
    if user is None:
        return None
    doing = "Asking Responsys for the integration user's own data"
    c.progress(doing)
    try:
        await user.user_info()
    except (LoginRefusedError, LoginBudgetSpentError) as error:
        c.report.unknown(
            "login-not-accepted-yet",
            f"Logging in as the integration user: {error}",
            "Evidence for this step needs a login; the step of the password tells what is wrong with it.",
        )
        return None
    except OutsideError as error:
        report_error(c.report, error, doing, optional=Status.UNKNOWN)
        return None
    return user


def compare_email(report: Report, wanted: str, info: UserInfo) -> bool:
    """Compare the user's address without regard to case and return whether it is the same."""
    found = info.email if info.email.casefold() != wanted.casefold() else wanted
    return compare(
        report,
        "Email address of the user",
        wanted,
        found,
        equal="user-email-equal",
        differs="user-email-mismatch",
        why="The welcome mail and every password reset go to the address that Responsys has, and CX Audience is told "
        "the other one.",
        remedy=f"Use the address that Responsys has, or correct it there: {USER_MANAGEMENT}, the user, Email address, "
        "Save.",
        fix=Fix(f"Use the address of Responsys, {quoted(info.email, 80)}", {"add-user.email": info.email}),
        at="add-user",
    )


def compare_locale(report: Report, info: UserInfo) -> bool:
    """Report whether the user's locale is English, and say whether it is known to be."""
    if not info.locale:
        not_reported(report, "User locale")
        return False
    if info.locale.casefold().startswith("en"):
        report.passed("user-locale-english", f"User locale: {info.locale}")
        return True
    report.fail(
        "user-locale",
        f"User locale: {info.locale}, and English is wanted.",
        "The procedure wants English. This user never opens the interface, so nobody misses another language.",
        f"{USER_MANAGEMENT}, the user: set User locale to English and press Save.",
        at="add-user",
    )
    return False


def compare_login_name(report: Report, wanted: str, info: UserInfo) -> bool:
    """Compare the login name without regard to case and return whether it is the same."""
    found = info.user_name if info.user_name.casefold() != wanted.casefold() else wanted
    return compare(
        report,
        "Login name",
        wanted,
        found,
        equal="user-exists",
        differs="user-name-mismatch",
        why="The login belongs to another user than the one that was made for the integration.",
        remedy="Enter the login name as User management shows it.",
        fix=Fix(f"Use {quoted(info.user_name, 80)}", {"add-user.login_name": info.user_name}),
    )
