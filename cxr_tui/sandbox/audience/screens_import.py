"""The screens of one import job (facts C.7; Integrating with Responsys, third task, step 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cxr_tui.sandbox.audience.account import Account
from cxr_tui.sandbox.audience.import_jobs import CONNECTIVITY, TARGET, ImportJobs
from cxr_tui.sandbox.audience.import_run import source_of
from cxr_tui.sandbox.audience.responsys_link import ResponsysLink, SourceError
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, IMPORT_PROFILES, ConnectScreens, Job
from cxr_tui.sandbox.shared.screens import PageError, Pages


class ImportScreens(ConnectScreens):
    """The Create job dialog and the five screens of an import job, which may be filled in any order."""

    def __init__(self, pages: Pages, account: Account, jobs: ImportJobs, link: ResponsysLink) -> None:
        super().__init__(pages, jobs, (IMPORT_PROFILES, EXPORT), IMPORT_PROFILES)
        self._account = account
        self._link = link

    buttons = {**ConnectScreens.buttons, CONNECTIVITY: ("Save", "Test connection")}  # noqa: RUF012 - not changed

    def pressed(self, screen: str, press: Sequence[str], job: Job) -> str:
        """Test the connection, or do what every product's wizard does."""
        if "Test connection" not in press:
            return super().pressed(screen, press, job)
        try:
            self._link.test(source_of(job.entries))
        except SourceError as error:
            raise PageError(str(error)) from None
        return "The connection works."

    def shown(self, screen: str, job: Job) -> dict[str, Any]:
        """Show the columns of the chosen list too."""
        table = self._account.lists.get(job.entries["Target Tables"])
        if screen == TARGET and table is not None:
            return {"Columns": [name for name, _ in table.columns]}
        return super().shown(screen, job)
