"""Screens of the account: summary, configuration, CX Audience settings, SSH2 keys, profile lists."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.shared.connect_jobs import MANAGE
from cxr_tui.sandbox.shared.screens import NO_FILE, Form, PageError, PageShows, PageVisit, require

if TYPE_CHECKING:
    from cxr_tui.sandbox.responsys.product import ResponsysTwin

_INTEGRATION = "Enable Responsys and CX Audience Integration"
_SAMPLE = 10
"""Records of which the page of a list shows values."""


class AccountScreens:
    """What an Account Administrator sees and sets for the whole account."""

    def __init__(self, twin: ResponsysTwin) -> None:
        self._account = account = twin.account
        self._keys = twin.ssh2_keys
        pages = twin.pages
        # The account summary (facts B.4; documented).
        pages.show(
            ("Account",),
            lambda: PageShows({"Account name": account.name, "Account display name": account.display_name}),
        )
        # Where the account's login host is (facts A.1; documented for the end point).
        configuration = ("Account", "Global settings", "Account configuration")
        pages.show(configuration, lambda: PageShows({"Login host": twin.urls.login}))
        # The setting is documented, its place is not (facts H).
        formats = (*MANAGE, "Date formats")
        pages.show(formats, lambda: PageShows({"Date format for downloads": account.download_format}))
        lists = account.lists
        pages.show(
            ("Data", "Profile Lists"),
            lambda: PageShows(
                {"First list": next(iter(lists), ""), **{name: str(len(table)) for name, table in lists.items()}}
            ),
        )
        pages.add(("Data", "Profile Lists", "*"), self._list)
        pages.add(("Account", "CX Audience settings"), self._settings, Form({_INTEGRATION: False}), ("Save",))
        fields = {"SCP user": "", "Tag name for key": "", "Select": NO_FILE}
        form = Form(fields, {"SCP user": (twin.file_server.user,)})
        pages.add(("Account", "Global settings", "SSH2 Keys management"), self._ssh2_keys, form, ("Add Key",))

    async def _settings(self, visit: PageVisit) -> PageShows:
        """Show and save the one box (facts B.4; documented)."""
        if visit.press:
            self._account.integration_enabled = visit.entries.get(_INTEGRATION, self._account.integration_enabled)
        return PageShows({_INTEGRATION: self._account.integration_enabled})

    async def _ssh2_keys(self, visit: PageVisit) -> PageShows:
        """Show keys with their status, add one (facts B.9; documented)."""
        if visit.press:
            require(visit.values, visit.values)
            self._keys.add(visit.values["Tag name for key"], visit.values["Select"].data)
        return PageShows(self._keys.statuses())

    async def _list(self, visit: PageVisit) -> PageShows:
        """Show the first values that are there in each match column of a list."""
        table = self._account.lists.get(visit.matched[0])
        if table is None:
            raise PageError(f"there is no profile list {visit.matched[0]}")
        columns = [column for column, _ in table.columns]
        shown: dict[str, Any] = {}
        for column in MATCH_COLUMNS:
            if column in columns:
                filled = (row[column] for row in table.rows() if row[column])
                shown[f"First records: {column}"] = list(islice(filled, _SAMPLE))
        shown["First records"] = shown.get("First records: CUSTOMER_ID_", [])
        return PageShows(shown)
