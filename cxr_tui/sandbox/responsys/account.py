"""The Responsys account: its users and objects, and the two accounts of the sandbox's story. Pages change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from cxr_tui.domain.date_formats import STANDARD
from cxr_tui.domain.password_policy import PasswordRules, make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.permissions import ACCOUNT_ADMINISTRATOR, DATA_DIRECTOR, LIST_MANAGER
from cxr_tui.sandbox.shared.rest import LockOut

ROOT = "Root"
OUTLET = f"{ROOT}/Outlet"
ADMINISTRATOR, CONNECT_USER = "admin@acme", "connect.api"
_EMAIL = "admin@acmeretail.example"
LOCALES = {"English": "en", "German": "de", "French": "fr", "Spanish": "es", "Japanese": "ja"}
"""User locales of the form and what `user/info` answers; `en` is documented, the others follow it (inferred)."""


class UserStatus(StrEnum):
    """User status as the Add user form offers it (facts B.1; documented)."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"


@dataclass(frozen=True)
class Urls:
    """The hosts, known once their ports are bound; URLs without a slash at the end."""

    login: str
    api: str
    other_pod: str = ""
    """Login host of a pod that this account does not live on."""


@dataclass
class User:
    """A user of the account (facts B.1)."""

    login_name: str
    email: str
    display_name: str
    created: datetime
    password: Secret
    status: str = UserStatus.ACTIVE
    locale: str = "English"
    without_org_scope: bool = False
    roles: list[str] = field(default_factory=list)
    organization: str = ""
    """`Root` or a path below it; empty: the tab was never filled in, so no object is visible (inferred)."""
    temporary: bool = False
    """The password was assigned and must be changed before it works (facts B.1; documented)."""
    password_expires: datetime | None = None
    lock_out: LockOut = field(default_factory=LockOut)


@dataclass
class FilterObject:
    """A filter or published audience as GET /filters lists it (facts A.7, C.5)."""

    name: str
    list_name: str
    folder: str
    created: datetime
    kind: str = "SIMPLE"
    description: str = ""
    origin: str = ""
    """`CX Audience` for a published audience; only visible with Audience Designer (facts C.5; documented)."""
    riids: tuple[str, ...] = ()


@dataclass
class Account:
    """One Responsys account on one pod."""

    name: str
    display_name: str
    pod: int
    time_zone: str
    administrator: User
    users: dict[str, User] = field(default_factory=dict)
    organizations: list[str] = field(default_factory=lambda: [ROOT])
    """All organizations as paths, parents first."""
    scopes: dict[str, str] = field(default_factory=dict)
    """Organization of a list, table, campaign or folder by name; `Root` where none is noted."""
    lists: dict[str, ListTable] = field(default_factory=dict)
    supplemental: dict[str, ListTable] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    campaigns: dict[str, str] = field(default_factory=dict)
    """Folders of email campaigns by their names."""
    filters: list[FilterObject] = field(default_factory=list)
    integration_enabled: bool = False
    """The box of Account > CX Audience settings."""
    audience_designer: bool = False
    """The controlled feature that Support enables on request."""
    web_services: bool = True
    """Web services must be enabled by Support first (facts A.2; documented)."""
    identity_cloud: bool = False
    """Users are made in Oracle Identity Cloud, not on the Add user page (facts B.1; documented)."""
    allowed_networks: tuple[str, ...] = ()
    """Login IP restriction as Support sets it up; empty: none (facts A.5; documented)."""
    password_rules: PasswordRules = field(default_factory=lambda: PasswordRules(minimum_length=8))
    """Which are on by default is not documented: all, the stricter test of the wizard (inferred)."""
    download_format: str = STANDARD
    """Date format of the files that Connect exports (facts H; documented)."""
    names_on_pod: set[str] = field(default_factory=set)
    """Login names of other accounts on the pod: a login name is unique in the pod (facts 1; documented)."""

    def allows_address(self, address: str) -> bool:
        """Return whether logins and calls from this address are allowed."""
        return not self.allowed_networks or any(
            ip_address(address) in ip_network(network) for network in self.allowed_networks
        )

    def sees(self, user: User, name: str) -> bool:
        """Return whether an object is at or below the user's organization (facts A.10; documented as a gate)."""
        where = self.scopes.get(name, ROOT)
        return bool(user.organization) and (where == user.organization or where.startswith(f"{user.organization}/"))


def build_account(
    *,
    now: datetime,
    name: str,
    time_zone: str,
    lists: Mapping[str, ListTable],
    supplemental: Mapping[str, ListTable],
    scopes: Mapping[str, str],
) -> Account:
    """Return the account on pod 5, with an administrator and an API user that may use Connect."""
    then = now - timedelta(days=400)
    administrator = _user(ADMINISTRATOR, _EMAIL, "Account Administrator", then)
    administrator.roles = [ACCOUNT_ADMINISTRATOR, DATA_DIRECTOR]
    connect = _user(CONNECT_USER, _EMAIL, "Connect API", then)
    connect.roles = [DATA_DIRECTOR, LIST_MANAGER]
    tables = [*lists.values(), *supplemental.values()]
    account = Account(
        name,
        "Acme Retail",
        pod=5,
        time_zone=time_zone,
        administrator=administrator,
        users={user.login_name: user for user in (administrator, connect)},
        organizations=[ROOT, OUTLET],
        scopes=dict(scopes),
        lists=dict(lists),
        supplemental=dict(supplemental),
        folders=list(dict.fromkeys([*(table.folder for table in tables), "Campaigns", "Programs", "Archive"])),
        campaigns={"Autumn sale": "Campaigns", "Weekly newsletter": "Campaigns", "Spring preview": "Archive"},
        names_on_pod={"CXAudienceIntegration", "globex.api"},
    )
    for table in list(lists.values())[:1]:
        account.filters = [
            FilterObject("Newsletter subscribers", table.name, table.folder, then),
            FilterObject("Inactive for a year", table.name, table.folder, then, kind="CLASSIC"),
        ]
    return account


def build_other_account(now: datetime) -> Account:
    """Return an account on pod 2; no user of the connected account belongs to it."""
    administrator = _user("admin@globex", "admin@globex.example", "Administrator", now - timedelta(days=900))
    users = {administrator.login_name: administrator}
    return Account("globex", "Globex", 2, "America/Los_Angeles", administrator, users)


def _user(name: str, email: str, display_name: str, created: datetime) -> User:
    return User(name, email, display_name, created, make_password(), organization=ROOT)
