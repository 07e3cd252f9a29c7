"""Screens of the account: summary, configuration, CX Audience settings, SSH2 keys, profile lists."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.responsys.account import Account, Urls
from cxr_tui.sandbox.responsys.ssh_keys import Ssh2Keys
from cxr_tui.sandbox.shared.screens import NO_FILE, Form, PageError, Pages, PageShows, PageVisit

_INTEGRATION = "Enable Responsys and CX Audience Integration"
_SAMPLE = 10
"""Records of which the page of a list shows values."""


class AccountScreens:
    """What an Account Administrator sees and sets for the whole account."""

    def __init__(self, pages: Pages, account: Account, keys: Ssh2Keys, scp_user: str, urls: Callable[[], Urls]) -> None:
        self._account = account
        self._keys = keys
        self._scp_user = scp_user
        self._urls = urls
        pages.add(("Account",), self._summary)
        pages.add(("Account", "Global settings", "Account configuration"), self._configuration)
        pages.add(("Account", "CX Audience settings"), self._settings, Form({_INTEGRATION: False}), ("Save",))
        form = Form({"SCP user": "", "Tag name for key": "", "Select": NO_FILE})
        pages.add(("Account", "Global settings", "SSH2 Keys management"), self._ssh2_keys, form, ("Add Key",))
        pages.add(("Data", "Connect", "Manage Connect", "Date formats"), self._date_formats)
        pages.add(("Data", "Profile Lists"), self._lists)
        pages.add(("Data", "Profile Lists", "*"), self._list)

    async def _summary(self, _: PageVisit) -> PageShows:
        """Show the account summary (facts B.4; documented)."""
        account = self._account
        names = {"Account name": account.name, "Account display name": account.display_name}
        return PageShows(values={**names, "Time zone": account.time_zone})

    async def _configuration(self, _: PageVisit) -> PageShows:
        """Show where the account's hosts are (facts A.1; documented for the end point)."""
        urls = self._urls()
        return PageShows(values={"Login host": urls.login, "Web services end point": urls.api})

    async def _date_formats(self, _: PageVisit) -> PageShows:
        """Show the account's date format (facts H: the setting is documented, its place is not)."""
        return PageShows(values={"Date format for downloads": self._account.download_format})

    async def _settings(self, visit: PageVisit) -> PageShows:
        """Show and save the one box (facts B.4; documented)."""
        if visit.press:
            self._account.integration_enabled = visit.entries.get(_INTEGRATION, self._account.integration_enabled)
        return PageShows("Settings saved" if visit.press else "", {_INTEGRATION: self._account.integration_enabled})

    async def _ssh2_keys(self, visit: PageVisit) -> PageShows:
        """Show keys with their status, add one (facts B.9; documented)."""
        message = ""
        if visit.press:
            if visit.values["SCP user"] != self._scp_user:
                raise PageError(f"SCP user: choose {self._scp_user}")
            if visit.values["Select"] == NO_FILE:
                raise PageError("Select: choose a file")
            self._keys.add(visit.values["Tag name for key"], visit.values["Select"].data)
            message = "The key was added and is being processed"
        return PageShows(message, {key.tag: key.status for key in self._keys.by_tag.values()})

    async def _lists(self, _: PageVisit) -> PageShows:
        """Name the lists with their number of records."""
        lists = self._account.lists
        return PageShows(
            values={"First list": next(iter(lists), ""), **{name: str(len(lists[name])) for name in lists}}
        )

    async def _list(self, visit: PageVisit) -> PageShows:
        """Show a list's size, columns and the first values that are there in each match column."""
        table = self._account.lists.get(visit.matched[0])
        if table is None:
            raise PageError(f"there is no profile list {visit.matched[0]}")
        columns = [column for column, _ in table.columns]
        shown: dict[str, Any] = {"Records": str(len(table)), "Columns": columns}
        for column in MATCH_COLUMNS:
            if column in columns:
                filled = (row[column] for row in table.rows() if row[column])
                shown[f"First records: {column}"] = list(islice(filled, _SAMPLE))
        shown["First records"] = shown.get("First records: CUSTOMER_ID_", [])
        return PageShows(values=shown)
