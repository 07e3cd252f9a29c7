"""The state of the CX Audience account; the other modules act on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cxr_tui.domain.date_formats import STANDARD
from cxr_tui.sandbox.lists import ListTable

ACCOUNT_NAME, ACCOUNT_URL, USER_NAME, USER_EMAIL = (
    "Account Name",
    "Account URL",
    "Username for Responsys integration",
    "Username email",
)
PASSWORD = "Password"  # nosec B105  # noqa: S105 - the label of the field
PROFILE_LIST = "Profile List in CX Audience that Responsys behavioral data should be available in"
MATCH_COLUMN = "Select a column from Responsys that will be used to match records to the CX Audience customer list"
INSERT_NEW = "Insert new profile list records from Responsys"
"""Labels of the Responsys tab of Integration settings (Integrating with Responsys, second task; documented)."""


@dataclass
class Account:
    """The CX Audience account of the sandbox."""

    time_zone: str
    lists: dict[str, ListTable]
    name: str = "acmeretail"
    external_servers: list[str] = field(default_factory=list)
    """Hosts that Support has permitted, as `host:port`, or the host alone for port 22."""
    settings: dict[str, Any] | None = None
    """What was saved on the Integration settings page, by label."""
    draft: dict[str, Any] = field(default_factory=dict)
    """What was entered on the Integration settings page and not saved yet, by label."""
    refusals: int = 0
    """Logins to the joined account that were refused in a row."""
    problem: str = ""
    """Why the joined account could not be used the last time; empty: it could."""
    upload_format: str = STANDARD
    """Date format of the files that Connect imports (facts H; inferred)."""
