"""Scenarios of the integration user: its roles, its organization, what is typed into its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.responsys.account import ADMINISTRATOR, CONNECT_USER, User, UserStatus
from cxr_tui.sandbox.scenarios.builder import Moment, ScenarioBuilder, change_after, scenario
from cxr_tui.sandbox.scenarios.mistakes import entering, mistake, with_line, without_line

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_ADD_USER = ("Account", "User identity management", "Add user")
_USER = ("Account", "User identity management", "User management", "*")
_ROLES, _LOCALE = "Functional roles", "User locale"
BUTTON = "Change password"
CHANGE_PASSWORD = Moment("responsys", (BUTTON,), (BUTTON,))
"""The page behind the link of the mail, and its button; with it the user begins to work."""
PASSWORD = "password"  # nosec B105  # noqa: S105 - the name of a turn
"""What happens to a new password; a reset ends all of it at once, so each happens to another password."""


def integration_users(sandbox: Sandbox) -> list[User]:
    """Return the users that were made since the sandbox began."""
    account = sandbox.responsys.account
    return [user for user in account.users.values() if user.login_name not in (ADMINISTRATOR, CONNECT_USER)]


for _code, _altered in {
    "missing-list-role": without_line(_ROLES, "List Web Services Manager"),
    "missing-table-role": without_line(_ROLES, "Table Web Services Manager"),
    "extra-role": with_line(_ROLES, "Campaign Web Services Manager"),
}.items():
    mistake(_code, "responsys", (*_ADD_USER, "Role Assignment"), _ROLES, _altered)

_ORGANIZATION = (*_ADD_USER, "Organization Assignment")
mistake("organization-not-root", "responsys", _ORGANIZATION, "Organization", entering("Organization", "Root/Outlet"))


@scenario("user-locale")
def _user_locale(builder: ScenarioBuilder) -> None:
    """Let the person take the locale for that of the reader of the mail."""
    for path in (_ADD_USER, _USER):
        moment = Moment("responsys", path, (_LOCALE,), until_explained=builder.code)
        builder.input_mistake(moment, entering(_LOCALE, "German"))


@scenario("user-email-mismatch")
def _user_email_mismatch(builder: ScenarioBuilder) -> None:
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
        user.status = UserStatus.SUSPENDED
