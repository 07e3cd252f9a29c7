"""Profile lists as the Data menu shows them."""

from __future__ import annotations

from itertools import islice
from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

SAMPLE = 10
"""Records of which the page shows values."""


class ListPages:
    """Shows lists to somebody who may see all of them."""

    def __init__(self, pages: Pages, account: Account) -> None:
        self._account = account
        pages.page("Data", "Profile Lists")(self.lists)
        pages.page("Data", "Profile Lists", "*")(self.one_list)

    async def lists(self, visit: PageVisit) -> PageShows:
        """Name the lists with their number of records."""
        lists = self._account.lists
        return PageShows(
            values={"First list": next(iter(lists), ""), **{name: str(len(lists[name])) for name in lists}}
        )

    async def one_list(self, visit: PageVisit) -> PageShows:
        """Show a list's size, columns and the first values that are there in each match column."""
        name = visit.matched[0]
        if name not in self._account.lists:
            raise PageError(f"there is no profile list {name}")
        table = self._account.lists[name]
        columns = [column for column, _ in table.columns]
        shown: dict[str, Any] = {"Records": str(len(table)), "Columns": columns}
        for column in MATCH_COLUMNS:
            if column in columns:
                filled = (row[column] for row in table.rows() if row[column])
                shown[f"First records: {column}"] = list(islice(filled, SAMPLE))
        shown["First records"] = shown.get("First records: CUSTOMER_ID_", [])
        return PageShows(values=shown)
