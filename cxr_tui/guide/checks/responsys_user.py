"""What Responsys reports for the integration user, compared with the entries of several steps."""

from __future__ import annotations

from collections.abc import Mapping

from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import LoginBudgetSpentError, LoginRefusedError, OutsideError
from cxr_tui.domain.finding import Fix, Report, Status
from cxr_tui.domain.instruction import Mismatch, Site, Typed, Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import UserInfo
from cxr_tui.domain.text import quoted
from cxr_tui.guide.checks.common import integration_user, report_error
from cxr_tui.guide.checks.sandbox_screen import shown_on_screen
from cxr_tui.guide.definition import Check
from cxr_tui.guide.screens import ADD_USER, USER_MANAGEMENT, user_page


async def learn_existing(c: Check, login_name: str) -> None:
    """Learn, where the operator can look, that the user exists: the instruction then edits it."""
    if await shown_on_screen(c, Site.RESPONSYS, user_page(login_name)):
        c.report.learn("exists", login_name)


def user_screen(
    known: Known,
    step_id: str,
    tab: tuple[str, ...],
    entries: Mapping[str, Typed],
    mismatches: Mapping[str, Mismatch] | None = None,
    *,
    new: Mapping[str, Typed] | None = None,
    note: str,
) -> Visit:
    """Return the visit of a part of the user's page: of Add user until the user exists, then of User management.

    `new` and `note` are entries and advice for a new user only.
    """
    login_name = known.text("add-user.login_name")
    if login_name and known.text(f"{step_id}.exists") == login_name:
        path, advice = (*user_page(login_name), *tab), "" if tab else "The user already exists. Edit it."
        return Visit(Site.RESPONSYS, path, entries, ("Save",), note=advice, mismatches=mismatches or {})
    return Visit(Site.RESPONSYS, (*ADD_USER, *tab), {**(new or {}), **entries}, note=note)


async def existing_user(c: Check) -> Responsys | None:
    """Return the integration user once a login works, and learn that it exists if that, or its page, shows it.

    The steps before the password are only confirmed until then. Step 6 judges a refused login or a failed call, so
    here it takes no confirmation back. This reads the user instead of logging in: the gateway may then answer from
    memory without another refusal.
    """
    login_name = c.known.text("add-user.login_name")
    await learn_existing(c, login_name)
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
    c.report.learn("exists", login_name)
    return user


def compare_account_name(report: Report, wanted: str, found: str) -> None:
    """Compare the account name exactly."""
    if seen := _difference(report, "Account name", wanted, found, equal="account-name-equal"):
        report.fail(
            "account-name-mismatch",
            seen,
            "CX Audience needs the exact account name: not the display name, and with the same case and spaces.",
            f"Use {quoted(found)} as the account name at step 1.",
            Fix(f"Use {quoted(found, 80)}", {"account.account_name": found}),
            at="account",
        )


def compare_email(report: Report, wanted: str, found: str) -> None:
    """Compare the user's address, ignoring case."""
    what, same = "Email address of the user", found.casefold() == wanted.casefold()
    if seen := _difference(report, what, wanted, wanted if same else found, equal="user-email-equal"):
        report.fail(
            "user-email-mismatch",
            seen,
            "Responsys sends the welcome email and every password reset to its own address for this user; CX Audience "
            "gets a different one.",
            f"Use the address that Responsys has, or change it there: {USER_MANAGEMENT}, the user, Email address, "
            "Save.",
            Fix(f"Use {quoted(found, 80)}", {"add-user.email": found}),
            at="add-user",
        )


def compare_user(report: Report, known: Known, info: UserInfo) -> None:
    """Compare login name, address and locale of the user with the entries of step 3."""
    wanted, found = known.text("add-user.login_name"), info.user_name
    same = found.casefold() == wanted.casefold()
    if seen := _difference(report, "Login name", wanted, wanted if same else found, equal="user-exists"):
        report.fail(
            "user-name-mismatch",
            seen,
            "This login belongs to a different user.",
            "Enter the login name as User management shows it.",
            Fix(f"Use {quoted(found, 80)}", {"add-user.login_name": found}),
        )
    compare_email(report, known.text("add-user.email"), info.email)
    if not info.locale:
        _not_reported(report, "User locale")
    elif info.locale.casefold().startswith("en"):
        report.passed("user-locale-english", f"User locale: {info.locale}")
    else:
        report.fail(
            "user-locale",
            f"User locale: {info.locale}.",
            "The procedure asks for English.",
            f"{USER_MANAGEMENT}, the user: set User locale to English and click Save.",
            at="add-user",
        )


def _difference(report: Report, what: str, wanted: str, found: str, *, equal: str) -> str:
    """Report a value that is as entered, or that Responsys leaves out; return a sentence on any other."""
    if not found:
        _not_reported(report, what)
    elif wanted == found:
        report.passed(equal, f"{what}: {found}")
    else:
        return f"{what}: {quoted(found)} was found, {quoted(wanted)} was entered."
    return ""


def _not_reported(report: Report, what: str) -> None:
    """Report a value that cannot be compared; this stops no step."""
    report.warn(
        "not-reported",
        f"{what}: Responsys does not report it.",
        "It could not be compared with your entry.",
        "Compare your entry with the screen of the product.",
    )
