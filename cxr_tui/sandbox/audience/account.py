"""The state of the CX Audience account; the other modules act on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxr_tui.domain.date_formats import STANDARD
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.rest import LockOut


@dataclass
class ApiUser:
    """A user of the REST interface with a password (facts C.2)."""

    name: str
    password: Secret
    lock_out: LockOut = field(default_factory=LockOut)


@dataclass(frozen=True)
class IntegrationSettings:
    """The Responsys tab of Integration settings as saved (Integrating with Responsys, second task; documented)."""

    account_name: str
    account_url: str
    user_name: str
    email: str
    password: Secret
    profile_list: str
    match_column: str
    insert_new: bool


@dataclass(frozen=True)
class Source:
    """Where an import fetches its file."""

    host: str
    """`host:port`, or the host alone for port 22."""
    directory: str
    user_name: str


@dataclass
class Account:
    """The CX Audience account of the sandbox."""

    name: str
    time_zone: str
    lists: dict[str, ListTable]
    api_user: ApiUser
    external_servers: list[str] = field(default_factory=list)
    """Hosts that Support has permitted, as `host:port`, or the host alone for port 22."""
    settings: IntegrationSettings | None = None
    draft: dict[str, Any] = field(default_factory=dict)
    """What was entered on the Integration settings page and not saved yet, by label."""
    refusals: int = 0
    """Logins to the joined account that were refused in a row."""
    problem: str = ""
    """Why the joined account could not be used the last time; empty: it could."""
    upload_format: str = STANDARD
    """Date format of the files that Connect imports (facts H; inferred)."""
    synchronized: bool = False
    """Whether data came over from Responsys since the settings were first saved."""

    def matched_list(self) -> ListTable | None:
        """Return the list that is joined with Responsys, None before the settings are saved."""
        return self.lists.get(self.settings.profile_list) if self.settings else None
