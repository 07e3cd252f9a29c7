"""What the CX Audience account consists of; only data, the other modules act on it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.lists import ListTable


@dataclass
class ApiUser:
    """A user of the REST interface with a password (facts C.2)."""

    name: str
    password: Secret
    suspended: bool = False
    refusals: int = 0
    """Wrong logins since the last right one."""
    locked_until: datetime | None = None


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


@dataclass
class Connection:
    """How the joined account answered the last time."""

    refusals: int = 0
    last_attempt: datetime | None = None
    problem: str = ""


@dataclass(frozen=True)
class Behaviour:
    """One thing a person did, attached to their record."""

    channel: str
    kind: str
    at: datetime


@dataclass
class Account:
    """The CX Audience account of the sandbox."""

    name: str
    time_zone: str
    lists: dict[str, ListTable]
    users: dict[str, ApiUser] = field(default_factory=dict)
    external_servers: list[str] = field(default_factory=list)
    """Hosts that Support has permitted, as `host:port`, or the host alone for port 22."""
    settings: IntegrationSettings | None = None
    draft: dict[str, Any] = field(default_factory=dict)
    """What was entered on the Integration settings page and not saved yet, by label."""
    connection: Connection = field(default_factory=Connection)
    behaviour: dict[str, list[Behaviour]] = field(default_factory=dict)
    """By RIID_ in the list that the settings name."""
    archive_after_import: bool = True
    """Whether a file is moved to `archive` once loaded; documented for the own server, inferred for external ones."""

    def rename_list(self, old: str, new: str) -> None:
        """Give a list another name; KeyError for no such list."""
        table = self.lists.pop(old)
        table.name = new
        self.lists[new] = table

    def withdraw_insert(self) -> None:
        """Set the insert option back to No, which only Oracle Support can (Integrating with Responsys; documented)."""
        if self.settings is not None:
            self.settings = replace(self.settings, insert_new=False)

    def matched_list(self) -> ListTable | None:
        """Return the list that is joined with Responsys, None before the settings are saved."""
        return self.lists[self.settings.profile_list] if self.settings else None
