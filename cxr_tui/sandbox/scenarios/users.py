"""Faults of the integration user: its roles, its organization, what is typed into its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.responsys.account import User, UserStatus
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, scenario
from cxr_tui.sandbox.scenarios.mistakes import entering, mistake, with_line, without_line

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_ADD_USER = ("Account", "User identity management", "Add user")
_USER = ("Account", "User identity management", "User management", "*")
_ROLES = "Functional roles"
CHANGE_PASSWORD = ("Change password",)
"""The page behind the link of the mail, and its button; with it the user begins to work."""
PASSWORD = "password"  # nosec B105  # noqa: S105 - the name of a turn
"""What happens to a new password; a reset ends all of it at once, so it happens to one password after the other."""


def integration_users(sandbox: Sandbox) -> list[User]:
    """Return the users that were made since the sandbox began."""
    account = sandbox.responsys.account
    begun = {account.administrator.login_name, sandbox.responsys.connect_user_name}
    return [user for user in account.users.values() if user.login_name not in begun]


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
    label = "User locale"
    for path in (_ADD_USER, _USER):
        builder.input_mistake(
            "responsys", *path, alter=entering(label, "German"), needs=(label,), until_explained=builder.code
        )


@scenario("user-email-mismatch")
def _user_email_mismatch(builder: ScenarioBuilder) -> None:
    """Let the password be set, and then an administrator give the user the address of the team's mailbox."""

    async def readdress(sandbox: Sandbox) -> None:
        for user in integration_users(sandbox):
            user.email = "crm.team@acmeretail.example"

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=readdress, needs=CHANGE_PASSWORD)
    builder.after_visit("responsys", *_USER, change=readdress, needs=("Save",), until_explained=builder.code)


@scenario("api-disabled-suspended")
def _suspended(builder: ScenarioBuilder) -> None:
    """Let an administrator come across an unannounced user, and suspend it."""

    async def suspend(sandbox: Sandbox) -> None:
        for user in integration_users(sandbox):
            user.status = UserStatus.SUSPENDED

    builder.after_visit("responsys", *CHANGE_PASSWORD, change=suspend, needs=CHANGE_PASSWORD)
