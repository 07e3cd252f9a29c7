"""What the Responsys account consists of; pages change it, the APIs read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.passwords import KeptPassword, PasswordRules

ROOT = "Root"
LOCALES = {"English": "en", "German": "de", "French": "fr", "Spanish": "es", "Japanese": "ja"}
"""User locales of the form and what `user/info` answers; `en` is documented, the others follow it (inferred)."""


class UserStatus(StrEnum):
    """User status as the Add user form offers it (facts B.1; documented)."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"


@dataclass
class User:
    """A user of the account (facts B.1)."""

    login_name: str
    email: str
    display_name: str
    created: datetime
    password: KeptPassword
    status: UserStatus = UserStatus.ACTIVE
    locale: str = "English"
    without_org_scope: bool = False
    roles: frozenset[str] = frozenset()
    organization: str = ""
    """`Root` or a path below it; empty: the tab was never filled in, so no object is visible (inferred)."""
    temporary: bool = False
    """The password was assigned and must be changed before it works (facts B.1; documented)."""
    password_expires: datetime | None = None
    refused: int = 0
    """Wrong passwords in a row."""
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        """Say whether the user is locked out now."""
        return self.locked_until is not None and now < self.locked_until

    def unlock(self) -> None:
        """Forget refusals and lock-out."""
        self.refused = 0
        self.locked_until = None


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
class Campaign:
    """A campaign, as far as the API lists it."""

    name: str
    folder: str
    list_name: str
    subject: str
    status: str = "ACTIVE"


@dataclass
class Folder:
    """A folder of the account."""

    name: str
    created: datetime
    status: str = "A"


@dataclass
class Account:
    """One Responsys account on one pod."""

    name: str
    display_name: str
    pod: int
    time_zone: str
    administrator: User
    users: dict[str, User] = field(default_factory=dict)
    organizations: tuple[str, ...] = (ROOT,)
    """All organizations as paths, parents first."""
    scopes: dict[str, str] = field(default_factory=dict)
    """Organization of a list, table, campaign or folder by name; `Root` where none is noted."""
    lists: dict[str, ListTable] = field(default_factory=dict)
    supplemental: dict[str, ListTable] = field(default_factory=dict)
    extensions: dict[str, dict[str, ListTable]] = field(default_factory=dict)
    """Profile extension tables by list name."""
    folders: dict[str, Folder] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    programs: tuple[str, ...] = ()
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
    password_rules: PasswordRules = field(default_factory=PasswordRules)
    lock_duration: timedelta | None = timedelta(minutes=60)
    """Default 60 minutes; None: indefinitely (facts B.3; documented)."""
    limits: dict[str, int] = field(default_factory=dict)
    """Calls a minute by API function where the account differs from the defaults (facts A.6; documented)."""
    names_on_pod: set[str] = field(default_factory=set)
    """Login names of other accounts on the pod: a login name is unique in the pod (facts 1; documented)."""

    def allows_address(self, address: str) -> bool:
        """Say whether logins and calls from this address are allowed."""
        return not self.allowed_networks or any(
            ip_address(address) in ip_network(network) for network in self.allowed_networks
        )

    def organization_of(self, name: str) -> str:
        """Return the organization that an object belongs to."""
        return self.scopes.get(name, ROOT)

    def sees(self, user: User, name: str) -> bool:
        """Say whether the object lies at or below the user's organization (facts A.10; documented as a gate)."""
        where = self.organization_of(name)
        return bool(user.organization) and (where == user.organization or where.startswith(f"{user.organization}/"))
