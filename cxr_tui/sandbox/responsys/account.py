"""The Responsys account: its users, their roles, and its objects. Pages change it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cxr_tui.domain.date_formats import STANDARD
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.rest import ApiUser

ROOT = "Root"
OUTLET = f"{ROOT}/Outlet"
ADMINISTRATOR, CONNECT_USER = "admin@acme", "connect.api"
LOCALES = {"English": "en", "German": "de", "French": "fr", "Spanish": "es", "Japanese": "ja"}
"""User locales of the form and what `user/info` answers; `en` is documented, the others follow it (inferred)."""

ACTIVE, SUSPENDED = "Active", "Suspended"
"""User statuses as the Add user form offers them (facts B.1; documented)."""

LIST_MANAGER = "List Web Services Manager"
TABLE_MANAGER = "Table Web Services Manager"
CAMPAIGN_MANAGER = "Campaign Web Services Manager"
FOLDER_MANAGER = "Folder Web Services Manager"
DATA_DIRECTOR = "Data Director"
ROLES = (
    LIST_MANAGER,
    TABLE_MANAGER,
    CAMPAIGN_MANAGER,
    FOLDER_MANAGER,
    DATA_DIRECTOR,
    "Super User",
    "Account Administrator",
    "Email Marketing Director",
    "Content Designer",
)
"""Functional roles; the full list is not known (facts A.10, B.2; documented, the last by third parties)."""


@dataclass(frozen=True)
class Urls:
    """The hosts, known once their ports are bound; URLs without a slash at the end."""

    login: str
    api: str
    other_pod: str = ""
    """Login host of a pod that this account does not live on."""


@dataclass(kw_only=True)
class User(ApiUser):
    """A user of the account (facts B.1)."""

    login_name: str
    created: datetime
    email: str = ""
    display_name: str = ""
    status: str = ACTIVE
    locale: str = "English"
    without_org_scope: bool = False
    roles: list[str] = field(default_factory=list)
    organization: str = ""
    """`Root` or a path below it; empty: the tab was never filled in, so no object is visible (inferred)."""
    temporary: bool = False
    """The password was assigned and must be changed before it works (facts B.1; documented)."""
    password_expires: datetime | None = None


@dataclass(frozen=True)
class FilterObject:
    """A filter or published audience as GET /filters lists it (facts A.7, C.5)."""

    name: str
    list_name: str
    origin: str = ""
    """`CX Audience` for a published audience; only visible with Audience Designer (facts C.5; documented)."""


@dataclass
class Account:
    """One Responsys account."""

    name: str = "acmeretail"
    display_name: str = "Acme Retail"
    time_zone: str = "America/New_York"
    users: dict[str, User] = field(default_factory=dict)
    organizations: list[str] = field(default_factory=lambda: [ROOT, OUTLET])
    """All organizations as paths, parents first."""
    scopes: dict[str, str] = field(default_factory=lambda: {"LOYALTY": OUTLET})
    """Organization of a list, table, campaign or folder by name; `Root` where none is noted."""
    lists: dict[str, ListTable] = field(default_factory=dict)
    supplemental: list[str] = field(default_factory=lambda: ["ORDERS"])
    folders: list[str] = field(default_factory=lambda: ["Lists", "Campaigns", "Programs", "Archive"])
    campaigns: list[str] = field(default_factory=lambda: ["Autumn sale", "Weekly newsletter", "Spring preview"])
    filters: list[FilterObject] = field(default_factory=list)
    integration_enabled: bool = False
    """The box of Account > CX Audience settings."""
    audience_designer: bool = False
    """The controlled feature that Support enables on request."""
    web_services: bool = True
    """Web services must be enabled by Support first (facts A.2; documented)."""
    identity_cloud: bool = False
    """Users are made in Oracle Identity Cloud, not on the Add user page (facts B.1; documented)."""
    ip_restricted: bool = False
    """Support has set up a login IP restriction without this computer's address (facts A.5; documented)."""
    download_format: str = STANDARD
    """Date format of the files that Connect exports (facts H; documented)."""
    names_on_pod: tuple[str, ...] = ("CXAudienceIntegration", "globex.api")
    """Login names of other accounts on the pod: a login name is unique in the pod (facts 1; documented)."""

    def sees(self, user: User, name: str) -> bool:
        """Return whether an object is at or below the user's organization (facts A.10; documented as a gate)."""
        where = self.scopes.get(name, ROOT)
        return bool(user.organization) and (where == user.organization or where.startswith(f"{user.organization}/"))
