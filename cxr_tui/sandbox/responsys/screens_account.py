"""Screens of the account: summary, configuration, CX Audience settings, SSH2 keys, profile lists, Filter Designer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.responsys.account import Account, FilterObject, Urls
from cxr_tui.sandbox.responsys.ssh_keys import Ssh2KeyRefusedError, Ssh2Keys
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

_INTEGRATION = "Enable Responsys and CX Audience Integration"
_FILTER, _NEW_NAME = "Classic filter", "New name"
_SAMPLE = 10
"""Records of which the page of a list shows values."""


class AccountScreens:
    """What an Account Administrator sees and sets for the whole account."""

    def __init__(
        self, pages: Pages, account: Account, clock: Clock, keys: Ssh2Keys, scp_user: str, urls: Callable[[], Urls]
    ) -> None:
        self._account = account
        self._clock = clock
        self._keys = keys
        self._scp_user = scp_user
        self._urls = urls
        pages.page("Account")(self._summary)
        pages.page("Account", "Global settings", "Account configuration")(self._configuration)
        pages.page("Account", "CX Audience settings", labels=(_INTEGRATION,), buttons=("Save",))(self._settings)
        labels = ("SCP user", "Tag name for key", "Select")
        path = ("Account", "Global settings", "SSH2 Keys management")
        pages.page(*path, labels=labels, buttons=("Add Key",))(self._ssh2_keys)
        pages.page("Data", "Connect", "Manage Connect", "Date formats")(self._date_formats)
        pages.page("Data", "Profile Lists")(self._lists)
        pages.page("Data", "Profile Lists", "*")(self._list)
        buttons = ("Create", "Execute", "Edit", "Save as")
        pages.page("Filter Designer", labels=(_FILTER, _NEW_NAME), buttons=buttons)(self._filters)

    async def _summary(self, _: PageVisit) -> PageShows:
        """Show the account summary (facts B.4; documented)."""
        return PageShows(
            values={
                "Account name": self._account.name,
                "Account display name": self._account.display_name,
                "Pod": str(self._account.pod),
                "Time zone": self._account.time_zone,
            }
        )

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
            self._account.integration_enabled = visit.flag(_INTEGRATION, self._account.integration_enabled)
        return PageShows("Settings saved" if visit.press else "", {_INTEGRATION: self._account.integration_enabled})

    async def _ssh2_keys(self, visit: PageVisit) -> PageShows:
        """Show keys with their status, add one (facts B.9; documented)."""
        message = ""
        if visit.press:
            if visit.text("SCP user") != self._scp_user:
                raise PageError(f"SCP user: choose {self._scp_user}")
            try:
                self._keys.add(visit.text("Tag name for key"), visit.upload("Select").data)
            except Ssh2KeyRefusedError as refusal:
                raise PageError(str(refusal)) from None
            message = "The key was added and is being processed"
        return PageShows(message, {key.tag: key.status for key in self._keys.all()})

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

    async def _filters(self, visit: PageVisit) -> PageShows:
        """Execute, edit and save classic filters; with Audience Designer no new ones.

        See Integrating with Responsys, "Before you begin" (documented).
        """
        account, name = self._account, visit.text(_FILTER)
        found = next((one for one in account.filters if not one.origin and one.name == name), None)
        if "Create" in visit.press:
            if account.audience_designer:
                raise PageError("No brand new classic filter can be created: Audience Designer is enabled")
            first = next(iter(account.lists.values()))
            account.filters.append(FilterObject(name, first.name, first.folder, self._clock.now()))
        elif visit.press and found is None:
            raise PageError(f'{_FILTER}: there is no classic filter "{name}"')
        elif found is not None and "Save as" in visit.press:
            account.filters.append(replace(found, name=visit.text(_NEW_NAME), created=self._clock.now()))
        names = [one.name for one in account.filters if not one.origin]
        return PageShows(values={"Classic filters": names, "Simple filter designer": account.audience_designer})
