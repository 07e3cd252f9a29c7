"""Screens of Connect: the wizard's steps of an export, the key dialog, completed jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.export import CONNECTIVITY, RESPONSYS_SERVER, ExportJobs
from cxr_tui.sandbox.responsys.export_file import FILE_NAME
from cxr_tui.sandbox.responsys.public_keys import KeyRefusedError, PublicKeys
from cxr_tui.sandbox.sftp_server import FileServer
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, IMPORT_PROFILES, ConnectScreens, Job
from cxr_tui.sandbox.shared.screens import PageError, Pages, PageShows, PageVisit

JOB_TYPES = (IMPORT_PROFILES, "Import Supplemental Data", EXPORT, "Export Feed Data")
"""Types of the Create Job dialog (facts B.5; documented)."""


class ExportScreens(ConnectScreens):
    """Connect as the administrator sees it, who has the Data Director role (facts B.5; documented)."""

    def __init__(
        self,
        pages: Pages,
        account: Account,
        jobs: ExportJobs,
        keys: PublicKeys,
        file_server: FileServer,
    ) -> None:
        super().__init__(pages, jobs, JOB_TYPES, EXPORT)
        self._account = account
        self._keys = keys
        self._file_server = file_server
        dialog = (*self.manage, IMPORT_PROFILES, "Source Specification", "Select or import key")
        pages.page(*dialog, labels=("New public key name", "Choose file"), buttons=("Import",))(self._import_key)
        pages.page(*self.manage, "Completed Jobs")(self._completed)

    def check(self, entered: Mapping[str, Any]) -> None:
        """Refuse objects that the sandbox does not export, other servers, unknown folders, paths as file name."""
        if entered.get("Object", "List") != "List":
            raise PageError("Object: this sandbox exports lists only")
        if entered.get("File location", RESPONSYS_SERVER) != RESPONSYS_SERVER:
            raise PageError("File location: no external server is permitted for this account")
        if entered.get("Path") and not self._file_server.has_folder(entered["Path"]):
            raise PageError(f'Path: there is no folder "{entered["Path"]}" on the file server')
        if any(char in entered.get(FILE_NAME, "") for char in "/\\\0"):
            raise PageError(f"{FILE_NAME}: a name without path is expected")

    def shown(self, screen: str, job: Job) -> dict[str, Any]:
        """Show the file server too."""
        if screen == CONNECTIVITY:
            return {"Server": self._file_server.server, "User name": self._file_server.user}
        return super().shown(screen, job)

    async def _import_key(self, visit: PageVisit) -> PageShows:
        """Import a public key into the account (Integrating with Responsys, import step 2; documented)."""
        message = ""
        if "Import" in visit.press:
            name = visit.text("New public key name")
            try:
                await self._keys.import_key(name, visit.upload("Choose file").data)
            except KeyRefusedError as refusal:
                raise PageError(str(refusal)) from None
            message = f"The public key {name} was imported"
        return PageShows(message, values={"Public keys": list(self._keys.keys)})

    async def _completed(self, _: PageVisit) -> PageShows:
        """Show the newest run of each job that has run, in the account's time zone."""
        zone = ZoneInfo(self._account.time_zone)
        newest = {job.name: run for job in self.jobs for run in job.runs if run.seconds}
        return PageShows(
            values={
                name: f"{run.status.value}, {run.processed} records, {run.started.astimezone(zone):%Y-%m-%d %H:%M}"
                for name, run in newest.items()
            }
        )
