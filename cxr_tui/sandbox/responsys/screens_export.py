"""Screens of Connect: the wizard's steps of an export, the key dialog, completed jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.export import CONNECTIVITY, ExportJobs
from cxr_tui.sandbox.responsys.export_file import FILE_NAME
from cxr_tui.sandbox.responsys.public_keys import PublicKeys
from cxr_tui.sandbox.sftp_server import FileServer
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, IMPORT_PROFILES, ConnectScreens, Job
from cxr_tui.sandbox.shared.screens import NO_FILE, Form, PageError, Pages, PageShows, PageVisit


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
        super().__init__(pages, jobs, (IMPORT_PROFILES, EXPORT), EXPORT)
        self._account = account
        self._keys = keys
        self._file_server = file_server
        dialog = (*self.manage, IMPORT_PROFILES, "Source Specification", "Select or import key")
        pages.add(dialog, self._import_key, Form({"New public key name": "", "Choose file": NO_FILE}), ("Import",))
        pages.add((*self.manage, "Completed Jobs"), self._completed)

    def check(self, entered: Mapping[str, Any]) -> None:
        """Refuse unknown folders, and paths as file name."""
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
            name = visit.values["New public key name"]
            await self._keys.import_key(name, visit.values["Choose file"].data)
            message = f"The public key {name} was imported"
        return PageShows(message, values={"Public keys": list(self._keys.keys)})

    async def _completed(self, _: PageVisit) -> PageShows:
        """Show the newest run of each job that has run, in the account's time zone."""
        zone = ZoneInfo(self._account.time_zone)
        over = {job.name: run for job in self.jobs for run in job.runs if run.status is not RunStatus.RUNNING}
        return PageShows(
            values={
                name: f"{run.status.value}, {run.processed} records, {run.started.astimezone(zone):%Y-%m-%d %H:%M}"
                for name, run in over.items()
            }
        )
