"""Account summary, and what the account's lists show: integration, members, import history (facts C.5, C.9)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from cxr_tui.sandbox.audience.import_jobs import Jobs
from cxr_tui.sandbox.audience.import_run import Run
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit


class ListPages:
    """Pages that only show."""

    def __init__(self, account: Account, jobs: Jobs, api_url: Callable[[], str]) -> None:
        self._account = account
        self._jobs = jobs
        self._api_url = api_url

    def register(self, pages: Pages) -> None:
        """Add the pages to the site."""
        pages.page("Account")(self._summary)
        pages.page("Data", "Manage Customer Data")(self._lists)
        pages.page("Data", "Manage Lists", "*", "View Import History")(self._history)

    async def _summary(self, _: PageVisit) -> PageShows:
        """Show name and token; in the sandbox the token is the whole base URL, as there is no host to put it in."""
        return PageShows("", {"Account token": self._api_url(), "Account name": self._account.name})

    async def _lists(self, _: PageVisit) -> PageShows:
        """Mark the list that is joined with Responsys (documented)."""
        joined = self._account.matched_list()
        values: dict[str, Any] = {}
        for table in self._account.lists.values():
            values[table.name] = "Responsys Integration Enabled" if table is joined else ""
            values[f"{table.name}: Records"] = str(len(table))
        values["Records with behavior"] = str(len(self._account.behaviour))
        return PageShows("", values)

    async def _history(self, visit: PageVisit) -> PageShows:
        """Show the newest import into a list and offer its rejected records for download (documented)."""
        table = self._table(visit.matched[0])
        run = next((run for run in self._jobs.completed() if run.target == table.name), None)
        if run is None:
            return PageShows("", {"Records processed": "0"})
        values: dict[str, Any] = {
            "Records processed": str(run.processed),
            "Records rejected": str(len(run.rejected)),
            "Reasons": {reason: str(count) for reason, count in run.reasons().items()},
        }
        files = {"Download Rejected Records": ("rejected_records.csv", rejected_file(run))} if run.rejected else {}
        return PageShows("", values, files=files)

    def _table(self, name: str) -> ListTable:
        if name not in self._account.lists:
            raise PageError(f'There is no list "{name}"')
        return self._account.lists[name]


def rejected_file(run: Run) -> bytes:
    """Return the rejected records as CSV, the reason in the last column (facts C.9; documented)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if run.columns:
        writer.writerow((*run.columns, "REASON"))
    for row in run.rejected:
        writer.writerow((*row.cells, row.reason))
    return text.getvalue().encode("utf-8", "replace")
