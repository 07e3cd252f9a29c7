"""The accounts as the sandbox's story finds them: the one to be connected, and one on another pod."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.passwords import KeptPassword
from cxr_tui.sandbox.responsys.permissions import ACCOUNT_ADMINISTRATOR, DATA_DIRECTOR, LIST_MANAGER
from cxr_tui.sandbox.responsys.state import ROOT, Account, Campaign, FilterObject, Folder, User

OUTLET = f"{ROOT}/Outlet"
ADMINISTRATOR = "admin@acme"


def build_account(
    *,
    now: datetime,
    name: str,
    display_name: str,
    time_zone: str,
    administrator_email: str,
    lists: Mapping[str, ListTable],
    supplemental: Mapping[str, ListTable],
    scopes: Mapping[str, str],
    connect_user_name: str,
    connect_password: str,
) -> Account:
    """Return the account on pod 5, with an administrator and an API user that may use Connect."""
    then = now - timedelta(days=400)
    administrator = _user(ADMINISTRATOR, administrator_email, "Account Administrator", then, secrets.token_urlsafe(24))
    administrator.roles = frozenset({ACCOUNT_ADMINISTRATOR, DATA_DIRECTOR})
    connect = _user(connect_user_name, administrator_email, "Connect API", then, connect_password)
    connect.roles = frozenset({DATA_DIRECTOR, LIST_MANAGER})
    tables = [*lists.values(), *supplemental.values()]
    names = dict.fromkeys([*(table.folder for table in tables), "Campaigns", "Programs", "Archive"])
    account = Account(
        name,
        display_name,
        pod=5,
        time_zone=time_zone,
        administrator=administrator,
        organizations=(ROOT, OUTLET),
        scopes=dict(scopes),
        lists=dict(lists),
        supplemental=dict(supplemental),
        folders={folder: Folder(folder, then) for folder in names},
        programs=("Welcome series", "Win back"),
        names_on_pod={"CXAudienceIntegration", "globex.api"},
    )
    account.users = {user.login_name: user for user in (administrator, connect)}
    for table in list(lists.values())[:1]:
        account.campaigns = _campaigns(table.name)
        account.filters = [
            FilterObject("Newsletter subscribers", table.name, table.folder, then),
            FilterObject("Inactive for a year", table.name, table.folder, then, kind="CLASSIC"),
        ]
    return account


def build_other_account(now: datetime) -> Account:
    """Return an account on pod 2; nobody of the connected account lives there."""
    then = now - timedelta(days=900)
    administrator = _user("admin@globex", "admin@globex.example", "Administrator", then, secrets.token_urlsafe(24))
    administrator.roles = frozenset({ACCOUNT_ADMINISTRATOR})
    account = Account("globex", "Globex", pod=2, time_zone="America/Los_Angeles", administrator=administrator)
    account.users = {administrator.login_name: administrator}
    return account


def _user(name: str, email: str, display_name: str, created: datetime, password: str) -> User:
    return User(name, email, display_name, created, KeptPassword.of(password), organization=ROOT)


def _campaigns(list_name: str) -> dict[str, Campaign]:
    made = (
        Campaign("Autumn sale", "Campaigns", list_name, "A third off until Sunday"),
        Campaign("Weekly newsletter", "Campaigns", list_name, "This week at Acme Retail"),
        Campaign("Spring preview", "Archive", list_name, "First look at spring", "CLOSED"),
    )
    return {campaign.name: campaign for campaign in made}
