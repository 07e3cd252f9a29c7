"""What Responsys reports for the integration user, compared with the entries of several steps."""

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
    """Learn, where the operator can look, that the user exists: the instruction then edits it.

    Return what the user's page shows, nothing where only a person can look.
    """
    page = await shown_on_screen(c, Site.RESPONSYS, user_page(login_name))
    if page:
        c.report.learn("exists", login_name)
    return page or {}


async def logged_in_user(c: Check) -> Responsys | None:
    """Return Responsys as the integration user once a login works, else None.

    The steps before the password are only confirmed until then. Step 6 judges a refused login or a failed call, so
    here it takes no confirmation back. This reads the user instead of logging in: the gateway may then answer from
    memory without another refusal.
    """
    user = await integration_user(c)
    if user is None:
        return None
    doing = "Reading the integration user's own data"
    c.progress(doing)
    try:
        await user.user_info()
    except (LoginRefusedError, LoginBudgetSpentError) as error:
        c.report.unknown(
            "login-not-accepted-yet",
            f"Logging in as the integration user: {error}",
            "This step can be verified only after a login; step 6 shows what is wrong with it.",
        )
        return None
    except OutsideError as error:
        report_error(c.report, error, doing, optional=Status.UNKNOWN)
        return None
    return user


def compare_account_name(report: Report, wanted: str, found: str) -> bool:
    """Compare the account name exactly and return whether it is the same."""
    return compare(
        report,
        "Account name",
        wanted,
        found,
        equal="account-name-equal",
        differs="account-name-mismatch",
        why="CX Audience needs the exact account name: not the display name, and with the same case and spaces.",
        remedy=f"Use {quoted(found)} as the account name at step 1.",
        fix=Fix(f"Use {quoted(found, 80)}", {"account.account_name": found}),
        at="account",
    )


def compare_email(report: Report, wanted: str, found: str) -> bool:
    """Compare the user's address, ignoring case, and return whether it is the same."""
    return compare(
        report,
        "Email address of the user",
        wanted,
        found if found.casefold() != wanted.casefold() else wanted,
        equal="user-email-equal",
        differs="user-email-mismatch",
        why="Responsys sends the welcome email and every password reset to its own address for this user; CX Audience "
        "gets a different one.",
        remedy=f"Use the address that Responsys has, or change it there: {USER_MANAGEMENT}, the user, Email address, "
        "Save.",
        fix=Fix(f"Use {quoted(found, 80)}", {"add-user.email": found}),
        at="add-user",
    )


def compare_locale(report: Report, info: UserInfo) -> bool:
    """Report whether the user's locale is English, and return whether it is known to be."""
    if not info.locale:
        not_reported(report, "User locale")
        return False
    if info.locale.casefold().startswith("en"):
        report.passed("user-locale-english", f"User locale: {info.locale}")
        return True
    report.fail(
        "user-locale",
        f"User locale: {info.locale}.",
        "The procedure asks for English.",
        f"{USER_MANAGEMENT}, the user: set User locale to English and click Save.",
        at="add-user",
    )
    return False


def compare_login_name(report: Report, wanted: str, info: UserInfo) -> bool:
    """Compare the login name, ignoring case, and return whether it is the same."""
    found = info.user_name if info.user_name.casefold() != wanted.casefold() else wanted
    return compare(
        report,
        "Login name",
        wanted,
        found,
        equal="user-exists",
        differs="user-name-mismatch",
        why="This login belongs to a different user.",
        remedy="Enter the login name as User management shows it.",
        fix=Fix(f"Use {quoted(info.user_name, 80)}", {"add-user.login_name": info.user_name}),
    )
